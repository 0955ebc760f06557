import type { HistoryEntryView, HistoryMomentView } from '#contract/views.ts'

/** Of a release that nobody saw: what a cluster told of it in the morning. */
export function aToldTimeline({ startedAt, endedAt = startedAt }: HistoryEntryView): readonly HistoryMomentView[] {
  const event = (at: number, reason: string, message: string, type: 'Normal' | 'Warning' = 'Normal', who = 'cluster') =>
    ({ at, who, backFilled: true, kind: 'event', reason, message, type, count: 1 }) as const
  const end = { at: endedAt, who: 'engine', backFilled: true } as const
  const at = (share: number) => Math.round(startedAt + (endedAt - startedAt) * share)
  return [
    { at: startedAt, who: 'argosy', kind: 'gap', until: endedAt, why: 'Argosy was closed' },
    event(startedAt - 1_000, 'RolloutChanged', 'Last change by kubectl-edit', 'Normal', 'kubectl-edit'),
    event(startedAt, 'NewReplicaSetCreated', 'Created ReplicaSet catalog-6d5f9c7b48 (revision 45)'),
    event(at(0.3), 'AnalysisRunStarted', 'AnalysisRun catalog-6d5f9c7b48-45-2 began'),
    event(at(0.5), 'MeasurementFailed', 'latency-p99 of catalog-6d5f9c7b48-45-2: 338', 'Warning'),
    event(at(0.7), 'AnalysisRunSuccessful', 'AnalysisRun catalog-6d5f9c7b48-45-2 ended Successful'),
    { ...end, kind: 'status', status: 'Healthy', message: '' },
    { ...end, kind: 'pods', canary: 0, stable: 12 },
    event(endedAt, 'RolloutCompleted', ''),
  ]
}
