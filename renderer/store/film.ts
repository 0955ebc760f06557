import type { FilmView } from '#contract/time-travel-views.ts'
import type { RolloutDetailView } from '#contract/views.ts'
import type { EpochMs } from '#lib/clock.ts'
import { applyJsonPatch } from '#lib/json-patch.ts'

/** A stretch of the past that can be looked at anywhere, as often and as fast as one likes: nothing is asked for again. */
export interface Film extends Pick<FilmView, 'key' | 'from' | 'until' | 'timeline' | 'measurements' | 'gaps'> {
  /** Every moment at which the page changed, ascending. */
  readonly stops: readonly EpochMs[]
  /** The page as it was; null: the rollout was not there. */
  page(at: EpochMs): RolloutDetailView | null
  /** The stretch around a moment in which nothing was recorded (UI-HIST-4). */
  gap(at: EpochMs): FilmView['gaps'][number] | undefined
}

/** Pages share what did not change, so that all of them take little more room than the film. */
export function openFilm({ first, changes, ...rest }: FilmView): Film {
  const stops = changes.map(({ at }) => at)
  /** Page `n` is as of the change before `n`; made in order, and kept. */
  const pages: (RolloutDetailView | null)[] = [first]
  const pageAfter = (count: number): RolloutDetailView | null => {
    for (let made = pages.length; made <= count; made++) {
      const before = pages[made - 1] ?? null
      const applied = applyJsonPatch(before, changes[made - 1]?.patch)
      // A patch that does not fit leaves the page as it was: an old picture is better than none.
      pages.push(applied.ok ? (applied.value as RolloutDetailView | null) : before)
    }
    return pages[count] ?? null
  }
  return {
    ...rest,
    stops,
    page: (at) => pageAfter(countUntil(stops, at)),
    gap: (at) => rest.gaps.find((gap) => gap.from <= at && at < gap.until),
  }
}

/** How many of the ascending moments are not after this one. */
export function countUntil(moments: readonly EpochMs[], at: EpochMs): number {
  let [low, high] = [0, moments.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((moments[middle] ?? at) <= at) low = middle + 1
    else high = middle
  }
  return low
}
