import { resolveAmount } from '#lib/int-or-string.ts'
import type { Amount, FleetPlanSpec, PlanWave } from './document.ts'
import { soakMs } from './soak.ts'
import { waveOf } from './waves.ts'
import { durationMaxMs, readStarts } from './windows.ts'

/** What is wrong with a plan, at which field, and what to do. */
export interface PlanFault {
  readonly field: string
  readonly message: string
}

/** Everything that is wrong with what a plan asks for; nothing when it may start. */
export function validatePlan(spec: FleetPlanSpec): readonly PlanFault[] {
  return [
    ...ofMembers(spec),
    ...ofChange(spec),
    ...spec.waves.flatMap((wave, index) => ofWave(spec, wave, index)),
    ...ofJoining(spec),
    ...ofCaps(spec),
    ...ofWindows(spec),
    ...ofApprovals(spec),
  ]
}

function ofMembers(spec: FleetPlanSpec): readonly PlanFault[] {
  const faults: PlanFault[] = []
  if (spec.members.length === 0) faults.push({ field: 'members', message: 'Choose at least one Rollout.' })
  if (spec.waves.length === 0) faults.push({ field: 'waves', message: 'Make at least one wave.' })
  const seen = new Set<string>()
  for (const [index, member] of spec.members.entries()) {
    const field = `members[${index}]`
    if (seen.has(member.id)) faults.push({ field, message: `${member.id} is there twice. Remove one.` })
    seen.add(member.id)
    if (waveOf(spec, member) === undefined)
      faults.push({ field, message: `No wave selects ${member.id}. Name it in one, or remove it.` })
    if (member.priorHash === '')
      faults.push({ field, message: `${member.id} has no stable version to go back to. Let it become Healthy first.` })
    if (!(member.trafficShare >= 0 && member.trafficShare <= 100))
      faults.push({ field: `${field}.trafficShare`, message: 'A share of the traffic is 0 to 100 percent.' })
  }
  return faults
}

function ofChange({ change }: FleetPlanSpec): readonly PlanFault[] {
  if (change.kind !== 'setImage') return []
  if (change.images.length === 0) return [{ field: 'change.images', message: 'Name an image.' }]
  return change.images.flatMap(({ container, image }, index) =>
    container === '' || image === ''
      ? [{ field: `change.images[${index}]`, message: 'Name the container (or *) and its image.' }]
      : [],
  )
}

function ofWave(spec: FleetPlanSpec, wave: PlanWave, index: number): readonly PlanFault[] {
  const field = `waves[${index}]`
  const faults: PlanFault[] = []
  if (wave.select.kind !== 'late' && !spec.members.some((member) => waveOf(spec, member) === index))
    faults.push({
      field: `${field}.select`,
      message: `Wave ${wave.name} has no member that an earlier wave has not. Remove it, or select others.`,
    })
  if ((wave.analysis?.templates ?? []).length === 0) {
    const message = 'Name the AnalysisTemplates that measure its members in analysis.templates.'
    if (wave.minEvidence.length > 0) faults.push({ field: `${field}.minEvidence`, message })
    if (wave.gate === 'analysis') faults.push({ field: `${field}.gate`, message })
  }
  const amounts = {
    maxConcurrent: wave.maxConcurrent,
    maxFailures: wave.maxFailures,
    maxUnreachable: wave.maxUnreachable,
  }
  for (const [name, amount] of Object.entries(amounts))
    if (!isAmount(amount))
      faults.push({ field: `${field}.${name}`, message: 'Give a whole number from 0 on, or percent: 2, 25%.' })
  if (wave.maxConcurrent === 0)
    faults.push({ field: `${field}.maxConcurrent`, message: 'At least one member has to move at a time.' })
  const times = {
    minSoakMs: wave.minSoakMs,
    firstSoakMs: wave.firstSoakMs,
    waveSoakMs: wave.waveSoakMs,
    deadlineMs: wave.deadlineMs ?? 1,
  }
  for (const [name, ms] of Object.entries(times))
    if (!(ms >= 0)) faults.push({ field: `${field}.${name}`, message: 'Give a time from 0 on.' })
  if (!(wave.maxEvidenceGapMs > 0))
    faults.push({
      field: `${field}.maxEvidenceGapMs`,
      message: 'Give a time above 0: without it nothing is ever proven.',
    })
  return faults
}

const isAmount = (amount: Amount): boolean => {
  const value = resolveAmount(amount, 100, 'down')
  return value !== undefined && Number.isInteger(value) && value >= 0
}

/** Who comes late comes last, and has no version before to be taken back to. */
function ofJoining({ joinPolicy, change, waves }: FleetPlanSpec): readonly PlanFault[] {
  const late = waves.findIndex(({ select }) => select.kind === 'late')
  if (joinPolicy !== 'catchUp') {
    const message = 'Nobody comes late: write joinPolicy: catchUp, or remove the wave.'
    return late < 0 ? [] : [{ field: `waves[${late}].select`, message }]
  }
  const undo = 'A cluster that appears later has no version before. Use setImage or gate, or remove joinPolicy.'
  const last = 'Those that come late go last: make it the last wave, and the only one of its kind.'
  return [
    ...(change.kind === 'undo' ? [{ field: 'joinPolicy', message: undo }] : []),
    ...(late === waves.length - 1 ? [] : [{ field: late < 0 ? 'waves' : `waves[${late}].select`, message: last }]),
  ]
}

/** A member that is too big for the caps alone would keep the plan waiting for ever. */
function ofCaps(spec: FleetPlanSpec): readonly PlanFault[] {
  const { members, maxTrafficShare, maxClustersUnproven, maxErrorBudgetMinutes } = spec
  const big = members.find(({ trafficShare }) => maxTrafficShare !== undefined && trafficShare > maxTrafficShare)
  const message = `${big?.id} serves ${big?.trafficShare} % of all traffic, more than the plan bears unproven. Raise maxTrafficShare, or leave it out.`
  return [
    ...(big === undefined ? [] : [{ field: 'maxTrafficShare', message }]),
    ...(maxClustersUnproven === 0
      ? [{ field: 'maxClustersUnproven', message: 'At least one member has to be unproven at a time.' }]
      : []),
    ...(maxErrorBudgetMinutes !== undefined && !(maxErrorBudgetMinutes > 0)
      ? [{ field: 'maxErrorBudgetMinutes', message: 'Give minutes above 0: nothing could ever begin.' }]
      : []),
    ...(maxErrorBudgetMinutes === undefined ? [] : ofSoaks(spec, maxErrorBudgetMinutes)),
  ]
}

/** A soak alone that costs more than the plan bears would never begin (W16). */
function ofSoaks(spec: FleetPlanSpec, minutes: number): readonly PlanFault[] {
  const seen = new Set<number>()
  return spec.members.flatMap((member) => {
    const index = waveOf(spec, member) ?? -1
    const wave = spec.waves[index]
    const soak = wave === undefined ? 0 : soakMs(wave, !seen.has(index))
    seen.add(index)
    const costs = (soak / 60_000) * (member.trafficShare / 100)
    const message = `The soak of ${member.id} alone puts ${Math.round(costs * 100) / 100} min at risk. Raise maxErrorBudgetMinutes, or soak for less.`
    return costs > minutes ? [{ field: 'maxErrorBudgetMinutes', message }] : []
  })
}

function ofApprovals({ approvals }: FleetPlanSpec): readonly PlanFault[] {
  if (approvals === undefined) return []
  if (!(Number.isInteger(approvals.count) && approvals.count > 0))
    return [{ field: 'approvals.count', message: 'Give how many people have to approve it, or leave approvals out.' }]
  const message = `Only ${approvals.by?.length} may approve it, and ${approvals.count} have to. Name more.`
  return (approvals.by?.length ?? approvals.count) < approvals.count ? [{ field: 'approvals.by', message }] : []
}

function ofWindows({ windows = [] }: FleetPlanSpec): readonly PlanFault[] {
  return windows.flatMap((window, index) => {
    const field = `windows[${index}]`
    const faults: PlanFault[] = []
    if (!isTimeZone(window.timeZone)) {
      const message = `${window.timeZone} is no time zone. Give one like Europe/Berlin, or UTC.`
      faults.push({ field: `${field}.timeZone`, message })
    } else {
      const starts = readStarts(window)
      if (!starts.ok) faults.push({ field: `${field}.rrule`, message: starts.error })
    }
    if (!(window.durationMs >= 60_000 && window.durationMs <= durationMaxMs))
      faults.push({ field: `${field}.durationMs`, message: 'A window lasts from a minute to 366 days.' })
    return faults
  })
}

function isTimeZone(timeZone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}
