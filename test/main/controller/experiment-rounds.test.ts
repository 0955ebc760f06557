import { describe, expect, it, onTestFinished } from 'vitest'
import type { AnalysisRun } from '#api/analysis.ts'
import type { ReplicaSet } from '#api/apps.ts'
import type { Experiment } from '#api/experiment.ts'
import { resources } from '#api/resources.ts'
import type { Failure } from '#lib/failure.ts'
import { ExperimentRounds } from '#main/controller/experiment-rounds.ts'
import { aMetric, anAnalysisTemplate } from '#test/support/builders/analysis.ts'
import { anExperiment, aRun, aServedTemplate, aTemplateReplicaSet } from '#test/support/builders/experiment.ts'
import { FakeApi } from '#test/support/fake-api.ts'
import { FakeCluster } from '#test/support/fake-cluster.ts'
import { VirtualClock } from '#test/support/virtual-clock.ts'

function setUp(instanceID?: string) {
  const api = new FakeApi()
  const cluster = new FakeCluster(api)
  const clock = new VirtualClock()
  const may = { drive: true, write: true }
  const logged: string[] = []
  const rounds = new ExperimentRounds({
    cluster,
    clock,
    log: (level, message) => {
      if (level !== 'info' && level !== 'debug') logged.push(`${level} ${message}`)
    },
    instanceID,
    isDriving: () => may.drive,
    mayWrite: () => may.write,
  })
  rounds.start()
  onTestFinished(async () => {
    await rounds.stop()
    expect(logged.filter((each) => each.startsWith('error'))).toEqual([])
  })
  const put = (experiment: Experiment = anExperiment()) => api.put(resources.experiments, experiment)
  const read = () => api.read(resources.experiments, { namespace: 'shop', name: 'try' }) as Experiment
  const replicaSet = (name: string) => api.read(resources.replicaSets, { namespace: 'shop', name }) as ReplicaSet
  /** Its pods are all there, and available. */
  const fill = (name: string) => {
    const rs = replicaSet(name)
    const replicas = rs.spec.replicas ?? 1
    const status = { replicas, readyReplicas: replicas, availableReplicas: replicas }
    api.put(resources.replicaSets, { ...rs, status } as ReplicaSet)
  }
  return { api, cluster, clock, may, rounds, logged, put, read, replicaSet, fill }
}

const phaseOf = ({ status }: Experiment) => [status?.phase, status?.message].filter(Boolean).join(': ')
const creations = (api: FakeApi, plural: string) =>
  api.requests.filter(({ verb, resource }) => verb === 'create' && resource.startsWith(plural)).map(({ body }) => body)

describe('EXP-301: an Experiment is looked at', () => {
  it('when it comes, and its ReplicaSet once that changes in size', async () => {
    const { api, clock, put, read, replicaSet, fill } = setUp()
    put()
    await clock.advance(1000)
    expect([phaseOf(read()), replicaSet('try-bar').spec.replicas]).toEqual(['Pending', 1])
    fill('try-bar')
    await clock.advance(1000)
    expect(phaseOf(read())).toBe('Running')
    const requests = api.requests.length
    const { metadata, ...rest } = replicaSet('try-bar')
    api.put(resources.replicaSets, {
      ...rest,
      metadata: { ...metadata, labels: { ...metadata.labels, more: 'of them' } },
    })
    await clock.advance(1000)
    expect(api.requests).toHaveLength(requests)
  })

  it('when a ReplicaSet of it goes', async () => {
    const { api, clock, put, replicaSet } = setUp()
    put()
    await clock.advance(1000)
    api.remove(resources.replicaSets, { namespace: 'shop', name: 'try-bar' })
    await clock.advance(1000)
    expect(replicaSet('try-bar')).toBeDefined()
  })

  it('when a run of it is done, and not before', async () => {
    const { api, clock, put, read, fill } = setUp()
    api.put(resources.analysisTemplates, anAnalysisTemplate('a', { metrics: [aMetric()] }))
    put(anExperiment({ analyses: ['a'] }))
    await clock.advance(1000)
    fill('try-bar')
    await clock.advance(1000)
    const run = api.read(resources.analysisRuns, { namespace: 'shop', name: 'try-a' }) as AnalysisRun
    const become = (phase: 'Running' | 'Failed') =>
      api.put(resources.analysisRuns, { ...run, status: { phase, message: 'why' } } as AnalysisRun)
    become('Running')
    await clock.advance(1000)
    expect(read().status?.analysisRuns?.[0]?.phase).toBe('Pending')
    become('Failed')
    await clock.advance(1000)
    expect(phaseOf(read())).toBe('Failed: why')
  })

  it('when time is up', async () => {
    const { clock, put, read, fill, replicaSet } = setUp()
    put(anExperiment({ spec: { duration: '5s' } }))
    await clock.advance(1000)
    fill('try-bar')
    await clock.advance(6000)
    expect(phaseOf(read())).toBe('Successful')
    await clock.advance(31_000)
    expect(replicaSet('try-bar').spec.replicas).toBe(0)
  })

  it('OPS-50: only with the instance id this engine is for', async () => {
    const metadata = { labels: { 'argo-rollouts.argoproj.io/controller-instance-id': 'one' } }
    const other = setUp()
    other.put(anExperiment({ metadata }))
    await other.clock.advance(1000)
    expect(other.api.requests).toEqual([])
    const one = setUp('one')
    one.put(anExperiment({ metadata }))
    await one.clock.advance(1000)
    expect(phaseOf(one.read())).toBe('Pending')
  })

  it('OPS-41: only while this engine drives, may write, and knows all that was written before it', async () => {
    const { api, cluster, clock, may, rounds, put } = setUp()
    may.drive = false
    put()
    await clock.advance(1000)
    may.drive = true
    may.write = false
    rounds.lookAtAll()
    await clock.advance(1000)
    expect(api.requests).toEqual([])
    cluster.freeze()
    rounds.mustSee(put())
    may.write = true
    await clock.advance(5000)
    expect(api.requests).toEqual([])
    cluster.thaw()
    await clock.advance(1000)
    expect(creations(api, 'replicasets')).toHaveLength(1)
  })
})

describe('what is written is seen before the next round', () => {
  it('OPS-74: nothing is made twice while watches lag', async () => {
    const { api, cluster, clock, put } = setUp()
    put(anExperiment({ templates: ['bar', 'baz'] }))
    cluster.freeze()
    await clock.advance(10_000)
    expect(creations(api, 'replicasets')).toHaveLength(2)
    expect(api.writes.filter(({ verb }) => verb === 'patch')).toHaveLength(1)
    cluster.thaw()
    await clock.advance(1000)
    expect(creations(api, 'replicasets')).toHaveLength(2)
  })

  it('EXP-405: a ReplicaSet of ours that no cache shows yet is waited for', async () => {
    const { api, cluster, clock, put, read, replicaSet } = setUp()
    put()
    cluster.freeze()
    api.put(resources.replicaSets, aTemplateReplicaSet('bar', { size: 0 }))
    await clock.advance(1000)
    expect(read().status).toBeUndefined()
    cluster.thaw()
    await clock.advance(1000)
    expect([phaseOf(read()), replicaSet('try-bar').spec.replicas]).toEqual(['Pending', 1])
  })
})

it('EXP-305: two ReplicaSets of one template are told in the log, and looked at again', async () => {
  const { api, clock, put, logged, read } = setUp()
  api.put(resources.replicaSets, aTemplateReplicaSet('bar'))
  api.put(resources.replicaSets, aTemplateReplicaSet('bar', { name: 'again' }))
  put()
  await clock.advance(1000)
  expect(logged).toEqual(['warn multiple ReplicaSets match single experiment template: bar'])
  api.remove(resources.replicaSets, { namespace: 'shop', name: 'again' })
  await clock.advance(1000)
  expect(phaseOf(read())).toBe('Running')
})

describe('what is refused', () => {
  const forbidden: Failure = { kind: 'Forbidden', message: 'no', verb: 'create', resource: 'x', namespace: 'shop' }

  it('EXP-405: a name that something has which no cache shows', async () => {
    const { api, cluster, clock, put, read } = setUp()
    put()
    cluster.freeze()
    const { ownerReferences: _none, ...metadata } = aTemplateReplicaSet('bar').metadata
    api.put(resources.replicaSets, { ...aTemplateReplicaSet('bar'), metadata })
    await clock.advance(200)
    cluster.thaw()
    await clock.advance(1000)
    expect(phaseOf(read())).toMatch(/^Error: Failed to create ReplicaSet for template 'bar': .*already exists$/)
  })

  it('EXP-406, EXP-414: a ReplicaSet that may not be created ends the Experiment at once', async () => {
    const { api, clock, put, read } = setUp()
    api.intercept = ({ verb, resource }) =>
      verb === 'create' && resource === 'replicasets.apps' ? forbidden : undefined
    put()
    await clock.advance(1000)
    expect(phaseOf(read())).toBe("Error: Failed to create ReplicaSet for template 'bar': no")
    expect(creations(api, 'replicasets')).toHaveLength(1)
  })

  it('EXP-406: a failure that may pass is tried again', async () => {
    const { api, clock, put, read } = setUp()
    let failures = 3
    api.intercept = ({ verb, resource }) =>
      verb === 'create' && resource === 'replicasets.apps' && failures-- > 0
        ? { kind: 'ServerError', message: 'down', status: 500 }
        : undefined
    put()
    await clock.advance(1000)
    expect([phaseOf(read()), creations(api, 'replicasets').length]).toEqual(['Pending', 4])
  })

  it('EXP-408: a Service that may not be created', async () => {
    const { api, clock, put, read } = setUp()
    api.intercept = ({ verb, resource }) => (verb === 'create' && resource === 'services' ? forbidden : undefined)
    put(anExperiment({ templates: [aServedTemplate('bar')] }))
    await clock.advance(1000)
    expect(phaseOf(read())).toBe(
      "Error: Failed to create Service try-bar for template 'bar': cannot create service: no",
    )
  })

  it('EXP-411: a ReplicaSet that may not be scaled down: told, tried again in peace, and done when it may', async () => {
    const { api, clock, put, read, replicaSet, fill } = setUp()
    put(anExperiment({ spec: { duration: '1s', scaleDownDelaySeconds: 0 } }))
    await clock.advance(500)
    fill('try-bar')
    await clock.advance(500)
    api.intercept = ({ verb, resource }) =>
      verb === 'patch' && resource === 'replicasets.apps' ? forbidden : undefined
    await clock.advance(60_000)
    expect(phaseOf(read())).toBe('Successful')
    expect(read().status?.templateStatuses?.[0]).toMatchObject({
      status: 'Error',
      message: "Unable to scale ReplicaSet for template 'bar' to desired replica count '0': no",
    })
    const tries = api.requests.filter(({ verb, resource }) => verb === 'patch' && resource === 'replicasets.apps')
    expect(tries.length).toBeLessThan(8)
    api.intercept = () => undefined
    await clock.advance(60_000)
    expect(replicaSet('try-bar').spec.replicas).toBe(0)
  })

  it('ANA-1104: a run that no cache shows has the name; the next one is free', async () => {
    const { api, cluster, clock, put, read, fill } = setUp()
    api.put(resources.analysisTemplates, anAnalysisTemplate('a', { metrics: [aMetric()] }))
    put(anExperiment({ analyses: ['a'] }))
    await clock.advance(1000)
    const { ownerReferences: _none, ...metadata } = aRun('try-a').metadata
    api.intercept = ({ verb, name }) => {
      if (verb !== 'create' || name !== 'try-a') return undefined
      cluster.freeze()
      api.put(resources.analysisRuns, { ...aRun('try-a'), metadata })
      return undefined
    }
    fill('try-bar')
    await clock.advance(1000)
    cluster.thaw()
    expect(read().status?.analysisRuns?.[0]?.analysisRun).toBe('try-a.1')
    expect(api.all(resources.analysisRuns).map(({ metadata: { name } }) => name)).toEqual(['try-a', 'try-a.1'])
  })

  it('ANA-1104: a run of ours that no cache shows yet is waited for, and taken over', async () => {
    const { api, cluster, clock, put, read, fill } = setUp()
    api.put(resources.analysisTemplates, anAnalysisTemplate('a', { metrics: [aMetric()] }))
    put(anExperiment({ analyses: ['a'] }))
    await clock.advance(1000)
    let isFirst = true
    api.intercept = ({ verb, name }) => {
      if (verb !== 'create' || name !== 'try-a' || !isFirst) return undefined
      isFirst = false
      cluster.freeze()
      api.put(resources.analysisRuns, aRun('try-a'))
      return undefined
    }
    fill('try-bar')
    await clock.advance(1000)
    expect(read().status?.analysisRuns?.[0]?.analysisRun).toBe('')
    cluster.thaw()
    await clock.advance(1000)
    expect(read().status?.analysisRuns?.[0]).toMatchObject({ analysisRun: 'try-a', phase: 'Pending' })
    expect(api.all(resources.analysisRuns)).toHaveLength(1)
  })
})
