import type { EpochMs } from '#lib/clock.ts'
import type { FleetPlan, MemberId, MemberStatus, PlanMember } from './document.ts'
import { failedStates, steppingStates } from './member-view.ts'
import { provenBy, soakMs } from './soak.ts'
import { slotsOf } from './wave.ts'
import { waveOf } from './waves.ts'
import type { FleetWorld } from './world.ts'

/** When a plan that goes its way is done, or waits for a person. */
export interface PlanEnding {
  readonly how: 'done' | 'person'
  readonly at: EpochMs
  /** The one whose gate waits, or the last one. */
  readonly wave: number
  /** Something in between takes longer by as much as nobody can say. */
  readonly isAtLeast: boolean
}

/** Of each member that is not through: its update from now on, or all of it while it has not begun; `undefined` where that is not foreseen. */
export type UpdatesAhead = Readonly<Record<MemberId, number | undefined>>

const through = ['Succeeded', 'Skipped', 'Superseded', ...failedStates]
const oneByOne = ['Admitting', ...steppingStates]

/**
 * Members under way first, then those that wait, each as a slot is free; soaks; gates. A gate without a timer ends the forecast: nobody knows
 * when a person comes. Nothing is foreseen of a plan that is held or goes back.
 */
export function planEnding(
  plan: FleetPlan,
  updates: UpdatesAhead,
  { members, window }: Pick<FleetWorld, 'members' | 'window'>,
  now: EpochMs,
): PlanEnding | undefined {
  const { spec, status } = plan
  if (status.phase !== 'Running' || status.holds.length > 0 || !window.isOpen) return undefined
  const byWave = Map.groupBy(spec.members, (member) => waveOf(spec, member))
  let at = now
  let isAtLeast = false
  for (const [index, wave] of spec.waves.entries()) {
    const { state, soak, opened } = status.waves[index] ?? { state: 'Waiting' as const, since: now }
    if (state === 'Breached') return undefined
    if (state === 'Passed' || !byWave.has(index)) continue
    if (state === 'Waiting' || state === 'Active') {
      const ms = waveLeft(plan, index, { members: byWave.get(index) ?? [], updates, seen: members })
      if (ms === undefined) return undefined
      at += ms
    }
    if (state !== 'Gate')
      at += Math.max(0, wave.waveSoakMs - (state === 'WaveSoak' ? provenBy(soak, now, wave.maxEvidenceGapMs) : 0))
    const is = { at, wave: index, isAtLeast: isAtLeast || isCutBy(window.changesAt, at) }
    if (wave.gate === 'manual' && opened === undefined) return { how: 'person', ...is }
    isAtLeast ||= wave.gate === 'analysis' || wave.gate === 'fleetVerdict'
  }
  return { how: 'done', at, wave: spec.waves.length - 1, isAtLeast: isAtLeast || isCutBy(window.changesAt, at) }
}

const isCutBy = (shut: EpochMs | undefined, at: EpochMs): boolean => shut !== undefined && shut < at

interface InWave {
  readonly members: readonly PlanMember[]
  readonly updates: UpdatesAhead
  readonly seen: FleetWorld['members']
}

function waveLeft(plan: FleetPlan, index: number, { members, updates, seen }: InWave): number | undefined {
  const wave = plan.spec.waves[index]
  if (wave === undefined) return 0
  const all = members.map((member, place) => {
    const status: MemberStatus = plan.status.members[member.id] ?? { state: 'Pending', since: 0 }
    const soaked = provenBy(status.soak, seen[member.id]?.at ?? 0, wave.maxEvidenceGapMs)
    const soak = soakMs(wave, place === 0)
    const update = status.state === 'Soaking' ? 0 : updates[member.id]
    const left = soak - (status.state === 'Soaking' ? Math.min(soak, soaked) : 0)
    return { state: status.state, ms: update === undefined ? undefined : update + left }
  })
  const free = Array.from({ length: slotsOf(wave, members.length) }, () => 0)
  const isUnderWay = ({ state }: (typeof all)[number]) => state === 'Soaking' || oneByOne.includes(state)
  const queue = [...all.filter(isUnderWay), ...all.filter((each) => !isUnderWay(each) && !through.includes(each.state))]
  const begun = all.filter(isUnderWay).length
  for (const [place, { ms }] of queue.entries()) {
    if (ms === undefined) return undefined
    if (wave.sync === 'step' && place >= begun && (place - begun) % free.length === 0) free.fill(Math.max(...free))
    const slot = free.indexOf(Math.min(...free))
    free[slot] = (free[slot] ?? 0) + ms
  }
  return Math.max(...free)
}
