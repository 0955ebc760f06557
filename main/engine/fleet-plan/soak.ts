import type { EpochMs } from '#lib/clock.ts'
import type { PlanWave, SoakStatus } from './document.ts'
import type { MemberFacts } from './member-facts.ts'
import { isFresh, type MemberView } from './member-view.ts'
import type { FleetMoment, MemberObservation } from './world.ts'

/** What a member has behind it, and whether that is enough. */
export interface Soak {
  readonly status: SoakStatus
  readonly isDone: boolean
  /** The sample that spoke against it. */
  readonly badMetric?: string
  /** When it can be enough, by the clock of the member; `undefined`: time alone does not do it. */
  readonly doneAt?: EpochMs
  /** What is missing, in words; empty when it is done. */
  readonly missing: string
  /** A metric has no sample of the last `maxEvidenceGapMs`. */
  readonly isBlind: boolean
}

/**
 * Proven time, never slept time (SR-3): with metrics the time that their samples cover, whenever those are read; without any, the time
 * between two looks that both found it Healthy. Holes beyond `maxEvidenceGapMs` count for nothing.
 * @param view a member that is Soaking, and is read now
 */
export function soakOf(
  { status: { since: from, soak: before }, wave, isFirst }: MemberView,
  { observation, facts: { isHealthy } }: { readonly observation: MemberObservation; readonly facts: MemberFacts },
): Soak {
  const wantedMs = soakMs(wave, isFirst)
  const evidence = wave.minEvidence.map((wanted) => ({ ...wanted, found: observation.evidence?.[wanted.metric] }))
  const provenMs =
    evidence.length === 0
      ? watched(before, { from, at: observation.at, maxGapMs: wave.maxEvidenceGapMs, isHealthy })
      : Math.min(
          ...evidence.map(({ found }) => covered(found?.times ?? [], from, observation.at, wave.maxEvidenceGapMs)),
        )
  const status = { provenMs, seenAt: observation.at }
  const badMetric = evidence.find(({ found }) => found?.isBad === true)?.metric
  const few = evidence.filter(({ found, minCount }) => (found?.count ?? 0) < minCount)
  const missing = [
    ...(provenMs < wantedMs ? [`${seconds(wantedMs - provenMs)} of ${seconds(wantedMs)} are not proven yet`] : []),
    ...few.map(({ metric, minCount, found }) => `${metric} has ${found?.count ?? 0} of ${minCount} samples`),
  ].join(', ')
  const isDone = missing === ''
  const isBlind = evidence.some(
    ({ found }) => observation.at - Math.max(from, found?.times.at(-1) ?? from) > wave.maxEvidenceGapMs,
  )
  const time = provenMs < wantedMs ? { doneAt: observation.at + wantedMs - provenMs } : {}
  return { status, isDone, isBlind, missing, ...(badMetric !== undefined && { badMetric }), ...time }
}

/** Often enough that no time goes unproven between two looks. */
export const lookEvery = (maxGapMs: number): number => Math.max(1_000, maxGapMs / 2)

/**
 * What was written down of a soak is recent enough: the time since counts with the next look all the same, and a plan that bakes is not
 * written with every look (I12).
 */
export const isNoted = (noted: SoakStatus | undefined, at: EpochMs, maxGapMs: number): boolean =>
  noted !== undefined && at - noted.seenAt < lookEvery(maxGapMs) / 2

/** With the time since it was noted, as far as that is no hole. */
export function provenBy(noted: SoakStatus | undefined, at: EpochMs, maxGapMs: number): number {
  if (noted === undefined) return 0
  const gap = at - noted.seenAt
  return gap > 0 && gap <= maxGapMs ? noted.provenMs + gap : noted.provenMs
}

/** How long a member has to be Healthy before it is proven. */
export const soakMs = ({ minSoakMs, firstSoakMs }: PlanWave, isFirst: boolean): number =>
  isFirst ? Math.max(minSoakMs, firstSoakMs) : minSoakMs

interface Watched {
  readonly from: EpochMs
  readonly at: EpochMs
  readonly maxGapMs: number
  readonly isHealthy: boolean
}

/** The stretch before a look that did not find it Healthy is not proven, and neither is what nobody looked at. */
function watched(before: SoakStatus | undefined, { from, at, maxGapMs, isHealthy }: Watched): number {
  const { provenMs, seenAt } = before ?? { provenMs: 0, seenAt: from }
  const gap = at - seenAt
  return isHealthy && gap > 0 && gap <= maxGapMs ? provenMs + gap : provenMs
}

/** How much of `from`…`to` lies between samples that are near enough to each other. */
function covered(times: readonly EpochMs[], from: EpochMs, to: EpochMs, maxGapMs: number): number {
  const within = times.filter((time) => time >= from && time <= to)
  let sum = 0
  for (const [index, time] of within.entries()) {
    const gap = time - (within[index - 1] ?? from)
    if (gap <= maxGapMs) sum += gap
  }
  return sum
}

const seconds = (ms: number): string => `${Math.ceil(ms / 1000)} s`

/** The soak of a member that is Soaking; `undefined` while it is not, or cannot be read. */
export function currentSoak(view: MemberView, world: FleetMoment): Soak | undefined {
  const { status, observation, facts } = view
  if (status.state !== 'Soaking' || observation === undefined || facts === undefined) return undefined
  return isFresh(observation, world) ? soakOf(view, { observation, facts }) : undefined
}
