import { keptAtGate } from './acts.ts'
import type { Waiting } from './admit.ts'
import type { FleetPlan, MemberId } from './document.ts'
import type { MemberView } from './member-view.ts'
import { currentSoak, provenBy } from './soak.ts'
import { gateState, type WaveView } from './wave.ts'
import type { FleetMoment } from './world.ts'

/** Why something stands still, in one sentence about the plan, a wave or a member. */
export interface Explanation {
  /** The rule. */
  readonly because: string
  readonly text: string
  readonly wave?: number
  readonly member?: MemberId
}

/** All that stands still and why: holds first, then wave by wave (W14). */
export function explain(
  plan: FleetPlan,
  waves: readonly WaveView[],
  world: FleetMoment,
  waiting: readonly Waiting[],
): readonly Explanation[] {
  const all = waves.flatMap(({ members }) => members)
  return [
    ...plan.status.holds.map(({ reason, text, by }) => ({
      because: reason,
      text: by === 'plan' ? text : `${by}: ${text}`,
    })),
    ...waves.flatMap((wave) => [
      ...ofWave(wave, world),
      ...wave.members.flatMap((view) => ofMember(plan, view, wave, all, world)),
    ]),
    ...waiting.map(({ member, text }) => ({ because: 'I2', member, text })),
  ]
}

function ofWave(view: WaveView, world: FleetMoment): readonly Explanation[] {
  const { status, wave, index } = view
  if (status.state === 'WaveSoak') {
    const left = wave.waveSoakMs - provenBy(status.soak, world.now, wave.maxEvidenceGapMs)
    return [{ because: 'W3', wave: index, text: `${Math.ceil(left / 1000)} s of its soak are not proven yet` }]
  }
  if (status.state !== 'Gate' || gateState(view, world) !== 'waiting') return []
  const text = wave.gate === 'manual' ? 'its gate waits for a person' : 'its gate waits for a verdict'
  return [{ because: '3.4.3', wave: index, text }]
}

function ofMember(
  plan: FleetPlan,
  view: MemberView,
  wave: WaveView,
  all: readonly MemberView[],
  world: FleetMoment,
): readonly Explanation[] {
  const { status, member, facts, observation } = view
  const about = (because: string, text: string): readonly Explanation[] => [{ because, member: member.id, text }]
  if (status.sent !== undefined) return about('RB-4', `${status.sent.kind} was sent and is not seen yet`)
  const isBusy = !['Pending', 'Succeeded', 'Skipped', 'Superseded', 'RolledBack'].includes(status.state)
  if (isBusy && facts === undefined) return about('PC-5', outOfSight(observation))
  if (status.state === 'AtGate') {
    const kept = keptAtGate(plan, view, wave, all)
    return kept === undefined ? [] : about(kept.because, kept.text)
  }
  const soak = currentSoak(view, world)
  return soak === undefined || soak.isDone ? [] : about('W3', soak.missing)
}

function outOfSight(observation: MemberView['observation']): string {
  if (observation === undefined) return 'was not read yet'
  if (observation.reach === 'unauthorized') return 'wants somebody to sign in'
  return observation.reach === 'unreachable' ? 'is out of reach' : 'is read anew before anything is decided'
}
