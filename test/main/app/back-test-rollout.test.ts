import { expect, it } from 'vitest'
import type { AnalysisTemplateSpec } from '#api/analysis.ts'
import { resources } from '#api/resources.ts'
import { backTestRollout } from '#main/app/back-test-rollout.ts'
import type { PastRelease } from '#main/history/past-releases.ts'
import { createMetrics } from '#main/metrics/metrics.ts'
import { aMetric, anAnalysisTemplate } from '#test/support/builders/analysis.ts'
import { aRollout } from '#test/support/builders/rollout.ts'
import { FakeApi } from '#test/support/fake-api.ts'
import { json, scriptedHttp } from '#test/support/scripted-http.ts'
import { T0, VirtualClock } from '#test/support/virtual-clock.ts'

const release = (podHash: string, stableHash: string): PastRelease => ({
  id: podHash,
  version: podHash,
  outcome: 'Completed',
  from: T0 - 3_600_000,
  to: T0 - 3_000_000,
  podHash,
  stableHash,
})
const scalar = (value: string) => json({ status: 'success', data: { resultType: 'scalar', result: [1, value] } })
const analysis = {
  templates: [{ templateName: 'smoke' }],
  args: [{ name: 'canary', valueFrom: { podTemplateHashValue: 'Latest' } }],
}
const smoke: AnalysisTemplateSpec = {
  args: [{ name: 'canary' }],
  metrics: [
    aMetric({
      successCondition: 'result > 0.9',
      provider: { prometheus: { address: 'http://p', query: 'rate{hash="{{args.canary}}"}' } },
    }),
  ],
}

async function tested(spec: AnalysisTemplateSpec | undefined, values: readonly string[]) {
  const api = new FakeApi()
  if (spec !== undefined) api.put(resources.analysisTemplates, anAnalysisTemplate('smoke', spec))
  const { http, calls } = scriptedHttp(...values.map(scalar))
  const client = api.client()
  const settings = { controllerNamespace: 'argo-rollouts', env: {} }
  const outcome = await backTestRollout(aRollout(), analysis, [release('v3', 'v2'), release('v2', 'v1')], {
    client,
    clock: new VirtualClock(),
    metricsAt: (clock) => createMetrics({ client, clock, http: () => http, settings }),
  })
  return { outcome, api, queries: calls.map(({ body }) => new URLSearchParams(body).get('query')) }
}

it('W6: each release is asked about with the hashes it had, and nothing is written', async () => {
  const { outcome, api, queries } = await tested(smoke, ['0.99', '0.5'])
  expect(queries).toEqual(['rate{hash="v3"}', 'rate{hash="v2"}'])
  expect(outcome.ok && outcome.value.map(({ outcome: each }) => each.ok && each.value.phase)).toEqual([
    'Successful',
    'Failed',
  ])
  expect(api.writes).toEqual([])
})

it('W6: says why nothing can be told: no such template, a provider that knows only now', async () => {
  expect((await tested(undefined, [])).outcome).toEqual({ ok: false, error: "AnalysisTemplate 'smoke' not found" })
  const web = { ...smoke, metrics: [aMetric({ provider: { web: { url: 'http://kpi' } } })] }
  expect((await tested(web, [])).outcome).toEqual({
    ok: false,
    error: 'rate: the provider tells of now only, so the past cannot be tried out',
  })
})

it('W6, SCORE-7: the templates of an analysis make the score that their run would have had', async () => {
  const matrix = (mean: number) => {
    const values = Array.from({ length: 60 }, (_, at) => [at, String(mean * (1 + 0.05 * Math.sin(at * 2.7)))])
    return json({ status: 'success', data: { resultType: 'matrix', result: [{ metric: {}, values }] } })
  }
  const api = new FakeApi()
  const annotations = {
    'argosy.dev/judge': ['a', 'b', 'c'].map((name) => `${name}: {baselineQuery: base, direction: increase}`).join('\n'),
    'argosy.dev/judge-score': 'pass: 90\nmarginal: 60',
  }
  const metrics = ['a', 'b', 'c'].map((name) => aMetric({ name }))
  const template = anAnalysisTemplate('smoke', { metrics })
  api.put(resources.analysisTemplates, { ...template, metadata: { ...template.metadata, annotations } })
  const { http } = scriptedHttp(...[100, 100, 100, 100, 150, 100].map(matrix))
  const settings = { controllerNamespace: 'argo-rollouts', env: {} }
  const outcome = await backTestRollout(aRollout(), { templates: analysis.templates }, [release('v3', 'v2')], {
    client: api.client(),
    clock: new VirtualClock(),
    metricsAt: (clock) => createMetrics({ client: api.client(), clock, http: () => http, settings }),
  })
  expect(outcome.ok && outcome.value[0]?.outcome).toMatchObject({
    ok: true,
    value: {
      phase: 'Inconclusive',
      message: 'The score is 66.67, which is marginal (90 passes, below 60 fails): metrics 66.67.',
      runSummary: { count: 3, successful: 2, failed: 1 },
    },
  })
})
