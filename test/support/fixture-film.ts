import type { FilmView } from '#contract/time-travel-views.ts'
import type { HistoryEntryView, HistoryMomentView, RolloutDetailView, RolloutView } from '#contract/views.ts'
import type { EpochMs } from '#lib/clock.ts'
import { jsonPatch } from '#lib/json-diff.ts'
import { shareEqual } from '#lib/share-equal.ts'
import { aDetail, aRecord } from './fixture-detail.ts'

/** A recorded release as a film: the page of its Rollout after each of the facts that its record tells. */
export function aFilm(entry: HistoryEntryView, live: RolloutView, from: EpochMs, until: EpochMs): FilmView {
  const { timeline } = aRecord(entry)
  const facts = timeline.toSorted((a, b) => a.at - b.at)
  const whole = aDetail({ ...live, since: entry.startedAt }, entry.endedAt ?? until)
  const measurements = whole.analysisRuns.flatMap((run) =>
    run.metrics.flatMap((metric) =>
      metric.measurements.map(({ at, phase, value }) => ({ at, run: run.name, metric: metric.name, phase, value })),
    ),
  )
  const stops = [...new Set([...facts, ...measurements, ...whole.events].map(({ at }) => at))]
    .filter((at) => at > from && at <= until)
    .toSorted((a, b) => a - b)
  const first = pageAt(whole, facts, from, entry)
  let page = first
  const changes = stops.map((at) => {
    const next = shareEqual(page, pageAt(whole, facts, at, entry))
    const patch = jsonPatch(page, next)
    page = next
    return { at, patch }
  })
  const gaps = facts.flatMap((fact) => (fact.kind === 'gap' ? [{ from: fact.at, until: fact.until }] : []))
  return {
    key: entry.key,
    from,
    until,
    first,
    changes,
    timeline: facts.filter(({ kind }) => kind !== 'gap'),
    measurements: measurements.filter(({ at }) => at <= until),
    gaps,
  }
}

function pageAt(
  whole: RolloutDetailView,
  facts: readonly HistoryMomentView[],
  at: EpochMs,
  { toVersion, fromVersion }: HistoryEntryView,
): RolloutDetailView {
  const last = <K extends HistoryMomentView['kind']>(kind: K) =>
    facts.findLast((fact): fact is HistoryMomentView & { readonly kind: K } => fact.kind === kind && fact.at <= at)
  const [status, weight, step, pods] = [last('status'), last('weight'), last('step'), last('pods')]
  const canary = pods?.canary ?? 0
  const off = { open: false, reason: 'This is the past' } as const
  const view: RolloutView = {
    ...whole.view,
    status: status?.status ?? 'Healthy',
    phase: status?.status ?? 'Healthy',
    message: status?.message ?? '',
    pause: undefined,
    why: [],
    version: toVersion,
    stableVersion: fromVersion,
    stepIndex: step?.stepIndex ?? 0,
    setWeight: weight?.setWeight ?? 0,
    actualWeight: weight?.actualWeight ?? 0,
    replicas: { desired: 12, current: 12 + canary, updated: canary, ready: 12 + canary, available: 12 + canary },
    actions: Object.fromEntries(Object.keys(whole.view.actions).map((name) => [name, off])) as RolloutView['actions'],
  }
  return {
    ...whole,
    ...aDetail(view, whole.events[0]?.at ?? at),
    events: whole.events.filter((event) => event.at <= at),
    analysisRuns: whole.analysisRuns.map((run) => ({
      ...run,
      metrics: run.metrics.map((metric) => ({
        ...metric,
        measurements: metric.measurements.filter((each) => each.at <= at),
      })),
    })),
    forecast: { state: 'notKnown', why: 'past' },
  }
}
