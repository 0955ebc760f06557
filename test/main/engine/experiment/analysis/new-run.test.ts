import { expect, it } from 'vitest'
import type { Experiment } from '#api/experiment.ts'
import { newRun } from '#engine/experiment/analysis/new-run.ts'
import { assess } from '#engine/experiment/situation.ts'
import type { ExperimentWorld } from '#engine/experiment/world.ts'
import { aClusterTemplate, aMetric, anAnalysisTemplate, templateSource } from '#test/support/builders/analysis.ts'
import { anAnalysis, anExperiment, anExperimentWorld, ownerIsTry } from '#test/support/builders/experiment.ts'
import { T0 } from '#test/support/virtual-clock.ts'

const analysis = anAnalysis('errors', {
  args: [
    { name: 'host', value: 'web' },
    { name: 'unknown', value: 'x' },
  ],
})
const template = anAnalysisTemplate('errors', {
  args: [
    { name: 'host', value: 'default' },
    { name: 'path', value: '/' },
  ],
  metrics: [{ name: 'rate', provider: { job: {} } }],
  dryRun: [{ metricName: 'own' }],
})

const runOf = (experiment: Experiment, parts: Partial<ExperimentWorld> = {}, of = analysis) =>
  newRun(of, assess(anExperimentWorld({ experiment, templates: templateSource([template]), ...parts }), T0))

it('EXP-505: a run is named after both, owned by the Experiment, and made of its template and what it is given', () => {
  const experiment = anExperiment({
    analyses: [analysis],
    metadata: { labels: { 'argo-rollouts.argoproj.io/controller-instance-id': 'one', other: 'label' } },
    spec: {
      dryRun: [{ metricName: 'ours' }],
      measurementRetention: [{ metricName: 'rate', limit: 3 }],
      analysisRunMetadata: { labels: { team: 'a' }, annotations: { note: 'b' } },
    },
  })
  expect(runOf(experiment)).toEqual({
    ok: true,
    value: {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'AnalysisRun',
      metadata: {
        name: 'try-errors',
        namespace: 'shop',
        labels: { 'argo-rollouts.argoproj.io/controller-instance-id': 'one', team: 'a' },
        annotations: { note: 'b' },
        ownerReferences: [ownerIsTry],
      },
      spec: {
        metrics: [{ name: 'rate', provider: { job: {} } }],
        args: [
          { name: 'host', value: 'web' },
          { name: 'path', value: '/' },
        ],
        dryRun: [{ metricName: 'ours' }, { metricName: 'own' }],
        measurementRetention: [{ metricName: 'rate', limit: 3 }],
      },
    },
  })
})

it('EXP-505: templates inside the template are part of it, and one of them may be missing', () => {
  const outer = anAnalysisTemplate('errors', {
    metrics: [aMetric({ name: 'errors' })],
    templates: [{ templateName: 'inner' }],
  })
  const inner = anAnalysisTemplate('inner', { metrics: [{ name: 'inside', provider: { job: {} } }] })
  const experiment = anExperiment({ analyses: ['errors'] })
  const made = runOf(experiment, { templates: templateSource([outer, inner]) })
  expect(made.ok && made.value.spec.metrics.map(({ name }) => name)).toEqual(['errors', 'inside'])
  expect(runOf(experiment, { templates: templateSource([outer]) })).toEqual({
    ok: false,
    error: "AnalysisTemplate 'inner' not found",
  })
})

it('EXP-505: a template of the cluster is found there and nowhere else', () => {
  const experiment = anExperiment({ analyses: [analysis] })
  const ofCluster = { ...analysis, clusterScope: true }
  expect(
    runOf(experiment, { templates: templateSource([], [aClusterTemplate('errors', template.spec)]) }, ofCluster).ok,
  ).toBe(true)
  expect(runOf(experiment, {}, ofCluster)).toEqual({ ok: false, error: "ClusterAnalysisTemplate 'errors' not found" })
})

it('EXP-504: an argument that nothing gives a value is the failure of the run', () => {
  const open = anAnalysisTemplate('errors', { metrics: [aMetric()], args: [{ name: 'host' }] })
  const experiment = anExperiment({ analyses: [analysis] })
  const bare = anAnalysis('errors', { args: [{ name: 'host' }] })
  expect(runOf(experiment, { templates: templateSource([open]) }, bare)).toEqual({
    ok: false,
    error: 'args.host was not resolved',
  })
  const bad = anAnalysis('errors', { args: [{ name: 'host', value: '{{nothing}}' }] })
  expect(runOf(experiment, {}, bad)).toEqual({ ok: false, error: 'failed to resolve {{nothing}}' })
})
