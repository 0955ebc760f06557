import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { AnalysisTemplateSpec } from '#api/analysis.ts'
import { resources } from '#api/resources.ts'
import type { Rollout } from '#api/rollout.ts'
import type { BackTestView, TriedView } from '#contract/back-test-views.ts'
import { rolloutKey } from '#contract/keys.ts'
import type { HistoryOutcome } from '#contract/views.ts'
import type { Clock } from '#lib/clock.ts'
import { silentLog } from '#lib/log.ts'
import { backTestTimeMaxMs, followBackTest } from '#main/app/follow-back-test.ts'
import { openHistory } from '#main/history/store.ts'
import type { Http } from '#main/metrics/http/http.ts'
import { createMetrics } from '#main/metrics/metrics.ts'
import { aMetric, anAnalysisTemplate, secretArgument } from '#test/support/builders/analysis.ts'
import { aRollout, setWeight } from '#test/support/builders/rollout.ts'
import { aFolder } from '#test/support/cli-fleet.ts'
import { FakeApi } from '#test/support/fake-api.ts'
import { recordReleases } from '#test/support/recorded-releases.ts'
import { json, scriptedHttp } from '#test/support/scripted-http.ts'
import { VirtualClock } from '#test/support/virtual-clock.ts'

const address = { context: 'eu', namespace: 'shop', name: 'web' }
const key = rolloutKey(address)
const hash = { name: 'canary', valueFrom: { podTemplateHashValue: 'Latest' as const } }
const analysed = (...names: readonly string[]): Rollout =>
  aRollout({
    steps: [
      setWeight(20),
      ...names.map((templateName) => ({ analysis: { templates: [{ templateName }], args: [hash] } })),
    ],
  })
const smoke: AnalysisTemplateSpec = {
  args: [{ name: 'canary' }],
  metrics: [
    aMetric({
      successCondition: 'result > 0.9',
      failureCondition: 'result < 0.5',
      provider: { prometheus: { address: 'http://p', query: 'rate{hash="{{args.canary}}"}' } },
    }),
  ],
}
const scalar = (value: string) => json({ status: 'success', data: { resultType: 'scalar', result: [1, value] } })

interface Stage {
  readonly rollout?: Rollout | undefined
  readonly templates?: Readonly<Record<string, AnalysisTemplateSpec>>
  readonly outcomes?: readonly HistoryOutcome[]
  readonly http: Http
  readonly api?: FakeApi
}

/** A rollout with its recorded releases and its store of metrics; what the window is told. */
function aBackTest({ templates = { smoke }, outcomes = [], http, api = new FakeApi(), ...more }: Stage) {
  const rollout = 'rollout' in more ? more.rollout : analysed('smoke')
  const clock = new VirtualClock()
  const history = openHistory({ path: join(aFolder(), 'history.db'), clock, log: silentLog })
  onTestFinished(() => history.close())
  recordReleases(history, address, outcomes)
  for (const [name, spec] of Object.entries(templates))
    api.put(resources.analysisTemplates, anAnalysisTemplate(name, spec))
  const client = api.client()
  const settings = { controllerNamespace: 'argo-rollouts', env: {} }
  const target = {
    client,
    cluster: { cache: () => ({ get: (name: string) => (name === 'shop/web' ? rollout : undefined) }) },
    metrics: { at: (then: Clock) => createMetrics({ client, clock: then, http: () => http, settings }) },
  }
  const sessions = { get: (context: string) => (context === 'eu' ? target : undefined) }
  const told: BackTestView[] = []
  const end = followBackTest({ sessions, history, clock, log: silentLog }, key, (view) => told.push(view))
  /** All that can come without the clock moving has come. */
  const settled = () => clock.advance(0)
  return { told, end, clock, settled, api }
}

const triedViews = (told: readonly BackTestView[]): readonly TriedView[] =>
  told.filter((view): view is TriedView => view.state !== 'impossible' && view.state !== 'failed')

describe('a back-test in the window', () => {
  it('W6: tells after each release, newest first, and what all come to; nothing is written', async () => {
    const { http, calls } = scriptedHttp(...['0.99', '0.3', '0.7'].map(scalar))
    const { told, settled, api } = aBackTest({ http, outcomes: ['Completed', 'Completed', 'Completed', 'Aborted'] })
    await settled()
    const views = triedViews(told)
    expect(views.map(({ state, releases }) => [state, ...releases.map(({ would }) => would)])).toEqual([
      ['running', undefined, undefined, undefined],
      ['running', 'pass', undefined, undefined],
      ['running', 'pass', 'abort', undefined],
      ['done', 'pass', 'abort', 'pause'],
    ])
    expect(calls.map(({ body }) => new URLSearchParams(body).get('query'))).toEqual([
      'rate{hash="v4"}',
      'rate{hash="v3"}',
      'rate{hash="v2"}',
    ])
    expect(views.at(-1)?.sum).toEqual({
      ...{ releases: 3, aborts: 1, abortsOfGood: 1, abortsByError: 0, pauses: 1, unknown: 0 },
    })
    expect(views.at(-1)?.analyses).toEqual([{ kind: 'Step', stepIndex: 1, templates: ['smoke'], problem: undefined }])
    expect(views.at(-1)?.releases[1]).toMatchObject({
      version: '1.2',
      outcome: 'Completed',
      verdicts: [{ analysis: 0, phase: 'Failed', message: expect.stringContaining('failed (1) > failureLimit (0)') }],
    })
    expect(api.writes).toEqual([])
  })

  it('W6: an analysis that cannot be tried says so once, and the others are tried', async () => {
    const { http } = scriptedHttp(scalar('0.99'))
    const web = { metrics: [aMetric({ name: 'kpi', provider: { web: { url: 'http://kpi' } } })] }
    const { told, settled } = aBackTest({
      ...{ http, outcomes: ['Completed', 'Completed'], rollout: analysed('kpi', 'smoke') },
      templates: { smoke, kpi: web },
    })
    await settled()
    const last = triedViews(told).at(-1)
    expect(last?.analyses.map(({ problem }) => problem)).toEqual([
      'kpi: the provider tells of now only, so the past cannot be tried out',
      undefined,
    ])
    expect(last?.releases).toMatchObject([{ would: 'pass', verdicts: [] }])
  })

  it('W6: where none can be tried, no release is', async () => {
    const { http, calls } = scriptedHttp()
    const { told, settled } = aBackTest({ http, templates: {}, outcomes: ['Completed', 'Completed'] })
    await settled()
    expect(told).toMatchObject([
      {
        state: 'done',
        analyses: [{ problem: "AnalysisTemplate 'smoke' not found" }],
        releases: [{ would: undefined }],
      },
    ])
    expect(calls).toEqual([])
  })

  it('W6: aborts for errors are counted apart, and no value of a Secret is told', async () => {
    const { http } = scriptedHttp('dial tcp: no route for s3cr3t-token')
    const api = new FakeApi()
    const data = { token: Buffer.from('s3cr3t-token').toString('base64') }
    const metadata = { name: 'tokens', namespace: 'shop' }
    api.put(resources.secrets, { apiVersion: 'v1', kind: 'Secret', metadata, data } as never)
    const query = 'rate{token="{{args.token}}"}'
    const guarded = {
      args: [secretArgument('token'), { name: 'canary' }],
      metrics: [aMetric({ provider: { prometheus: { address: 'http://p', query } } })],
    }
    const { told, settled } = aBackTest({
      ...{ http, api, templates: { smoke: guarded }, outcomes: ['Completed', 'Completed'] },
    })
    await settled()
    expect(told.at(-1)).toMatchObject({ state: 'done', sum: { aborts: 1, abortsByError: 1 } })
    expect(JSON.stringify(told)).toContain('no route for')
    expect(JSON.stringify(told)).not.toContain('s3cr3t')
  })

  it('W6: a release of which nothing can be told counts for nothing', async () => {
    const { http } = scriptedHttp()
    const guarded = { args: [secretArgument('token'), { name: 'canary' }], metrics: [aMetric()] }
    const { told, settled } = aBackTest({ http, templates: { smoke: guarded }, outcomes: ['Completed', 'Completed'] })
    await settled()
    expect(told.at(-1)).toMatchObject({
      releases: [{ would: 'unknown', verdicts: [{ phase: 'Unknown', message: expect.stringContaining('tokens') }] }],
      sum: { releases: 0, aborts: 0, unknown: 1 },
    })
  })

  it('W6: says why there is nothing to try', async () => {
    const { http } = scriptedHttp()
    const becauseOf = async (stage: Partial<Stage>) => {
      const { told, settled } = aBackTest({ http, outcomes: ['Completed', 'Completed'], ...stage })
      await settled()
      return told
    }
    expect(await becauseOf({ rollout: undefined })).toEqual([{ state: 'impossible', because: 'gone' }])
    expect(await becauseOf({ rollout: aRollout() })).toEqual([{ state: 'impossible', because: 'noAnalysis' }])
    expect(await becauseOf({ outcomes: ['Completed'] })).toEqual([{ state: 'impossible', because: 'noRelease' }])
    const api = new FakeApi()
    const refusal = { kind: 'Forbidden', verb: 'list', resource: 'analysistemplates.argoproj.io' } as const
    api.intercept = () => ({ ...refusal, message: 'no', namespace: 'shop' })
    expect(await becauseOf({ api })).toMatchObject([{ state: 'failed', failure: refusal }])
  })
})

describe('the end of a back-test', () => {
  const threeReleases = ['Completed', 'Completed', 'Completed', 'Completed'] as const

  /** Answers once, and then not any more. */
  function aStoreThatHangs() {
    const asked: (() => void)[] = []
    const answer = scriptedHttp(scalar('0.99')).http
    const http: Http = (call) =>
      asked.length === 0
        ? (asked.push(() => undefined), answer(call))
        : new Promise((resolve) => asked.push(() => void answer(call).then(resolve)))
    return { http, asked }
  }

  it('W6: nothing is asked or told once nobody looks', async () => {
    const { http, asked } = aStoreThatHangs()
    const { told, end, settled } = aBackTest({ http, outcomes: threeReleases })
    await settled()
    expect([asked.length, told.length]).toEqual([2, 2])
    end()
    asked[1]?.()
    await settled()
    expect([asked.length, told.length]).toEqual([2, 2])
  })

  it('W6: after two minutes it tells as far as it has come', async () => {
    const { http, asked } = aStoreThatHangs()
    const { told, clock, settled } = aBackTest({ http, outcomes: threeReleases })
    await settled()
    await clock.advance(backTestTimeMaxMs - 1)
    expect(told.at(-1)).toMatchObject({ state: 'running' })
    await clock.advance(1)
    expect(told.at(-1)).toMatchObject({
      state: 'outOfTime',
      releases: [{ would: 'pass' }, { would: undefined }, { would: undefined }],
      sum: { releases: 1, aborts: 0 },
    })
    asked[1]?.()
    await settled()
    expect(told.at(-1)).toMatchObject({ state: 'outOfTime' })
    expect(asked).toHaveLength(2)
  })
})
