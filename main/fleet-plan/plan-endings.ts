import { rolloutKey } from '#contract/keys.ts'
import type { PlanEndingView } from '#contract/plan-views.ts'
import type { FleetPlan, PlanMember } from '#engine/fleet-plan/document.ts'
import { planEnding, type UpdatesAhead } from '#engine/fleet-plan/ending.ts'
import { steppingStates } from '#engine/fleet-plan/member-view.ts'
import { type WindowState, watchWindows } from '#engine/fleet-plan/windows.ts'
import type { FleetWorld } from '#engine/fleet-plan/world.ts'
import { type PastRun, usualEnd } from '#engine/forecast/past-runs.ts'
import { stepsOf } from '#engine/rollout/spec-defaults.ts'
import type { RolloutWorld } from '#engine/world.ts'
import type { Clock, EpochMs } from '#lib/clock.ts'
import { pathAfter } from '#main/controller/forecast-view.ts'
import { forecastPlan, withoutWaits } from './forecast-plan.ts'
import type { MemberLook } from './look-at-members.ts'

export interface EndingPorts {
  readonly look: (member: PlanMember) => Promise<MemberLook>
  /** Completed updates of a Rollout, newest first. */
  readonly pastRunsOf: (key: string) => readonly PastRun[]
  readonly clock: Clock
}

/** What an update has left: until then, or that long from its beginning. */
type Left =
  | { readonly until: EpochMs; readonly isUsual: boolean }
  | { readonly takes: number; readonly isUsual: boolean }

interface Known {
  /** What it was worked out from. */
  readonly from: string
  readonly left: Left | undefined
}

/** Looked at again after so long, for pods come and go without the Rollout being written. */
const againMs = 30_000

/** When plans are done, from how far the update of each member is. Each is looked at anew only after it has changed. */
export class PlanEndings {
  readonly #ports: EndingPorts
  readonly #onAnswer: (plan: string) => void
  readonly #known = new Map<string, Known>()
  readonly #windows = new Map<string, (now: EpochMs) => WindowState>()

  constructor(ports: EndingPorts, onAnswer: (plan: string) => void) {
    this.#ports = ports
    this.#onAnswer = onAnswer
  }

  /** As far as is known now; what is not known is looked for, and told. */
  of(plan: FleetPlan, members: FleetWorld['members']): PlanEndingView | undefined {
    const now = this.#ports.clock.now()
    const open = plan.spec.members.filter(({ id }) => hasUpdate(plan, id))
    void this.#look(plan, open, members, now)
    const lefts = open.map(({ id }) => [id, this.#known.get(`${plan.id} ${id}`)?.left] as const)
    const updates: UpdatesAhead = Object.fromEntries(lefts.map(([id, left]) => [id, left && msOf(left, now)]))
    const found = planEnding(plan, updates, { members, window: this.#windowOf(plan)(now) }, now)
    if (found === undefined || found.at <= now) return undefined
    const isUsual = lefts.every(([, left]) => left === undefined || left.isUsual)
    const isOthers = plan.spec.change.kind === 'gate' && open.length > 0
    return { ...found, isAtLeast: found.isAtLeast || isOthers || !isUsual }
  }

  /** They are frozen at the start. */
  #windowOf({ id, spec }: FleetPlan): (now: EpochMs) => WindowState {
    const watch = this.#windows.get(id) ?? watchWindows(spec.windows)
    this.#windows.set(id, watch)
    return watch
  }

  /** A plan that is over, or is not shown any more. */
  forget(plan: string): void {
    this.#windows.delete(plan)
    for (const key of this.#known.keys()) if (key.startsWith(`${plan} `)) this.#known.delete(key)
  }

  async #look(plan: FleetPlan, open: readonly PlanMember[], seen: FleetWorld['members'], now: EpochMs): Promise<void> {
    const due = open.flatMap((member) => {
      const version = seen[member.id]?.rollout?.metadata.resourceVersion
      const from = `${version} ${plan.status.members[member.id]?.state} ${Math.floor(now / againMs)}`
      const key = `${plan.id} ${member.id}`
      const before = this.#known.get(key)
      if (version === undefined || before?.from === from) return []
      this.#known.set(key, { from, left: before?.left })
      return [{ member, key, from }]
    })
    if (due.length === 0) return
    await Promise.all(
      due.map(async ({ member, key, from }) => {
        const look = await this.#ports.look(member)
        const left = look.kind === 'found' ? this.#left(plan, member, look) : undefined
        if (this.#known.get(key)?.from === from) this.#known.set(key, { from, left })
      }),
    )
    this.#onAnswer(plan.id)
  }

  #left(plan: FleetPlan, member: PlanMember, look: Extract<MemberLook, { kind: 'found' }>): Left | undefined {
    const { context, namespace, rollout: name, id } = member
    const now = this.#ports.clock.now()
    const pastRuns = waitsForNobody(look.world) ? this.#ports.pastRunsOf(rolloutKey({ context, namespace, name })) : []
    return steppingStates.includes(plan.status.members[id]?.state ?? 'Pending')
      ? leftOfUpdate(look.world, pastRuns, now)
      : wholeUpdate(plan, member, look, pastRuns, now)
  }
}

/** Members whose update is to come or under way. */
const hasUpdate = ({ status }: FleetPlan, id: string): boolean =>
  ['Pending', 'Admitting', ...steppingStates].includes(status.members[id]?.state ?? 'Pending')

const msOf = (left: Left, now: EpochMs): number => ('takes' in left ? left.takes : Math.max(0, left.until - now))

/** Earlier runs tell of people's time too where a pause has no end, and the plan does not wait for people there. */
const waitsForNobody = ({ rollout }: RolloutWorld): boolean => withoutWaits(rollout) === rollout

function leftOfUpdate(world: RolloutWorld, pastRuns: readonly PastRun[], now: EpochMs): Left | undefined {
  const played = { ...world, rollout: withoutWaits(world.rollout) }
  const end = pathAfter([], { world: played, now, pastRuns, stepEnds: new Map() })?.end
  if (end?.how !== 'healthy') return undefined
  return { until: end.usual?.about ?? end.at, isUsual: end.usual !== undefined }
}

function wholeUpdate(
  { name, spec }: FleetPlan,
  member: PlanMember,
  look: Extract<MemberLook, { kind: 'found' }>,
  pastRuns: readonly PastRun[],
  now: EpochMs,
): Left | undefined {
  const { waves } = forecastPlan(name, { ...spec, members: [member] }, new Map([[member.id, look]]), now)
  const ms = waves.flatMap(({ members }) => members)[0]?.durationMs
  if (ms === undefined) return undefined
  const span = { stepCount: stepsOf(look.world.rollout).length, fromStep: 0, toStep: undefined, since: 0 }
  const usual = usualEnd(pastRuns, span)
  return { takes: Math.max(ms, usual?.about ?? 0), isUsual: usual !== undefined }
}
