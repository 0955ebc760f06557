import { expect, it } from 'vitest'
import type { KubeObject, OwnerReference } from '#api/meta.ts'
import { type Resource, resources } from '#api/resources.ts'
import type { Rollout } from '#api/rollout.ts'
import { observeRollout } from '#main/controller/observe-rollout.ts'
import { FakeApi } from '#test/support/fake-api.ts'
import { FakeCluster } from '#test/support/fake-cluster.ts'

const ownedBy = (owner: KubeObject): readonly OwnerReference[] => [
  {
    apiVersion: owner.apiVersion,
    kind: owner.kind,
    name: owner.metadata.name,
    uid: owner.metadata.uid ?? '',
    controller: true,
  },
]

function setUp(spec: Rollout['spec'] = {}) {
  const api = new FakeApi()
  const put = (resource: Resource, name: string, rest: Partial<KubeObject['metadata']> = {}) =>
    api.put(resource, { apiVersion: 'v1', kind: resource.kind, metadata: { namespace: 'shop', name, ...rest } })
  const rollout = api.put(resources.rollouts, {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { namespace: 'shop', name: 'web' },
    spec,
  } as KubeObject)
  const cluster = new FakeCluster(api)
  const observe = async (names: readonly string[] = [], objects: readonly KubeObject[] = []) => {
    const hidden = { replicaSets: new Set(names), objects }
    const outcome = await observeRollout(cluster, 'shop/web', hidden)
    return outcome.ok ? outcome.value : outcome.error
  }
  return { api, cluster, put, rollout, observe }
}

const hash = { labels: { 'rollouts-pod-template-hash': 'abc' } }
const names = (objects: readonly KubeObject[]) => objects.map((each) => each.metadata.name)

it('REC-35: shows our ReplicaSets and orphans; of others only that their names are taken', async () => {
  const { put, rollout, observe } = setUp()
  const other = put(resources.rollouts, 'api')
  const ours = put(resources.replicaSets, 'web-1', { ...hash, ownerReferences: ownedBy(rollout) })
  put(resources.replicaSets, 'orphan', hash)
  put(resources.replicaSets, 'api-1', { ...hash, ownerReferences: ownedBy(other) })
  put(resources.replicaSets, 'plain', { ownerReferences: ownedBy(rollout) })
  put(resources.pods, 'web-1-x', { ownerReferences: ownedBy(ours) })
  put(resources.pods, 'stray')
  const world = await observe(['shop/hidden', 'elsewhere/web'])
  if (world === undefined || 'kind' in world) throw new Error('no world')
  expect({
    ...world,
    replicaSets: names(world.replicaSets),
    pods: names(world.pods),
    rollout: world.rollout.metadata.name,
  }).toEqual({
    rollout: 'web',
    replicaSets: ['web-1', 'orphan'],
    replicaSetNamesTaken: ['api-1', 'hidden'],
    pods: ['web-1-x'],
    services: {},
    workload: undefined,
    analysisRuns: [],
    experiments: [],
  })
})

it('finds the Services the strategy names, and leaves out what does not exist', async () => {
  const { put, observe } = setUp({ strategy: { blueGreen: { activeService: 'live', previewService: 'missing' } } })
  put(resources.services, 'live')
  put(resources.services, 'unrelated')
  expect(await observe()).toMatchObject({ services: { live: { kind: 'Service' } } })
})

it('follows a workloadRef to a Deployment in the cache without a request', async () => {
  const { api, put, observe } = setUp({ workloadRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' } })
  put(resources.deployments, 'web')
  expect(await observe()).toMatchObject({ workload: { kind: 'Deployment' } })
  expect(api.requests).toEqual([])
})

it('reads a workloadRef to a PodTemplate, which nobody caches', async () => {
  const { api, put, observe } = setUp({ workloadRef: { apiVersion: 'v1', kind: 'PodTemplate', name: 'web' } })
  expect(await observe()).toMatchObject({ workload: undefined })
  put(resources.podTemplates, 'web')
  expect(await observe()).toMatchObject({ workload: { kind: 'PodTemplate' } })
  expect(api.requests.map((each) => each.verb)).toEqual(['get', 'get'])
})

it('sees no world while a cache has not finished its first list, and none for a Rollout that is gone', async () => {
  const { api, cluster, observe } = setUp()
  cluster.synced = false
  expect(await observe()).toEqual({ kind: 'NotSynced' })
  cluster.synced = true
  api.remove(resources.rollouts, { namespace: 'shop', name: 'web' })
  expect(await observe()).toBeUndefined()
})

it('EXP-808, ANA-1104: shows Experiments and runs of it or with a name it might use, also one that no cache shows', async () => {
  const { put, rollout, observe } = setUp({ strategy: { canary: { steps: [{ experiment: { templates: [] } }] } } })
  put(resources.experiments, 'own', { ownerReferences: ownedBy(rollout) })
  put(resources.experiments, 'web-1')
  put(resources.experiments, 'other')
  const hidden = (kind: string, name: string) => ({ apiVersion: 'v1', kind, metadata: { namespace: 'shop', name } })
  const world = await observe(
    [],
    [hidden('Experiment', 'web-2'), hidden('AnalysisRun', 'web-3'), hidden('Experiment', 'web-1')],
  )
  if (world === undefined || 'kind' in world) throw new Error('no world')
  expect(names(world.experiments ?? [])).toEqual(['own', 'web-1', 'web-2'])
  expect(names(world.analysisRuns ?? [])).toEqual(['web-3'])
})
