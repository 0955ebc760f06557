import type { FleetPlanSpec, MemberId, PlanMember, PlanWave } from './document.ts'
import { soakMs } from './soak.ts'
import { slotsOf } from './wave.ts'
import { waveOf } from './waves.ts'

/** How long the update of a member alone takes; `undefined` where that cannot be foreseen. */
export type MemberDurations = Readonly<Record<MemberId, number | undefined>>

export interface WaveForecast {
  readonly wave: PlanWave
  readonly members: readonly PlanMember[]
  /** Percent of all traffic. */
  readonly trafficShare: number
  /** The most that members which move at the same time serve, in percent of all traffic. */
  readonly unprovenShare: number
  /** The most that those put at risk at least, in milliseconds in which all of the traffic fails (W16). */
  readonly riskMs: number
  /** Updates, soaks and the soak of the wave; gates and failures take no time. */
  readonly durationMs: number | undefined
}

/**
 * What each wave of a plan brings, when nothing fails and nobody has to be waited for.
 * @param exposures what the update of each member alone puts at risk: the share of its own requests, times how long, in ms
 */
export function forecastWaves(
  spec: FleetPlanSpec,
  durations: MemberDurations,
  exposures: Readonly<Record<MemberId, number>> = {},
): readonly WaveForecast[] {
  const byWave = Map.groupBy(spec.members, (member) => waveOf(spec, member))
  return spec.waves.map((wave, index) => {
    const members = byWave.get(index) ?? []
    const slots = slotsOf(wave, members.length)
    const shares = members.map(({ trafficShare }) => trafficShare).toSorted((a, b) => b - a)
    const unproven = sum(shares.slice(0, slots))
    const risks = members
      .map(({ id, trafficShare }, at) => ((exposures[id] ?? 0) + soakMs(wave, at === 0)) * (trafficShare / 100))
      .toSorted((a, b) => b - a)
    return {
      wave,
      members,
      trafficShare: sum(shares),
      unprovenShare: Math.min(unproven, spec.maxTrafficShare ?? unproven),
      riskMs: sum(risks.slice(0, slots)),
      durationMs: waveMs(wave, members, slots, durations),
    }
  })
}

/** Each slot takes the next member when it is free; members that go step by step begin together. */
function waveMs(
  wave: PlanWave,
  members: readonly PlanMember[],
  slots: number,
  durations: MemberDurations,
): number | undefined {
  const free = Array.from({ length: slots }, () => 0)
  for (let first = 0; first < members.length; first += slots) {
    const batch = members.slice(first, first + slots)
    if (wave.sync === 'step') free.fill(Math.max(...free))
    for (const [offset, { id }] of batch.entries()) {
      const ms = durations[id]
      if (ms === undefined) return undefined
      const slot = free.indexOf(Math.min(...free))
      free[slot] = (free[slot] ?? 0) + ms + soakMs(wave, first + offset === 0)
    }
  }
  return members.length === 0 ? 0 : Math.max(...free) + wave.waveSoakMs
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
