import { describe, expect, it } from 'vitest'
import type { AnalysisPhase, AnalysisTemplateSpec } from '#api/analysis.ts'
import { resources } from '#api/resources.ts'
import type { CanaryStrategy, RolloutStatus } from '#api/rollout.ts'
import { outlook } from '#engine/forecast/outlook.ts'
import { reconcileRollout } from '#engine/rollout/reconcile.ts'
import { assess } from '#engine/rollout/situation.ts'
import { validationError } from '#engine/rollout/validation/validate.ts'
import { observeRollout } from '#main/controller/observe-rollout.ts'
import { createMetrics } from '#main/metrics/metrics.ts'
import { aMetric, anAnalysisRun, anAnalysisTemplate } from '#test/support/builders/analysis.ts'
import { aRollout } from '#test/support/builders/rollout.ts'
import { FakeApi } from '#test/support/fake-api.ts'
import { FakeCluster } from '#test/support/fake-cluster.ts'
import { scriptedHttp } from '#test/support/scripted-http.ts'
import { T0, VirtualClock } from '#test/support/virtual-clock.ts'

const smoke = { templates: [{ templateName: 'smoke' }] }
const plugin = aMetric({ name: 'orders', provider: { plugin: { 'acme/shop': {} } } })
const program = { path: '/opt/shop', sha256: '0'.repeat(64) }

interface Given {
  readonly canary?: CanaryStrategy
  readonly template?: AnalysisTemplateSpec
  readonly annotations?: Readonly<Record<string, string>>
  readonly isListed?: boolean
  readonly status?: RolloutStatus
  readonly runPhase?: AnalysisPhase
}

/** The world of a Rollout as it is observed by who measures with the plugins that are listed. */
async function worldOf(given: Given) {
  const { canary = { steps: [{ analysis: smoke }] }, template, annotations, isListed, status, runPhase } = given
  const api = new FakeApi()
  const rollout = aRollout({ spec: { strategy: { canary } }, ...(status !== undefined && { status }) })
  api.put(resources.rollouts, rollout)
  const built = anAnalysisTemplate('smoke', template ?? { metrics: [plugin] })
  api.put(resources.analysisTemplates, {
    ...built,
    metadata: { ...built.metadata, ...(annotations && { annotations }) },
  })
  api.put(resources.analysisRuns, anAnalysisRun({ metrics: [plugin] }, runPhase && { status: { phase: runPhase } }))
  const plugins = isListed === true ? { 'acme/shop': program } : {}
  const metrics = createMetrics({
    client: api.client(),
    clock: new VirtualClock(),
    http: () => scriptedHttp().http,
    settings: { controllerNamespace: 'argo-rollouts', env: {}, plugins },
  })
  const { namespace, name } = rollout.metadata
  const observed = await observeRollout(new FakeCluster(api), `${namespace}/${name}`, undefined, metrics)
  if (!observed.ok || observed.value === undefined) throw new Error('not observed')
  return observed.value
}

const errorOf = async (given: Given) => validationError(assess(await worldOf(given), T0))
const refusal =
  'Forbidden: Argosy has no program for metric plugin acme/shop on this machine and leaves this rollout untouched'

describe('a Rollout whose analyses use a metric plugin', () => {
  it.each<[string, CanaryStrategy]>([
    ['spec.strategy.canary.steps[0].analysis.templates', { steps: [{ analysis: smoke }] }],
    ['spec.strategy.canary.analysis.templates', { analysis: smoke }],
    [
      'spec.strategy.canary.steps[0].experiment.analyses[1]',
      {
        steps: [
          {
            experiment: {
              templates: [{ name: 'a', specRef: 'stable' }],
              analyses: [
                { name: 'none', templateName: 'none' },
                { name: 'smoke', templateName: 'smoke' },
              ],
            },
          },
        ],
      },
    ],
  ])('PRV-1305: that is not listed here is refused, and says so: %s', async (path, canary) => {
    expect(await errorOf({ canary })).toBe(`${path}: ${refusal}`)
    expect(await errorOf({ canary, isListed: true })).toBeUndefined()
  })

  it('PRV-1305: nothing of it is touched but the condition that says why', async () => {
    const { writes } = reconcileRollout(await worldOf({}), T0)
    expect(writes.map(({ kind, because }) => [kind, because])).toEqual([['patch', 'API-92']])
    expect(JSON.stringify(writes)).toContain('InvalidSpec')
  })

  it('PRV-1305: so is one that waits for a run with such a metric, whatever its template says by now', async () => {
    const waiting = (status: string) => ({
      template: { metrics: [aMetric()] },
      status: { canary: { currentStepAnalysisRunStatus: { name: anAnalysisRun().metadata.name, status } } },
    })
    expect(await errorOf(waiting('Running'))).toBe(`AnalysisRun web-v2-2-1: ${refusal}`)
    expect(await errorOf({ template: { metrics: [aMetric()] } })).toBeUndefined()
    expect(await errorOf({ ...waiting('Failed'), runPhase: 'Failed' })).toBeUndefined()
  })

  it('PRV-1305: its forecast is that of one whose plugin is listed', async () => {
    const [refused, driven] = await Promise.all([worldOf({}), worldOf({ isListed: true })])
    expect(outlook(refused, T0, 0)).toEqual(outlook(driven, T0, 0))
  })
})

describe('a template whose judge is declared wrongly', () => {
  const template = { metrics: [aMetric({ name: 'p99' })] }
  const declared = { 'argosy.dev/judge': 'p99: {baselineQuery: q}' }

  it.each([
    [{ 'argosy.dev/judge': 'p99: {}' }, 'argosy.dev/judge: p99.baselineQuery: is needed'],
    [
      { ...declared, 'argosy.dev/judge-score': '{pass: 50, marginal: 60}' },
      'argosy.dev/judge-score: marginal is above pass',
    ],
  ])('ANA-506: is refused before anything moves: %j', async (annotations, error) => {
    const path = 'spec.strategy.canary.steps[0].analysis.templates'
    expect(await errorOf({ template, annotations })).toBe(`${path}: Invalid value: "templateNames: [smoke]": ${error}`)
    expect(await errorOf({ template, annotations: { ...declared, 'argosy.dev/judge-score': '{}' } })).toBeUndefined()
  })

  it('ANA-506: what the Rollout itself gives its run counts too', async () => {
    const analysis = { ...smoke, analysisRunMetadata: { annotations: { 'argosy.dev/judge-score': 'pass: 101' } } }
    const error = await errorOf({ canary: { analysis }, template, annotations: declared })
    expect(error).toContain('argosy.dev/judge-score.pass: expected a number from 0 to 100, and not 101')
  })
})
