import { describe, expect, it } from 'vitest'
import type { AnalysisRun, AnalysisTemplateSpec } from '#api/analysis.ts'
import { resources } from '#api/resources.ts'
import type { PlanWave } from '#engine/fleet-plan/document.ts'
import { silentLog } from '#lib/log.ts'
import { PlanAnalyses } from '#main/fleet-plan/plan-analyses.ts'
import { createMetrics } from '#main/metrics/metrics.ts'
import { aMetric, anAnalysisRun, anAnalysisTemplate } from '#test/support/builders/analysis.ts'
import { aPlan, aWave, done, memberStatus, minute, seen } from '#test/support/builders/fleet-plan.ts'
import { aRollout } from '#test/support/builders/rollout.ts'
import { FakeApi } from '#test/support/fake-api.ts'
import { FakeCluster } from '#test/support/fake-cluster.ts'
import { json, scriptedHttp } from '#test/support/scripted-http.ts'
import { T0, VirtualClock } from '#test/support/virtual-clock.ts'

const analysis = { templates: [{ templateName: 'smoke' }] }
const smoke: AnalysisTemplateSpec = { metrics: [aMetric({ successCondition: 'result > 0.9', interval: '1m' })] }
const id = 'a/shop/web'

function setUp(wave: Partial<PlanWave>, state: 'Soaking' | 'Gate', values: readonly string[] = ['1', '1', '1', '1']) {
  const api = new FakeApi()
  api.put(resources.rollouts, aRollout())
  api.put(resources.analysisTemplates, anAnalysisTemplate('smoke', smoke))
  const clock = new VirtualClock()
  const cluster = new FakeCluster(api)
  const { http, calls } = scriptedHttp(
    ...values.map((value) => json({ status: 'success', data: { resultType: 'scalar', result: [1, value] } })),
  )
  const settings = { controllerNamespace: 'argo-rollouts', env: {} }
  const metricsAt = (then: typeof clock | Parameters<typeof createMetrics>[0]['clock']) =>
    createMetrics({ client: api.client(), clock: then, http: () => http, settings })
  const plan = aPlan([aWave(['a'], { analysis, ...wave })], {
    status: {
      waves: [{ state: state === 'Gate' ? 'Gate' : 'Active', since: T0 }],
      members: { [id]: memberStatus(state === 'Gate' ? 'Succeeded' : 'Soaking', { targetHash: 'v2' }) },
    },
  })
  let told = 0
  const clusterOf = () => ({ cluster, isDriven: () => true, isInCluster: () => true, metricsAt })
  const analyses = new PlanAnalyses({ clusterOf, clock, log: silentLog, done: () => void told++ })
  const members = () => ({ [id]: { ...seen(clock.now(), done()), at: clock.now() + 5_000 } })
  const ask = async () => {
    const next = analyses.ask(plan, members())
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
    return next
  }
  return { api, cluster, clock, calls, plan, analyses, members, ask, told: () => told }
}

describe('what metrics say of the members of a plan', () => {
  const evidence = { minEvidence: [{ metric: 'rate', minCount: 1 }] }

  it('W3: of a member that soaks, from templates beside it, since it became stable, by its clock', async () => {
    const { analyses, plan, members, ask, told, api } = setUp(evidence, 'Soaking')
    expect(analyses.add(plan, members()).members[id]?.evidence).toBeUndefined()
    await ask()
    expect(told()).toBe(1)
    expect(analyses.add(plan, members()).members[id]?.evidence?.['rate']).toMatchObject({ count: 1, isBad: false })
    expect(api.writes).toEqual([])
  })

  it('I12: the store is asked when something is due, and not before', async () => {
    const { ask, calls, clock } = setUp(evidence, 'Soaking')
    await ask()
    for (let looks = 0; looks < 5; looks++) await ask()
    expect(calls).toHaveLength(1)
    expect(await ask()).toBeGreaterThan(clock.now())
    await clock.advance(minute + 1_000)
    await ask()
    expect(calls).toHaveLength(2)
  })

  it('I12: nothing is asked for members that do not soak, nor without evidence that is wanted, nor out of reach', async () => {
    const idle = setUp({}, 'Soaking')
    await idle.ask()
    const other = setUp(evidence, 'Gate')
    await other.ask()
    const away = setUp(evidence, 'Soaking')
    away.cluster.setConnection({
      state: 'unreachable',
      since: T0,
      failure: { kind: 'Unreachable', message: 'no', since: T0 },
      retryAt: T0,
      attempt: 1,
    })
    await away.ask()
    expect([idle.calls, other.calls, away.calls]).toEqual([[], [], []])
  })

  it('3.4.1: a template that is not there is looked for again, a minute later', async () => {
    const { api, ask, calls, clock, analyses, plan, members } = setUp(evidence, 'Soaking')
    api.remove(resources.analysisTemplates, { namespace: 'shop', name: 'smoke' })
    await ask()
    expect([calls, analyses.add(plan, members()).members[id]?.evidence]).toEqual([[], undefined])
    api.put(resources.analysisTemplates, anAnalysisTemplate('smoke', smoke))
    await clock.advance(minute + 1_000)
    await ask()
    expect(calls.length).toBeGreaterThan(0)
  })
})

describe('gates that ask', () => {
  it.each([
    ['open', '1'],
    ['shut', '0.5'],
  ])('3.4.1: an analysis over the members of the wave leaves it %s', async (verdict, value) => {
    const { analyses, plan, members, ask } = setUp({ gate: 'analysis' }, 'Gate', [value])
    expect(analyses.add(plan, members()).gates).toEqual({})
    await ask()
    expect(analyses.add(plan, members()).gates).toEqual({ 0: verdict })
  })

  it.each<[string, AnalysisRun['status'], object]>([
    ['opens when all are good', { phase: 'Successful' }, { 0: 'open' }],
    ['is shut by one that failed', { phase: 'Failed' }, { 0: 'shut' }],
    ['waits for one that runs', { phase: 'Running' }, {}],
    ['waits for a person where one cannot tell', { phase: 'Inconclusive' }, {}],
  ])("3.4.1: the members' own analyses: %s", async (_what, status, gates) => {
    const { analyses, plan, members, api, calls } = setUp({ gate: 'fleetVerdict' }, 'Gate')
    const observed = members()
    const uid = 'uid-of-web'
    const rollout = { ...observed[id]?.rollout, metadata: { name: 'web', namespace: 'shop', uid } } as never
    const owner = { apiVersion: 'v1', kind: 'Rollout', name: 'web', uid }
    const run = anAnalysisRun({}, { metadata: { ownerReferences: [owner] } })
    api.put(resources.analysisRuns, { ...run, ...(status && { status }) })
    const world = { [id]: { ...seen(T0, done()), rollout } }
    expect([analyses.add(plan, world).gates, calls]).toEqual([gates, []])
  })
})
