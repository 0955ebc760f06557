import { resolveAmount } from '#lib/int-or-string.ts'
import type { FleetPlan, PlanWave, WaveStatus } from './document.ts'
import { awayMs, failedStates, isFresh, type MemberView, movingStates } from './member-view.ts'
import { isNoted } from './soak.ts'
import type { FleetMoment } from './world.ts'

/** A wave in a pass, with the members that are its own. */
export interface WaveView {
  readonly wave: PlanWave
  readonly index: number
  readonly status: WaveStatus
  readonly members: readonly MemberView[]
}

const settledStates = ['Succeeded', 'Skipped', 'Superseded', ...failedStates]

/** Pilots bear nothing, and members that go step by step together fall together (W1). Percent is rounded down (FP-2). */
export const failuresBorne = ({ wave, members }: WaveView): number =>
  wave.pilot || wave.sync === 'step' ? 0 : (resolveAmount(wave.maxFailures, members.length, 'down') ?? 0)

const unreachableBorne = ({ wave, members }: WaveView): number =>
  wave.pilot ? 0 : (resolveAmount(wave.maxUnreachable, members.length, 'down') ?? 0)

/** At least one: a wave that may move nobody would wait for ever. */
export const slotsOf = (wave: PlanWave, size: number): number =>
  Math.max(1, resolveAmount(wave.maxConcurrent, size, 'down') ?? 1)

export const failuresIn = ({ members }: WaveView): readonly MemberView[] =>
  members.filter(({ status }) => failedStates.includes(status.state))

/** Too many of those that still matter are away for too long: their own budget, apart from failures (FP-1, W18). */
export function isOverUnreachable(plan: FleetPlan, view: WaveView, world: FleetMoment): boolean {
  const away = view.members.filter(
    ({ status, observation }) =>
      !settledStates.includes(status.state) && awayMs(observation, world) > plan.spec.unreachableAfterMs,
  )
  return away.length > unreachableBorne(view)
}

/** @param mayBegin the wave before has passed, and the plan goes on */
export function nextWave(view: WaveView, mayBegin: boolean, world: FleetMoment): WaveStatus {
  const { status, wave, members } = view
  const enter = (state: WaveStatus['state']): WaveStatus => {
    const { soak: _soak, ...kept } = status
    return { ...kept, state, since: world.now }
  }
  const isActive = status.state === 'Active' || status.state === 'WaveSoak' || status.state === 'Gate'
  if (isActive && failuresIn(view).length > failuresBorne(view)) return enter('Breached')
  switch (status.state) {
    case 'Waiting':
      if (!mayBegin) return status
      // Nobody came late.
      return enter(members.length === 0 ? 'Passed' : 'Active')
    case 'Active':
      return members.every((each) => settledStates.includes(each.status.state)) ? enter('WaveSoak') : status
    case 'WaveSoak': {
      const provenMs = proven(view, world)
      if (provenMs >= wave.waveSoakMs) return enter('Gate')
      const isSeen = allSeen(view, world) && isNoted(status.soak, world.now, wave.maxEvidenceGapMs)
      return isSeen ? status : { ...status, soak: { provenMs, seenAt: world.now } }
    }
    case 'Gate':
      return gateState(view, world) === 'open'
        ? enter('Passed')
        : gateState(view, world) === 'shut'
          ? enter('Breached')
          : status
    case 'Passed':
    case 'Breached':
      return status
  }
}

/** Time in which all that succeeded could be read; the rest is not proven (W3). */
function proven(view: WaveView, world: FleetMoment): number {
  const { status, wave } = view
  const { provenMs, seenAt } = status.soak ?? { provenMs: 0, seenAt: status.since }
  const gap = world.now - seenAt
  return allSeen(view, world) && gap <= wave.maxEvidenceGapMs ? provenMs + gap : provenMs
}

const allSeen = ({ members }: WaveView, world: FleetMoment): boolean =>
  members.every((each) => each.status.state !== 'Succeeded' || isFresh(each.observation, world))

export function gateState({ wave, index, status }: WaveView, { gates }: FleetMoment): 'open' | 'shut' | 'waiting' {
  switch (wave.gate) {
    case 'none':
      return 'open'
    case 'manual':
      return status.opened === undefined ? 'waiting' : 'open'
    case 'analysis':
    case 'fleetVerdict':
      return gates[index] ?? 'waiting'
  }
}

/** Two that failed for one metric, in a wave that is no pilot: what looks like bad luck twice has one cause (FP-6). */
export function correlatedMetric(view: WaveView): string | undefined {
  if (view.wave.pilot) return undefined
  const metrics = failuresIn(view).flatMap(({ status }) => status.metric ?? [])
  return metrics.find((metric, index) => metrics.indexOf(metric) !== index)
}

export const isMoving = ({ status }: MemberView): boolean => movingStates.includes(status.state)
