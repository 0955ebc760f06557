import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Measurement } from '#api/analysis.ts'
import type { KubeObject } from '#api/meta.ts'
import { resources } from '#api/resources.ts'
import { failure, success } from '#lib/outcome.ts'
import type { ClusterClient } from '#main/cluster/client.ts'
import { loadKubeconfig } from '#main/cluster/kubeconfig.ts'
import { createClusterClient } from '#main/cluster/rest.ts'
import { job } from '#main/metrics/job.ts'
import type { MeasureContext } from '#main/metrics/provider.ts'
import { FakeApi } from '#test/support/fake-api.ts'
import { aMeasureContext, aMetric, aRun, measuring, runUid, someSettings } from '#test/support/measuring.ts'
import { aSandbox, type Sandbox } from '#test/support/sandbox.ts'
import { advanceUntil } from '#test/support/until.ts'
import { VirtualClock } from '#test/support/virtual-clock.ts'

const aJob = (image: string, spec: object = {}) => ({
  spec: {
    backoffLimit: 0,
    ...spec,
    template: { spec: { restartPolicy: 'Never', containers: [{ name: 'main', image }] } },
  },
})
const smoke = (image: string, spec?: object) => aMetric({ job: aJob(image, spec) })
const name = `${runUid}.smoke.1`
const at = { namespace: 'prod', name }

describe('a Job on a cluster', () => {
  let clock: VirtualClock
  let sandbox: Sandbox
  let client: ClusterClient
  let folder: string
  let context: MeasureContext

  beforeEach(async () => {
    clock = new VirtualClock()
    sandbox = await aSandbox(clock)
    folder = mkdtempSync(join(tmpdir(), 'argosy-job-'))
    writeFileSync(join(folder, 'config'), sandbox.kubeconfig)
    const config = loadKubeconfig({ paths: [join(folder, 'config')] })
    const access = config.ok ? config.value.access('harbor-1') : undefined
    if (access === undefined) throw new Error('no context')
    client = createClusterClient({ access, clock, random: () => 0.5, env: {} })
    await client.create(resources.namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'prod' } })
    const run = await client.create(resources.analysisRuns, aRun({ spec: { metrics: [smoke('check:1')] } }))
    if (!run.ok) throw new Error(run.error.message)
    context = aMeasureContext({ clock, client, run: aRun({ metadata: run.value.metadata }) })
  })

  afterEach(async () => {
    await client.close()
    await sandbox.stop()
    rmSync(folder, { recursive: true })
  })

  const jobs = async () => {
    const list = await client.list(resources.jobs, { namespace: 'prod' })
    return list.ok ? list.value.items : []
  }
  /** As the loop does: resumed whenever it is due, until it has finished. */
  async function measured(image: string, spec?: object): Promise<{ measurement: Measurement; looks: number }> {
    const made = await measuring(job, smoke(image, spec), context)
    let measurement = await made.run()
    let [looks, busy] = [0, false]
    await advanceUntil(clock, 'finished', () => {
      const isDue = Date.parse(measurement.resumeAt ?? '') <= clock.now()
      if (!busy && isDue && measurement.finishedAt === undefined) {
        busy = true
        looks++
        void made.resume(measurement).then((next) => {
          measurement = next
          busy = false
        })
      }
      return measurement.finishedAt !== undefined
    })
    return { measurement, looks }
  }

  it('PRV-405, PRV-411: is created, and looked at in the next pass', async () => {
    const measurement = await (await measuring(job, smoke('check:1'), context)).run()
    const [stored] = await jobs()
    const named = `${context.run.metadata.uid}.smoke.1`
    expect(measurement).toEqual({
      phase: 'Running',
      startedAt: '2026-01-15T10:00:00Z',
      resumeAt: '2026-01-15T10:00:00Z',
      metadata: { 'job-name': named, 'job-namespace': 'prod' },
    })
    expect(stored?.metadata).toMatchObject({ name: named, ownerReferences: [{ kind: 'AnalysisRun', name: 'web-2' }] })
  })

  it('PRV-406, ANA-704: is Successful when it completes, whatever conditions say', async () => {
    const { measurement, looks } = await measured('check:1')
    expect(measurement).toMatchObject({ phase: 'Successful', finishedAt: expect.stringContaining('2026-01-15T10:00') })
    expect(measurement).not.toHaveProperty('value')
    expect(measurement).not.toHaveProperty('message')
    expect(looks).toBeGreaterThan(1)
  })

  it('PRV-406: is Failed when it fails', async () => {
    const { measurement } = await measured('check:1-fail')
    expect(measurement.phase).toBe('Failed')
    expect(measurement).not.toHaveProperty('message')
  })

  it('PRV-406: is Inconclusive when its image cannot be pulled, and the Job stays', async () => {
    const { measurement } = await measured('check:1-missing')
    expect(measurement.phase).toBe('Inconclusive')
    expect(measurement.message).toMatch(
      /^Pod .+\.smoke\.1-\w+, container main has terminal error \((ErrImagePull|ImagePullBackOff)\): .+\n$/,
    )
    expect(await jobs()).toHaveLength(1)
  })

  it('PRV-407: is deleted with its pods when it is terminated, and Inconclusive', async () => {
    const made = await measuring(job, smoke('check:1-hang'), context)
    const running = await made.run()
    await clock.advance(5000)
    const ended = await made.terminate(running)
    expect(ended).toMatchObject({ phase: 'Inconclusive', finishedAt: '2026-01-15T10:00:05Z' })
    expect(ended).not.toHaveProperty('message')
    let left = await jobs()
    await advanceUntil(clock, 'gone', () => {
      void jobs().then((now) => {
        left = now
      })
      return left.length === 0
    })
    const pods = await client.list(resources.pods, { namespace: 'prod' })
    expect(pods.ok && pods.value.items).toEqual([])
    expect(await made.terminate(running)).toMatchObject({ phase: 'Inconclusive' })
  })
})

describe('a Job, by what the API server says', () => {
  const clock = new VirtualClock()
  let api: FakeApi
  let context: MeasureContext
  beforeEach(() => {
    api = new FakeApi()
    context = aMeasureContext({ clock, client: api.client() })
  })
  const made = (more: Partial<MeasureContext> = {}) => measuring(job, smoke('check:1'), { ...context, ...more })
  const running: Measurement = {
    phase: 'Running',
    startedAt: '2026-01-15T10:00:00Z',
    metadata: { 'job-name': name, 'job-namespace': 'prod' },
  }
  const put = (status: object, spec: object = {}, metadata: object = {}): KubeObject =>
    api.put(resources.jobs, {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { ...at, ...metadata },
      ...{ spec, status },
    })

  it('PRV-405: one that is there already is taken over when it belongs to the run', async () => {
    await (await made()).run()
    expect(await (await made()).run()).toMatchObject({ phase: 'Running', metadata: { 'job-name': name } })
    expect(api.all(resources.jobs)).toHaveLength(1)
  })

  it('PRV-405: one of somebody else is an error, in the words of the creation', async () => {
    put({}, {}, { labels: { 'analysisrun.argoproj.io/uid': runUid } })
    expect(await (await made()).run()).toEqual({
      phase: 'Error',
      message: `jobs "${name}" already exists`,
      startedAt: '2026-01-15T10:00:00Z',
      finishedAt: '2026-01-15T10:00:00Z',
    })
  })

  it('PRV-405: elsewhere it is known by its label', async () => {
    const settings = someSettings({ ARGO_ROLLOUTS_ANALYSIS_JOB_NAMESPACE: 'checks' })
    put({}, {}, { namespace: 'checks', labels: { 'analysisrun.argoproj.io/uid': runUid } })
    const taken = await (await made({ settings })).run()
    expect(taken).toMatchObject({ phase: 'Running', metadata: { 'job-namespace': 'checks' } })
    put({}, {}, { namespace: 'checks', labels: {} })
    expect(await (await made({ settings })).run()).toMatchObject({ phase: 'Error' })
  })

  it('PRV-405: any other refusal is an error', async () => {
    api.intercept = () => ({ kind: 'Invalid', message: 'Job.batch "x" is invalid', causes: [] })
    expect(await (await made()).run()).toMatchObject({ phase: 'Error', message: 'Job.batch "x" is invalid' })
  })

  it('PRV-403: goes to another namespace, or to another cluster, when settings say so, and has no owner there', async () => {
    const there = new FakeApi()
    const asked: string[] = []
    const jobClient: MeasureContext['jobClient'] = async (kubeconfig) => {
      asked.push(kubeconfig)
      return success(there.client())
    }
    const settings = someSettings({ ARGO_ROLLOUTS_ANALYSIS_JOB_KUBECONFIG: '/etc/jobs.yaml' })
    await (await made({ settings, jobClient })).run()
    expect(asked).toEqual(['/etc/jobs.yaml'])
    expect(api.all(resources.jobs)).toEqual([])
    expect(there.read(resources.jobs, at)?.metadata).not.toHaveProperty('ownerReferences')
  })

  it('PRV-403: is sent nowhere when that cluster cannot be spoken to', async () => {
    const settings = someSettings({ ARGO_ROLLOUTS_ANALYSIS_JOB_KUBECONFIG: 'in-cluster' })
    const jobClient = async () => failure('unable to load in-cluster configuration')
    expect(await job(smoke('check:1'), { ...context, settings, jobClient })).toEqual(
      failure('unable to load in-cluster configuration'),
    )
    expect(await job(smoke('check:1'), { ...context, settings })).toMatchObject({ ok: false })
  })

  it('PRV-401: a block that is none is refused without a word of what is in it', async () => {
    expect(await job(aMetric({ job: { spec: 's3cr3t' } }), context)).toEqual(failure('job.spec: expected Object'))
  })

  it.each([
    [[{ type: 'Complete', status: 'False' }], 'Successful'],
    [[{ type: 'Complete' }, { type: 'Failed' }], 'Failed'],
    [[{ type: 'Failed' }, { type: 'Complete' }, { type: 'FailureTarget' }], 'Successful'],
  ] as const)('PRV-406: of %j the last verdict counts', async (conditions, phase) => {
    put({ conditions })
    expect(await (await made()).resume(running)).toEqual({ ...running, phase, finishedAt: '2026-01-15T10:00:00Z' })
  })

  it('PRV-406: one that is gone, or was never named, is an error; without a namespace that of the run is meant', async () => {
    const resumed = await (await made()).resume(running)
    expect(resumed).toMatchObject({ ...running, phase: 'Error', message: `job.batch "${name}" not found` })
    const { metadata: _, ...unnamed } = running
    expect((await (await made()).resume(unnamed)).message).toBe('job metadata reference missing')
    expect((await (await made()).terminate(unnamed)).message).toBe('job metadata reference missing')
    put({ conditions: [{ type: 'Complete' }] })
    const older = { ...running, metadata: { 'job-name': name } }
    expect((await (await made()).resume(older)).phase).toBe('Successful')
  })

  it('PRV-406: init containers are looked at first, and of the pods of this Job only', async () => {
    const waiting = (container: string, reason: string) => ({
      name: container,
      ready: false,
      restartCount: 0,
      state: { waiting: { reason, message: 'no such image' } },
    })
    const pod = (named: string, labels: Readonly<Record<string, string>>, status: object) =>
      api.put(resources.pods, {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { namespace: 'prod', name: named, labels },
        ...{ status },
      })
    put({}, { selector: { matchLabels: { job: 'mine' } } })
    pod('other', { job: 'theirs' }, { containerStatuses: [waiting('main', 'ErrImagePull')] })
    pod('mine', { job: 'mine' }, { containerStatuses: [waiting('main', 'CrashLoopBackOff')] })
    expect(await (await made()).resume(running)).toMatchObject({ phase: 'Running' })
    pod(
      'mine',
      { job: 'mine' },
      {
        containerStatuses: [waiting('main', 'ErrImagePull')],
        initContainerStatuses: [waiting('setup', 'InvalidImageName')],
      },
    )
    expect(await (await made()).resume(running)).toMatchObject({
      phase: 'Inconclusive',
      message: 'Pod mine, container setup has terminal error (InvalidImageName): no such image\n',
    })
  })

  it.each([
    ['2026-01-15T10:00:00Z', '2026-01-15T10:00:01Z'],
    ['2026-01-15T09:59:58Z', '2026-01-15T10:00:02Z'],
    ['2026-01-15T09:59:10Z', '2026-01-15T10:00:10Z'],
    ['2026-01-15T09:00:00Z', '2026-01-15T10:01:24Z'],
  ])('PRV-406: begun at %s it is looked at again at %s', async (startedAt, resumeAt) => {
    put({})
    expect(await (await made()).resume({ ...running, startedAt })).toEqual({ ...running, startedAt, resumeAt })
  })

  it('PRV-407: a deletion that is refused is an error, one of a Job that is gone is none', async () => {
    expect((await (await made()).terminate(running)).phase).toBe('Inconclusive')
    put({})
    api.intercept = ({ verb }) => (verb === 'delete' ? { kind: 'ServerError', message: 'no', status: 500 } : undefined)
    expect(await (await made()).terminate(running)).toMatchObject({ phase: 'Error', message: 'no' })
  })

  it('PRV-408: the oldest Jobs of the metric go, those of other metrics and runs stay', async () => {
    const old = (named: string, creationTimestamp: string, metric = 'smoke', uid = runUid) =>
      put(
        {},
        {},
        {
          name: named,
          creationTimestamp,
          labels: { 'analysisrun.argoproj.io/uid': uid },
          annotations: { 'analysisrun.argoproj.io/metric-name': metric },
        },
      )
    old('c', '2026-01-15T09:00:03Z')
    old('a', '2026-01-15T09:00:01Z')
    old('b', '2026-01-15T09:00:02Z')
    old('sibling', '2026-01-15T08:00:00Z', 'load')
    old('stranger', '2026-01-15T08:00:00Z', 'smoke', 'another')
    expect(await (await made()).garbageCollect(2)).toEqual(success(undefined))
    expect(
      api
        .all(resources.jobs)
        .map(({ metadata }) => metadata.name)
        .sort(),
    ).toEqual(['b', 'c', 'sibling', 'stranger'])
    api.intercept = ({ verb }) => (verb === 'delete' ? { kind: 'ServerError', message: 'no', status: 500 } : undefined)
    expect(await (await made()).garbageCollect(1)).toEqual(failure('no'))
    api.intercept = () => ({ kind: 'ServerError', message: 'no list', status: 500 })
    expect(await (await made()).garbageCollect(1)).toEqual(failure('no list'))
  })
})
