import { describe, expect, it } from 'vitest'
import type { AnalysisRun } from '#api/analysis.ts'
import { planOf, refusalOf, requestsOf } from '#test/support/action-plan.ts'
import { aMetric, anAnalysisRun, secretArgument } from '#test/support/builders/analysis.ts'
import { aRollout } from '#test/support/builders/rollout.ts'
import { aWorld } from '#test/support/builders/world.ts'

const rollout = aRollout()
const uid = rollout.metadata.uid ?? ''
const owned = (spec: Partial<AnalysisRun['spec']> = {}, name = 'web-v2-2-1') =>
  anAnalysisRun(spec, {
    metadata: {
      name,
      annotations: { 'rollout.argoproj.io/revision': '2' },
      ownerReferences: [{ apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name: 'web', uid, controller: true }],
    },
    status: { phase: 'Failed' },
  })
const world = (...analysisRuns: readonly AnalysisRun[]) => ({ ...aWorld({ rollout }), analysisRuns })

describe('an analysis once more, as a dry run', () => {
  it('ANA-605: the same spec under a name of its own, owned by nobody, gone an hour after its end', () => {
    const run = owned({ metrics: [aMetric({ count: 3 })], args: [secretArgument('token')], terminate: true })
    const [request] = requestsOf(planOf('rerunAnalysis', world(run), { run: 'web-v2-2-1' }))
    expect(request).toEqual([
      'create analysisruns',
      {
        apiVersion: 'argoproj.io/v1alpha1',
        kind: 'AnalysisRun',
        metadata: {
          name: 'web-v2-2-1-rerun-1',
          namespace: 'shop',
          labels: { 'argosy.dev/rerun-for': uid },
          annotations: { 'argosy.dev/rerun-of': 'web-v2-2-1', 'rollout.argoproj.io/revision': '2' },
        },
        spec: {
          metrics: [aMetric({ count: 3 })],
          args: [secretArgument('token')],
          dryRun: [{ metricName: '.*' }],
          ttlStrategy: { secondsAfterCompletion: 3600 },
        },
      },
    ])
  })

  it('ANA-605: is measured the same way: judged against the same baseline, by way of the same Service; its score is its own', () => {
    const way = {
      'argosy.dev/judge': 'rate: {baselineQuery: q}',
      'argosy.dev/judge-score': 'pass: 90',
      'argosy.dev/metrics-via': '{"rate":"service/monitoring/prometheus:9090"}',
    }
    const run = owned()
    const annotations = { ...run.metadata.annotations, ...way, 'argosy.dev/score': '70', other: 'stays' }
    const judged: AnalysisRun = { ...run, metadata: { ...run.metadata, annotations } }
    const [request] = requestsOf(planOf('rerunAnalysis', world(judged), { run: 'web-v2-2-1' }))
    expect(request?.[1]).toMatchObject({
      metadata: {
        annotations: { ...way, 'argosy.dev/rerun-of': 'web-v2-2-1', 'rollout.argoproj.io/revision': '2' },
      },
    })
    expect(JSON.stringify(request)).not.toMatch(/argosy.dev\/score"|"other"/)
  })

  it('takes the next free name, also when a repetition is repeated', () => {
    const again: AnalysisRun = {
      ...owned({}, 'web-v2-2-1-rerun-1'),
      metadata: {
        name: 'web-v2-2-1-rerun-1',
        namespace: 'shop',
        labels: { 'argosy.dev/rerun-for': uid },
        annotations: { 'argosy.dev/rerun-of': 'web-v2-2-1' },
      },
    }
    const nameFor = (run: string) =>
      planOf('rerunAnalysis', world(owned(), again), { run }).writes.map((write) => 'ref' in write && write.ref.name)
    expect(nameFor('web-v2-2-1')).toEqual(['web-v2-2-1-rerun-2'])
    expect(nameFor('web-v2-2-1-rerun-1')).toEqual(['web-v2-2-1-rerun-2'])
  })

  it('what would never end is measured five times, and that is said', () => {
    const plan = planOf('rerunAnalysis', world(owned({ metrics: [aMetric({ interval: '1m' })] })), {
      run: 'web-v2-2-1',
    })
    const [[, object] = []] = requestsOf(plan)
    expect(object).toMatchObject({ spec: { metrics: [{ interval: '1m', count: 5 }] } })
    expect(plan.warnings).toEqual(['Measured 5 times, for they would go on until somebody stops them: rate'])
  })

  it('is refused without a run, for one that is gone, and for one of another Rollout', () => {
    const foreign = anAnalysisRun({}, { metadata: { ownerReferences: [] } })
    expect(refusalOf('rerunAnalysis', world(owned()))).toMatch(/^Name the AnalysisRun/)
    expect(refusalOf('rerunAnalysis', world(), { run: 'web-v2-2-1' })).toMatch(/is not there any more$/)
    expect(refusalOf('rerunAnalysis', world(foreign), { run: 'web-v2-2-1' })).toMatch(/is not there any more$/)
  })
})
