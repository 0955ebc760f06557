import { describe, expect, it } from 'vitest'
import type { Experiment } from '#api/experiment.ts'
import { resources } from '#api/resources.ts'
import type { ExperimentWorld } from '#engine/experiment/world.ts'
import { observeExperiment } from '#main/controller/observe-experiment.ts'
import { aClusterTemplate, aMetric, anAnalysisTemplate } from '#test/support/builders/analysis.ts'
import {
  anAnalysis,
  anExperiment,
  aRun,
  aTemplateReplicaSet,
  aTemplateService,
} from '#test/support/builders/experiment.ts'
import { FakeApi } from '#test/support/fake-api.ts'
import { FakeCluster } from '#test/support/fake-cluster.ts'

function setUp(experiment: Experiment = anExperiment()) {
  const api = new FakeApi()
  api.put(resources.experiments, experiment)
  const cluster = new FakeCluster(api)
  const observe = async (hidden: Parameters<typeof observeExperiment>[2] = []): Promise<ExperimentWorld> => {
    const outcome = await observeExperiment(cluster, 'shop/try', hidden)
    if (!outcome.ok || outcome.value === undefined) throw new Error('there is a world')
    return outcome.value
  }
  return { api, cluster, observe }
}

const named = (objects: readonly { readonly metadata: { readonly name: string } }[]) =>
  objects.map(({ metadata }) => metadata.name)

const foreign = <T extends { readonly metadata: object }>(object: T, name: string): T => ({
  ...object,
  metadata: { ...object.metadata, name, uid: `uid-${name}`, ownerReferences: [] },
})

describe('observeExperiment', () => {
  it('EXP-305: shows what the Experiment controls; of the rest of its namespace only the names', async () => {
    const { api, observe } = setUp()
    const [rs, service] = [aTemplateReplicaSet('bar'), aTemplateService('bar')]
    api.put(resources.replicaSets, rs)
    api.put(resources.replicaSets, foreign(rs, 'other'))
    api.put(resources.services, service)
    api.put(resources.services, foreign(service, 'front'))
    const elsewhere = { ...foreign(rs, 'far'), metadata: { ...foreign(rs, 'far').metadata, namespace: 'elsewhere' } }
    api.put(resources.replicaSets, elsewhere)
    const world = await observe()
    expect([named(world.replicaSets), world.replicaSetNamesTaken]).toEqual([['try-bar'], ['other']])
    expect([named(world.services), world.serviceNamesTaken]).toEqual([['try-bar'], ['front']])
    expect(api.requests).toEqual([])
  })

  it('EXP-507: shows the Rollout that controls it, by its uid', async () => {
    const owner = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name: 'web', uid: 'uid-web', controller: true }
    const { api, observe } = setUp(anExperiment({ metadata: { ownerReferences: [owner] } }))
    expect(await observe()).not.toHaveProperty('rollout')
    const rollout = { apiVersion: owner.apiVersion, kind: 'Rollout', metadata: { namespace: 'shop', name: 'web' } }
    const put = (uid: string) => api.put(resources.rollouts, { ...rollout, metadata: { ...rollout.metadata, uid } })
    put('uid-web')
    expect((await observe()).rollout?.metadata.name).toBe('web')
    api.remove(resources.rollouts, { namespace: 'shop', name: 'web' })
    put('uid-younger')
    expect(await observe()).not.toHaveProperty('rollout')
  })

  it('EXP-502, ANA-201: shows the templates of the namespace, and of the cluster once one is referred to', async () => {
    const spec = { metrics: [aMetric()] }
    const { api, observe } = setUp(anExperiment({ analyses: ['a'] }))
    api.put(resources.analysisTemplates, anAnalysisTemplate('a', spec))
    api.put(resources.clusterAnalysisTemplates, aClusterTemplate('b', spec))
    expect(Object.keys((await observe()).templates.namespaced)).toEqual(['a'])
    expect((await observe()).templates.cluster).toEqual({})
    api.put(resources.experiments, anExperiment({ analyses: ['a', anAnalysis('b', { clusterScope: true })] }))
    expect(Object.keys((await observe()).templates.cluster)).toEqual(['b'])
  })

  it('EXP-505, ANA-1104: shows runs by name: its own, those with a name it might use, those nobody caches', async () => {
    const { api, observe } = setUp(anExperiment({ analyses: ['a'] }))
    api.put(resources.analysisRuns, aRun('try-a'))
    api.put(resources.analysisRuns, foreign(aRun('x'), 'try-a.1'))
    api.put(resources.analysisRuns, foreign(aRun('x'), 'other'))
    expect(Object.keys((await observe([aRun('try-a.2'), aRun('try-a', 'Failed')])).analysisRuns).toSorted()).toEqual([
      'try-a',
      'try-a.1',
      'try-a.2',
    ])
    expect((await observe([aRun('try-a', 'Failed')])).analysisRuns['try-a']?.status).toBeUndefined()
  })

  it('EXP-506: a run that only the status knows is asked for; one that is not there is not shown', async () => {
    const status = {
      analysisRuns: [
        { name: 'a', analysisRun: 'hidden', phase: 'Running' as const },
        { name: 'b', analysisRun: 'gone', phase: 'Running' as const },
        { name: 'c', analysisRun: '', phase: '' as const },
      ],
    }
    const { api, cluster, observe } = setUp(anExperiment({ analyses: ['a', 'b', 'c'], status }))
    cluster.freeze()
    cluster.cache('analysisRuns')
    api.put(resources.analysisRuns, aRun('hidden'))
    expect(Object.keys((await observe()).analysisRuns)).toEqual(['hidden'])
    expect(api.requests.map(({ verb, name }) => `${verb} ${name}`)).toEqual(['get hidden', 'get gone'])
    const refused = { kind: 'ServerError', message: 'down', status: 500 } as const
    api.intercept = () => refused
    expect(await observeExperiment(cluster, 'shop/try')).toEqual({ ok: false, error: refused })
  })

  it('OPS-70: waits for caches, and knows of one that is gone', async () => {
    const { cluster } = setUp()
    cluster.synced = false
    expect(await observeExperiment(cluster, 'shop/try')).toEqual({ ok: false, error: { kind: 'NotSynced' } })
    cluster.synced = true
    expect(await observeExperiment(cluster, 'shop/other')).toEqual({ ok: true, value: undefined })
  })
})
