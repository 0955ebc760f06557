import { type DurationOutcome, durationOutcomes, type FiguresView, type SpanView } from '#contract/statistics-views.ts'
import { percentile } from '#engine/judge/percentile.ts'
import type { Change } from './changes.ts'

/** Fewer values have no middle, or no far end, that would say anything. */
const enoughFor = { median: 5, p90: 10 } as const

export function spanOf(values: readonly number[]): SpanView {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (percent: number, enough: number) =>
    sorted.length < enough ? undefined : Math.round(percentile(sorted, percent))
  return { count: sorted.length, medianMs: at(50, enoughFor.median), p90Ms: at(90, enoughFor.p90) }
}

/** What the changes that ended in a stretch of time come to. Those that are under way stand beside them. */
export function figuresOf(changes: readonly Change[]): FiguresView {
  const isDeployment = ({ isReturn, entry: { outcome } }: Change) =>
    !isReturn && outcome !== 'Running' && outcome !== 'Deleted'
  const ended = changes.filter(isDeployment)
  const failures = ended.flatMap(({ failure, isUnseen }) => (failure === undefined ? [] : [{ ...failure, isUnseen }]))
  const countOf = (isWanted: (change: Change) => boolean) => changes.filter(isWanted).length
  const failed = (kind: string) => failures.filter((each) => each.kind === kind).length
  return {
    ended: ended.length,
    completed: ended.filter(({ entry }) => entry.outcome === 'Completed').length,
    failed: failures.length,
    failures: {
      aborted: failed('aborted'),
      rolledBack: failed('rolledBack'),
      returned: failed('returned'),
      degraded: failed('degraded'),
    },
    returns: countOf(({ isReturn, entry }) => isReturn && entry.outcome !== 'Running'),
    deleted: countOf(({ entry }) => entry.outcome === 'Deleted'),
    underWay: countOf(({ entry }) => entry.outcome === 'Running'),
    unseen: countOf(({ isUnseen }) => isUnseen),
    lead: spanOf(ended.flatMap(({ leadMs }) => leadMs ?? [])),
    leadEverywhere: spanOf(ended.flatMap(({ leadEverywhereMs }) => leadEverywhereMs ?? [])),
    restore: spanOf(
      failures.flatMap(({ at, restored, isUnseen }) =>
        restored === undefined || restored.isUnseen || isUnseen ? [] : [restored.at - at],
      ),
    ),
    notRestored: failures.filter(({ restored }) => restored === undefined).length,
    durations: durationsOf(ended),
  }
}

function durationsOf(ended: readonly Change[]): FiguresView['durations'] {
  const spans = durationOutcomes.map((outcome): [DurationOutcome, SpanView] => {
    const own = ended.filter((each) => each.entry.outcome === outcome && !each.isUnseen)
    return [outcome, spanOf(own.map(({ entry }) => (entry.endedAt ?? entry.startedAt) - entry.startedAt))]
  })
  return Object.fromEntries(spans) as FiguresView['durations']
}
