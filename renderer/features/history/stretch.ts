import type { HistoryEntryView } from '#contract/views.ts'
import type { EpochMs } from '#lib/clock.ts'

/** How much of the past lies on the axis: one release, or so many hours about a moment. */
export type Span =
  | { readonly kind: 'release'; readonly id: string }
  | { readonly kind: 'hours'; readonly hours: number }

export const hoursOffered = [1, 6, 24] as const

type Run = Pick<HistoryEntryView, 'id' | 'startedAt' | 'endedAt'>

/** What was before it began, and what came of it, belong to a release. */
const leadMs = 30_000
const trailMs = 120_000
const hourMs = 3_600_000
/** Who asks for a moment this near to the present asks for what was last. */
const recentMs = 60_000

/** The ends of the axis of a release. */
export const boundsOf = ({ startedAt, endedAt }: Run, now: EpochMs) => ({
  from: startedAt - leadMs,
  until: Math.min(now, (endedAt ?? now) + trailMs),
})

/** The release of a moment; the last one for who comes from the present; else an hour. `runs` are newest first. */
export function spanAt(runs: readonly Run[], at: EpochMs, now: EpochMs): Span {
  const within = runs.find((run) => {
    const { from, until } = boundsOf(run, now)
    return from <= at && at <= until
  })
  const run = within ?? (now - at <= recentMs ? runs[0] : undefined)
  return run === undefined ? { kind: 'hours', hours: 1 } : { kind: 'release', id: run.id }
}

interface About<R> {
  readonly runs: readonly R[]
  readonly at: EpochMs
  readonly now: EpochMs
}

/** The two ends of the axis. Hours lie about the moment, and end now at the latest. */
export function stretchOf<R extends Run>(
  span: Span,
  { runs, at, now }: About<R>,
): { readonly from: EpochMs; readonly until: EpochMs; readonly run: R | undefined } {
  const run = span.kind === 'release' ? runs.find(({ id }) => id === span.id) : undefined
  if (run !== undefined) return { ...boundsOf(run, now), run }
  const hours = span.kind === 'hours' ? span.hours : 1
  const until = Math.min(now, at + (hours * hourMs) / 2)
  return { from: until - hours * hourMs, until, run: undefined }
}
