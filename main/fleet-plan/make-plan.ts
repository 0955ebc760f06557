import { ulid } from 'ulid'
import type { PlanCheckView } from '#contract/plan-views.ts'
import { type FleetPlan, type FleetPlanSpec, fleetPlanSchema } from '#engine/fleet-plan/document.ts'
import { validatePlan } from '#engine/fleet-plan/validate.ts'
import type { Clock, EpochMs } from '#lib/clock.ts'
import { type ConfigPorts, configWarnings } from './config-warnings.ts'
import { forecastPlan } from './forecast-plan.ts'
import { lookAtMembers, type MemberLook, missingMembers, parkingFaults, specOf } from './look-at-members.ts'
import { fieldInFile, readPlanFile, type WrittenMember } from './plan-file.ts'

interface Ports extends ConfigPorts {
  readonly look: (member: WrittenMember) => Promise<MemberLook>
  readonly clock: Clock
}

export interface CheckedPlan {
  readonly name: string
  readonly check: PlanCheckView
  /** Set when nothing is wrong with it. */
  readonly spec: FleetPlanSpec | undefined
}

/** Reads a text as a plan, with what its members are like now. Everything that is wrong with it is said at once. */
export async function readPlan(text: string, { look, clock, ...ports }: Ports): Promise<CheckedPlan> {
  const read = readPlanFile(text)
  const { file } = read
  if (!file.ok) return { name: '', check: { faults: file.error, forecast: undefined }, spec: undefined }
  const looks = await lookAtMembers(file.value, look)
  const spec = specOf(file.value, looks)
  const missing = missingMembers(file.value, looks)
  const isAbout = (field: string) => missing.some((fault) => fault.field === field)
  // Of a member that is not there nothing else can be said.
  const others = validatePlan(spec).filter(({ field }) => !isAbout(field))
  const parking = parkingFaults(file.value, looks)
  const faults = [...missing, ...others, ...parking].map((fault) =>
    read.locate({ ...fault, field: fieldInFile(fault.field) }),
  )
  const { name } = file.value
  const foreseen = forecastPlan(name, spec, looks, clock.now())
  const configs = await configWarnings(spec.members, spec.change, looks, ports)
  const forecast = { ...foreseen, warnings: [...foreseen.warnings, ...configs] }
  return { name, check: { faults, forecast }, spec: faults.length === 0 ? spec : undefined }
}

interface NewPlan {
  readonly name: string
  readonly spec: FleetPlanSpec
  readonly createdBy: string
  readonly now: EpochMs
  readonly isStarted: boolean
}

export const makePlan = ({ name, spec, createdBy, now, isStarted }: NewPlan): FleetPlan => ({
  schema: fleetPlanSchema,
  id: ulid(now),
  name,
  createdBy,
  createdAt: now,
  spec,
  status: {
    // One that has to be approved waits for that.
    phase: isStarted && spec.approvals === undefined ? 'Running' : 'Ready',
    since: now,
    epoch: 0,
    holds: [],
    members: {},
    waves: spec.waves.map(() => ({ state: 'Waiting' as const, since: now })),
  },
})
