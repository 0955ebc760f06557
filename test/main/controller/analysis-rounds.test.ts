import { expect, it, onTestFinished } from 'vitest'
import type { AnalysisRun, AnalysisRunSpec, Measurement } from '#api/analysis.ts'
import type { KubeObject } from '#api/meta.ts'
import { resources } from '#api/resources.ts'
import type { Probe } from '#engine/decision.ts'
import { silentLog } from '#lib/log.ts'
import { success } from '#lib/outcome.ts'
import { createEngine } from '#main/controller/engine.ts'
import type { MetricsPort } from '#main/controller/metrics-port.ts'
import { aMetric, anAnalysisRun, secretArgument } from '#test/support/builders/analysis.ts'
import { FakeApi } from '#test/support/fake-api.ts'
import { FakeCluster } from '#test/support/fake-cluster.ts'
import { T0, VirtualClock } from '#test/support/virtual-clock.ts'

const at = { namespace: 'shop', name: 'web-v2-2-1' }

/** An engine that drives, and whose metrics answer as told. */
function setUp(answer: (probe: Probe) => Measurement, more: Partial<MetricsPort> = {}) {
  const api = new FakeApi()
  const clock = new VirtualClock()
  const cluster = new FakeCluster(api)
  const probes: Probe[] = []
  const metrics: MetricsPort = {
    prepare: async () =>
      success({
        measure: async (probe) => {
          probes.push(probe)
          return { measurement: answer(probe), metadata: undefined }
        },
        garbageCollect: async () => success(undefined),
      }),
    scoring: () => success(undefined),
    unlistedPlugins: () => [],
    ...more,
  }
  const engine = createEngine({
    cluster,
    metrics,
    clock,
    log: silentLog,
    reconcile: () => ({ writes: [], probes: [], requeueAt: undefined }),
    random: () => 0,
    identity: 'argosy-laptop_1',
    leaseNamespace: 'argo-rollouts',
  })
  onTestFinished(async () => void (await engine.stop({ release: false })))
  const put = (spec: Partial<AnalysisRunSpec> = {}) => api.put(resources.analysisRuns, anAnalysisRun(spec))
  const run = () => api.read(resources.analysisRuns, at) as AnalysisRun
  return { api, clock, cluster, engine, probes, put, run }
}

const good: Measurement = { phase: 'Successful', value: '1' }

it('ANA-601, ANA-602: a run is measured when it is seen, and never again once it is done', async () => {
  const { clock, engine, put, run, probes, api } = setUp(() => good)
  put()
  engine.start()
  await clock.advance(2_000)
  expect(run().status).toMatchObject({ phase: 'Successful', metricResults: [{ measurements: [good] }] })
  api.put(resources.analysisRuns, { ...run(), metadata: { ...run().metadata, labels: { touched: 'yes' } } })
  await clock.advance(60_000)
  expect(probes).toHaveLength(1)
})

it('ANA-612, OPS-74: nothing is measured twice for want of our own last write', async () => {
  const { clock, cluster, engine, put, run, probes } = setUp(() => good)
  engine.start()
  await clock.advance(2_000)
  put({ metrics: [aMetric({ interval: '5s' })] })
  cluster.freeze()
  await clock.advance(20_000)
  expect(probes).toHaveLength(1)
  cluster.thaw()
  await clock.advance(500)
  // ANA-903: one measurement for all the intervals that went by.
  expect(probes).toHaveLength(2)
  expect(run().status?.metricResults?.[0]?.count).toBe(2)
})

it('ANA-1004: a status that could not be written is measured anew, after a while', async () => {
  const { api, clock, engine, put, run, probes } = setUp(() => good)
  let refusals = 2
  api.intercept = ({ verb, resource }) => {
    if (verb !== 'patch' || resource !== 'analysisruns.argoproj.io' || refusals-- <= 0) return undefined
    return { kind: 'ServerError', message: 'etcd is busy', status: 500 }
  }
  put()
  engine.start()
  await clock.advance(3_000)
  expect(probes).toHaveLength(3)
  expect(run().status?.phase).toBe('Successful')
})

it('ANA-1124, ANA-608: goes on with what another controller has begun', async () => {
  const { api, clock, engine, probes, run } = setUp(() => good)
  const begun: Measurement = { phase: 'Running', metadata: { 'job-name': 'smoke' }, resumeAt: '2026-01-15T10:00:00Z' }
  const metricResults = [{ name: 'rate', phase: 'Running' as const, measurements: [begun] }]
  const status = { phase: 'Running' as const, startedAt: '2026-01-15T09:59:00Z', metricResults }
  api.put(resources.analysisRuns, anAnalysisRun({ metrics: [aMetric({ provider: { job: {} } })] }, { status }))
  engine.start()
  await clock.advance(2_000)
  expect(probes).toMatchObject([{ kind: 'resume', measurement: begun }])
  expect(run().status).toMatchObject({ phase: 'Successful', metricResults: [{ measurements: [good] }] })
})

it('ANA-601, PRV-406: a Job that ends before its next look is seen at that look, not before', async () => {
  const running: Measurement = { phase: 'Running', resumeAt: '2026-01-15T10:00:02Z' }
  const { api, clock, engine, put, probes } = setUp((probe) =>
    probe.kind === 'run' ? running : { ...running, resumeAt: '2026-01-15T11:00:00Z' },
  )
  put({ metrics: [aMetric({ provider: { job: {} } })] })
  engine.start()
  await clock.advance(5_000)
  expect(probes.map(({ kind }) => kind)).toEqual(['run', 'resume'])
  const passes = api.requests.length
  const job = { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'j', namespace: 'shop', labels: {} } }
  const labels = { 'analysisrun.argoproj.io/uid': 'uid-run' }
  const ended = { ...job, metadata: { ...job.metadata, labels }, status: { conditions: [{ type: 'Complete' }] } }
  api.put(resources.jobs, ended)
  await clock.advance(100)
  expect(probes).toHaveLength(2)
  expect(api.requests.length).toBe(passes)
})

it('ANA-305: a Secret that is refused ends the run; one that nobody answers for is asked for again', async () => {
  let answers = 0
  const { clock, engine, put, run } = setUp(() => good, {
    prepare: async () =>
      answers++ < 3
        ? { ok: false, error: { kind: 'unanswered', failure: { kind: 'Unreachable', message: 'no route', since: T0 } } }
        : { ok: false, error: { kind: 'refused', message: 'secrets "tokens" not found' } },
  })
  put({ args: [secretArgument('token')] })
  engine.start()
  await clock.advance(2_500)
  expect(run().status).toBeUndefined()
  await clock.advance(10_000)
  expect(run().status).toMatchObject({
    phase: 'Error',
    message: 'Unable to resolve metric arguments: secrets "tokens" not found',
  })
  expect(answers).toBe(4)
})

it('OPS-50: a run of another instance is left alone', async () => {
  const { api, clock, engine, probes } = setUp(() => good)
  const labels = { 'argo-rollouts.argoproj.io/controller-instance-id': 'blue' }
  api.put(resources.analysisRuns, anAnalysisRun({}, { metadata: { labels } }))
  engine.start()
  await clock.advance(5_000)
  expect(probes).toEqual([])
})

it('OPS-37: a query under way holds up no hand-over for long, and writes nothing after it', async () => {
  const { api, clock, engine, put, run } = setUp(() => good, {
    prepare: async () =>
      success({
        measure: () =>
          new Promise((resolve) => clock.after(30_000, () => resolve({ measurement: good, metadata: {} }))),
        garbageCollect: async () => success(undefined),
      }),
  })
  put()
  engine.start()
  await clock.advance(2_000)
  let isStopped = false
  void engine.stop({ release: true }).then(() => {
    isStopped = true
  })
  await clock.advance(2_500)
  expect(isStopped).toBe(true)
  await clock.advance(60_000)
  expect(run().status).toBeUndefined()
  expect(api.writes.filter(({ resource }) => resource === 'analysisruns.argoproj.io')).toEqual([])
})

it('PRV-1305: a run of a Rollout whose plugin nobody can run here is left as it is, until it is asked to end', async () => {
  const { api, clock, engine, put, probes, run } = setUp(() => good, { unlistedPlugins: () => ['acme/shop'] })
  const written = () => api.writes.filter(({ resource }) => resource === 'analysisruns.argoproj.io')
  put()
  engine.start()
  await clock.advance(10_000)
  expect([probes, written(), run().status]).toEqual([[], [], undefined])
  put({ terminate: true })
  await clock.advance(10_000)
  expect(run().status).toMatchObject({ phase: 'Successful', message: 'Run Terminated' })
})

it('PRV-1305: one of nobody is measured, so that somebody is told; one of an Experiment of a Rollout is not', async () => {
  const owner = (kind: string, name: string) => [
    { apiVersion: 'argoproj.io/v1alpha1', kind, name, uid: `uid-${name}`, controller: true, blockOwnerDeletion: true },
  ]
  const { api, clock, engine, probes } = setUp(() => good, { unlistedPlugins: () => ['acme/shop'] })
  const experiment = (name: string, ownerReferences: ReturnType<typeof owner>) =>
    api.put(resources.experiments, {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Experiment',
      metadata: { namespace: 'shop', name, uid: `uid-${name}`, ownerReferences },
      spec: { templates: [] },
    } as KubeObject)
  const runOf = (metric: string, ownerReferences: ReturnType<typeof owner>) =>
    api.put(
      resources.analysisRuns,
      anAnalysisRun(
        { metrics: [aMetric({ name: metric })] },
        { metadata: { name: metric, uid: metric, ownerReferences } },
      ),
    )
  experiment('trial', owner('Rollout', 'web'))
  experiment('alone', [])
  runOf('of-trial', owner('Experiment', 'trial'))
  runOf('of-alone', owner('Experiment', 'alone'))
  runOf('of-nobody', [])
  engine.start()
  await clock.advance(10_000)
  expect(probes.map(({ name }) => name).toSorted()).toEqual(['of-alone', 'of-nobody'])
})
