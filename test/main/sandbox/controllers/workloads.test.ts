import { describe, expect, it } from 'vitest'
import type { Deployment, ReplicaSet } from '#api/apps.ts'
import type { KubeObject } from '#api/meta.ts'
import { resources } from '#api/resources.ts'
import {
  aDeployment,
  aLivingCluster,
  aPod,
  aReplicaSet,
  aService,
  type LivingCluster,
  withImage,
} from '#test/support/living-cluster.ts'

const progressing = (deployment: Deployment | undefined) =>
  deployment?.status?.conditions?.find((each) => each.type === 'Progressing')?.reason
const deploymentOf = (cluster: LivingCluster) => cluster.read<Deployment>(resources.deployments, 'web')
const replicaSetsOf = (cluster: LivingCluster) => cluster.store.list(resources.replicaSets, 'shop') as ReplicaSet[]

describe('ReplicaSet', () => {
  it('creates pods that it controls, and counts them', async () => {
    const cluster = aLivingCluster()
    cluster.create(resources.replicaSets, aReplicaSet('web', 3))
    await cluster.clock.advance(10_000)
    expect(cluster.pods()).toHaveLength(3)
    expect(cluster.pods()[0]?.metadata).toMatchObject({
      name: expect.stringMatching(/^web-[a-z0-9]{5}$/),
      ownerReferences: [{ kind: 'ReplicaSet', name: 'web', controller: true }],
    })
    expect(cluster.read<ReplicaSet>(resources.replicaSets, 'web')?.status).toEqual({
      replicas: 3,
      fullyLabeledReplicas: 3,
      readyReplicas: 3,
      availableReplicas: 3,
      observedGeneration: 1,
    })
  })

  it('counts a pod as available only after minReadySeconds', async () => {
    const cluster = aLivingCluster()
    const rs = aReplicaSet('web', 1)
    cluster.create(resources.replicaSets, { ...rs, spec: { ...rs.spec, minReadySeconds: 30 } })
    const available = () => cluster.read<ReplicaSet>(resources.replicaSets, 'web')?.status?.availableReplicas
    await cluster.clock.advance(20_000)
    expect(available()).toBeUndefined()
    await cluster.clock.advance(20_000)
    expect(available()).toBe(1)
  })

  it('gives up unready pods first when it shrinks', async () => {
    const cluster = aLivingCluster()
    cluster.create(resources.replicaSets, aReplicaSet('web', 2))
    await cluster.clock.advance(10_000)
    const old = cluster.pods().map((pod) => pod.metadata.name)
    const resize = (replicas: number) =>
      cluster.edit<ReplicaSet>(resources.replicaSets, 'web', (rs) => ({ ...rs, spec: { ...rs.spec, replicas } }))
    resize(4)
    await cluster.clock.advance(500)
    resize(2)
    await cluster.clock.advance(10_000)
    expect(cluster.pods().map((pod) => pod.metadata.name)).toEqual(old)
  })

  it('adopts a pod that matches and has no controller', async () => {
    const cluster = aLivingCluster()
    cluster.create(resources.pods, aPod('web', 'registry.test/web:1.0.0'))
    cluster.create(resources.replicaSets, aReplicaSet('web', 2))
    await cluster.clock.advance(5_000)
    expect(cluster.pods()).toHaveLength(2)
    expect(cluster.pods().every((pod) => pod.metadata.ownerReferences?.[0]?.name === 'web')).toBe(true)
  })
})

describe('Deployment', () => {
  it('rolls a new template out, keeps revisions, and goes back to an old one', async () => {
    const cluster = aLivingCluster()
    const first = cluster.create(resources.deployments, aDeployment({ replicas: 4 }))
    await cluster.clock.advance(20_000)
    expect(progressing(deploymentOf(cluster))).toBe('NewReplicaSetAvailable')
    cluster.edit(resources.deployments, 'web', withImage('registry.test/web:2.0.0'))
    await cluster.clock.advance(60_000)
    expect(
      replicaSetsOf(cluster)
        .map((rs) => rs.spec.replicas ?? 1)
        .toSorted((a, b) => a - b),
    ).toEqual([0, 4])
    expect(deploymentOf(cluster)?.metadata.annotations?.['deployment.kubernetes.io/revision']).toBe('2')
    cluster.edit<Deployment>(resources.deployments, 'web', (draft) => ({
      ...draft,
      spec: { ...draft.spec, template: first.spec.template },
    }))
    await cluster.clock.advance(60_000)
    expect(replicaSetsOf(cluster)).toHaveLength(2)
    expect(deploymentOf(cluster)?.metadata.annotations?.['deployment.kubernetes.io/revision']).toBe('3')
    expect(deploymentOf(cluster)?.status).toMatchObject({ replicas: 4, updatedReplicas: 4, availableReplicas: 4 })
  })

  it('never has fewer pods available than maxUnavailable allows, nor more than maxSurge', async () => {
    const cluster = aLivingCluster()
    cluster.create(resources.deployments, aDeployment({ replicas: 8 }))
    await cluster.clock.advance(20_000)
    cluster.edit(resources.deployments, 'web', withImage('registry.test/web:2.0.0'))
    for (let step = 0; step < 300; step++) {
      await cluster.clock.advance(100)
      const sets = replicaSetsOf(cluster)
      const available = sets.reduce((sum, rs) => sum + (rs.status?.availableReplicas ?? 0), 0)
      expect(available).toBeGreaterThanOrEqual(6)
      expect(sets.reduce((sum, rs) => sum + (rs.spec.replicas ?? 0), 0)).toBeLessThanOrEqual(10)
    }
    expect(progressing(deploymentOf(cluster))).toBe('NewReplicaSetAvailable')
  })

  it('stops at a bad image and says so after the progress deadline', async () => {
    const cluster = aLivingCluster()
    cluster.create(resources.deployments, aDeployment({ spec: { progressDeadlineSeconds: 60 } }))
    await cluster.clock.advance(20_000)
    cluster.edit(resources.deployments, 'web', withImage('registry.test/web:2.0.0-missing'))
    await cluster.clock.advance(90_000)
    expect(progressing(deploymentOf(cluster))).toBe('ProgressDeadlineExceeded')
    expect(deploymentOf(cluster)?.status?.availableReplicas).toBe(3)
  })

  it('with Recreate has no old pod beside a new one', async () => {
    const cluster = aLivingCluster()
    cluster.create(resources.deployments, aDeployment({ spec: { strategy: { type: 'Recreate' } } }))
    await cluster.clock.advance(20_000)
    cluster.edit(resources.deployments, 'web', withImage('registry.test/web:2.0.0'))
    await cluster.clock.advance(100)
    expect(cluster.pods().every((pod) => pod.metadata.deletionTimestamp !== undefined)).toBe(true)
    await cluster.clock.advance(30_000)
    expect(deploymentOf(cluster)?.status).toMatchObject({ updatedReplicas: 3, availableReplicas: 3 })
  })
})

describe('Job', () => {
  const aJob = (image: string, spec: object = {}): KubeObject & { readonly spec: unknown } => ({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'check', namespace: 'shop' },
    spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'check', image }] } }, ...spec },
  })
  const verdict = (cluster: LivingCluster) => {
    const job = cluster.read<Deployment>(resources.jobs, 'check')
    return job?.status?.conditions?.at(-1)?.type
  }

  it('completes when its pods succeed', async () => {
    const cluster = aLivingCluster()
    cluster.create(resources.jobs, aJob('check:1', { completions: 2 }))
    await cluster.clock.advance(30_000)
    expect(verdict(cluster)).toBe('Complete')
    expect(cluster.pods().map((pod) => pod.status?.phase)).toEqual(['Succeeded', 'Succeeded'])
  })

  it('fails after backoffLimit failures', async () => {
    const cluster = aLivingCluster()
    cluster.create(resources.jobs, aJob('check:1-fail', { backoffLimit: 1 }))
    await cluster.clock.advance(5_000)
    expect(verdict(cluster)).toBeUndefined()
    await cluster.clock.advance(60_000)
    expect(verdict(cluster)).toBe('Failed')
    expect(cluster.pods()).toHaveLength(2)
  })

  it('vanishes after its time to live, with its pods', async () => {
    const cluster = aLivingCluster()
    cluster.create(resources.jobs, aJob('check:1', { ttlSecondsAfterFinished: 10 }))
    await cluster.clock.advance(60_000)
    expect(cluster.read(resources.jobs, 'check')).toBeUndefined()
    expect(cluster.pods()).toEqual([])
  })
})

describe('Endpoints', () => {
  interface Slice extends KubeObject {
    readonly endpoints: readonly { readonly conditions: { readonly ready: boolean } }[]
  }

  it('list the ready pods a Service selects, and follow them', async () => {
    const cluster = aLivingCluster()
    cluster.create(resources.services, aService('web', { app: 'web' }))
    cluster.create(resources.deployments, aDeployment())
    const ready = () =>
      (cluster.store.list(resources.endpointSlices, 'shop')[0] as Slice).endpoints.filter(
        (each) => each.conditions.ready,
      )
    await cluster.clock.advance(300)
    expect(ready()).toHaveLength(0)
    await cluster.clock.advance(10_000)
    expect(ready()).toHaveLength(3)
    expect(cluster.read(resources.endpoints, 'web')).toMatchObject({
      subsets: [{ addresses: [{}, {}, {}], ports: [{ port: 8080 }] }],
    })
    cluster.store.delete(resources.services, { namespace: 'shop', name: 'web' })
    await cluster.clock.advance(100)
    expect(cluster.store.list(resources.endpointSlices, 'shop')).toEqual([])
    expect(cluster.read(resources.endpoints, 'web')).toBeUndefined()
  })
})

describe('deletion', () => {
  const deployed = async () => {
    const cluster = aLivingCluster()
    cluster.create(resources.deployments, aDeployment())
    await cluster.clock.advance(10_000)
    return cluster
  }
  const at = { namespace: 'shop', name: 'web' }

  it('in the background takes ReplicaSets and pods after their owner', async () => {
    const cluster = await deployed()
    cluster.store.delete(resources.deployments, at, { propagationPolicy: 'Background' })
    expect(deploymentOf(cluster)).toBeUndefined()
    await cluster.clock.advance(5_000)
    expect([...replicaSetsOf(cluster), ...cluster.pods()]).toEqual([])
  })

  it('in the foreground keeps the owner until its dependents are gone', async () => {
    const cluster = await deployed()
    cluster.store.delete(resources.deployments, at, { propagationPolicy: 'Foreground' })
    await cluster.clock.advance(100)
    expect(deploymentOf(cluster)?.metadata.finalizers).toEqual(['foregroundDeletion'])
    await cluster.clock.advance(5_000)
    expect([deploymentOf(cluster), ...replicaSetsOf(cluster), ...cluster.pods()]).toEqual([undefined])
  })

  it('as orphan leaves the dependents running, without an owner', async () => {
    const cluster = await deployed()
    cluster.store.delete(resources.deployments, at, { propagationPolicy: 'Orphan' })
    await cluster.clock.advance(60_000)
    expect(deploymentOf(cluster)).toBeUndefined()
    expect(replicaSetsOf(cluster).map((rs) => rs.metadata.ownerReferences ?? [])).toEqual([[]])
    expect(cluster.pods()).toHaveLength(3)
  })

  it('of a namespace takes everything in it, then the namespace', async () => {
    const cluster = await deployed()
    cluster.store.delete(resources.namespaces, { name: 'shop' })
    expect(cluster.store.get(resources.namespaces, { name: 'shop' })).toMatchObject({
      status: { phase: 'Terminating' },
    })
    await cluster.clock.advance(10_000)
    expect(cluster.store.get(resources.namespaces, { name: 'shop' })).toBeUndefined()
  })

  it('collects an object whose owner never existed', async () => {
    const cluster = aLivingCluster()
    const pod = aPod('lost', 'web:1')
    const ownerReferences = [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'gone', uid: 'no-such-uid' }]
    cluster.create(resources.pods, { ...pod, metadata: { ...pod.metadata, ownerReferences } })
    await cluster.clock.advance(5_000)
    expect(cluster.pods()).toEqual([])
  })
})
