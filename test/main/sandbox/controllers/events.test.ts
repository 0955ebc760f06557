import { describe, expect, it } from 'vitest'
import type { Deployment, ReplicaSet } from '#api/apps.ts'
import type { Event } from '#api/core.ts'
import type { KubeObject } from '#api/meta.ts'
import { resources } from '#api/resources.ts'
import { eventsPerNamespace } from '#main/sandbox/controllers/event-retention.ts'
import {
  aDeployment,
  aLivingCluster,
  aPod,
  aReplicaSet,
  type LivingCluster,
  withImage,
} from '#test/support/living-cluster.ts'

const eventsOf = (cluster: LivingCluster, kind: string, namespace = 'shop'): readonly Event[] =>
  (cluster.store.list(resources.events, namespace) as readonly Event[]).filter(
    (each) => each.involvedObject.kind === kind,
  )
const told = (events: readonly Event[]) => events.map(({ reason, message }) => `${reason}: ${message}`)
const first = (events: readonly Event[], reason: string) => events.find((each) => each.reason === reason)

async function livingPod(image: string, seconds: number, spec: object = {}) {
  const cluster = aLivingCluster()
  cluster.create(resources.pods, aPod('one', image, spec))
  await cluster.clock.advance(seconds * 1000)
  return cluster
}

describe('events of a pod', () => {
  it('tell of its way from the scheduler to its start, in order', async () => {
    const cluster = await livingPod('web:1.0.0', 10)
    const events = eventsOf(cluster, 'Pod')
    expect(told(events)).toEqual([
      expect.stringMatching(/^Scheduled: Successfully assigned shop\/one to test-worker-[12]$/),
      'Pulling: Pulling image "web:1.0.0"',
      'Pulled: Successfully pulled image "web:1.0.0"',
      'Created: Created container: app',
      'Started: Started container app',
    ])
    expect(events[0]).toMatchObject({
      type: 'Normal',
      count: 1,
      source: { component: 'default-scheduler' },
      involvedObject: { kind: 'Pod', namespace: 'shop', name: 'one', uid: cluster.pods()[0]?.metadata.uid },
    })
    expect(events[1]).toMatchObject({
      source: { component: 'kubelet', host: cluster.pods()[0]?.spec.nodeName },
      involvedObject: { fieldPath: 'spec.containers{app}' },
    })
  })

  it('count crashes and back-offs instead of repeating them', async () => {
    const events = eventsOf(await livingPod('web:1.0.0-crash', 180), 'Pod')
    const restarts = (first(events, 'Started')?.count ?? 0) - 1
    expect(restarts).toBeGreaterThanOrEqual(3)
    const backOff = first(events, 'BackOff')
    expect(backOff).toMatchObject({
      type: 'Warning',
      message: expect.stringMatching(/^Back-off restarting failed container app in pod one_shop\([-0-9a-f]{36}\)$/),
    })
    expect(backOff?.count).toBeGreaterThanOrEqual(2)
    expect(Date.parse(backOff?.lastTimestamp ?? '')).toBeGreaterThan(Date.parse(backOff?.firstTimestamp ?? ''))
    expect(told(events)).toContain('Pulled: Container image "web:1.0.0-crash" already present on machine')
    expect(new Set(told(events)).size).toBe(events.length)
  })

  it('tell of an image that cannot be pulled', async () => {
    const events = eventsOf(await livingPod('web:1.0.0-missing', 60), 'Pod')
    expect(told(events).slice(1)).toEqual([
      'Pulling: Pulling image "web:1.0.0-missing"',
      'Failed: Failed to pull image "web:1.0.0-missing": failed to pull and unpack image "web:1.0.0-missing": not found',
      'Failed: Error: ErrImagePull',
      'BackOff: Back-off pulling image "web:1.0.0-missing"',
      'Failed: Error: ImagePullBackOff',
    ])
    expect(first(events, 'Pulling')?.count).toBeGreaterThan(1)
  })

  it('tell of a container that does not become ready, again and again', async () => {
    const events = eventsOf(await livingPod('web:1.0.0-hang', 65), 'Pod')
    expect(first(events, 'Unhealthy')).toMatchObject({
      type: 'Warning',
      count: 6,
      message: 'Readiness probe failed: HTTP probe failed with statuscode: 503',
    })
    expect(first(eventsOf(await livingPod('web:1.0.0', 65), 'Pod'), 'Unhealthy')).toBeUndefined()
  })

  it('tell of its end once', async () => {
    const cluster = await livingPod('web:1.0.0-slow-stop', 10)
    cluster.store.delete(resources.pods, { namespace: 'shop', name: 'one' })
    await cluster.clock.advance(60_000)
    expect(cluster.pods()).toEqual([])
    expect(first(eventsOf(cluster, 'Pod'), 'Killing')).toMatchObject({ count: 1, message: 'Stopping container app' })
  })

  it('tell that there is no node for it', async () => {
    const cluster = aLivingCluster()
    for (const { metadata } of cluster.store.list(resources.nodes))
      cluster.store.mutate(resources.nodes, metadata, (node: KubeObject) => ({
        ...node,
        spec: { unschedulable: true },
      }))
    cluster.create(resources.pods, aPod('one', 'web:1.0.0'))
    await cluster.clock.advance(10_000)
    expect(told(eventsOf(cluster, 'Pod'))).toEqual([
      'FailedScheduling: 0/2 nodes are available: 2 node(s) were unschedulable. no new claims to deallocate, preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.',
    ])
  })
})

describe('events of workloads', () => {
  it('tell of each pod that a ReplicaSet makes and gives up', async () => {
    const cluster = aLivingCluster()
    cluster.create(resources.replicaSets, aReplicaSet('web', 2))
    await cluster.clock.advance(10_000)
    cluster.edit<ReplicaSet>(resources.replicaSets, 'web', (rs) => ({ ...rs, spec: { ...rs.spec, replicas: 1 } }))
    await cluster.clock.advance(10_000)
    const events = eventsOf(cluster, 'ReplicaSet')
    expect(events.map((each) => each.reason)).toEqual(['SuccessfulCreate', 'SuccessfulCreate', 'SuccessfulDelete'])
    expect(events[0]?.message).toMatch(/^Created pod: web-[a-z0-9]{5}$/)
    expect(events[2]?.message).toMatch(/^Deleted pod: web-[a-z0-9]{5}$/)
    expect(events[0]?.source).toEqual({ component: 'replicaset-controller' })
  })

  it('tell why a ReplicaSet cannot make pods', async () => {
    const cluster = aLivingCluster()
    const rs = aReplicaSet('web', 1)
    const metadata = { labels: { app: 'web', bad: 'not a label!' } }
    cluster.create(resources.replicaSets, { ...rs, spec: { ...rs.spec, template: { ...rs.spec.template, metadata } } })
    await cluster.clock.advance(10_000)
    const failed = first(eventsOf(cluster, 'ReplicaSet'), 'FailedCreate')
    expect(failed).toMatchObject({ type: 'Warning', message: expect.stringMatching(/^Error creating: Pod "web-/) })
  })

  it('tell how a Deployment moves its pods', async () => {
    const cluster = aLivingCluster()
    cluster.create(resources.deployments, aDeployment({ replicas: 2 }))
    await cluster.clock.advance(20_000)
    cluster.edit<Deployment>(resources.deployments, 'web', withImage('registry.test/web:2.0.0'))
    await cluster.clock.advance(60_000)
    const messages = eventsOf(cluster, 'Deployment').map((each) => each.message?.replace(/web-[a-z0-9]+/, 'web-x'))
    expect(messages[0]).toBe('Scaled up replica set web-x from 0 to 2')
    expect(messages).toContain('Scaled down replica set web-x from 1 to 0')
    expect(eventsOf(cluster, 'Deployment').every((each) => each.reason === 'ScalingReplicaSet')).toBe(true)
  })

  it.each([
    ['job:1', ['SuccessfulCreate', 'Completed']],
    ['job:1-fail', ['SuccessfulCreate', 'BackoffLimitExceeded']],
  ])('tell how a Job of %s ends', async (image, reasons) => {
    const cluster = aLivingCluster()
    const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'main', image }] } }
    const job = { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'once', namespace: 'shop' } }
    cluster.create(resources.jobs, { ...job, spec: { backoffLimit: 0, template } } as KubeObject)
    await cluster.clock.advance(60_000)
    expect(eventsOf(cluster, 'Job').map((each) => each.reason)).toEqual(reasons)
  })
})

describe('events are kept', () => {
  it('an hour after they were written last', async () => {
    const cluster = await livingPod('web:1.0.0', 10)
    await cluster.clock.advance(3_585_000)
    expect(eventsOf(cluster, 'Pod')).toHaveLength(5)
    await cluster.clock.advance(10_000)
    expect(eventsOf(cluster, 'Pod')).toEqual([])
  })

  it('up to a number per namespace, the newest', async () => {
    const cluster = aLivingCluster()
    const involvedObject = { kind: 'Pod', namespace: 'shop', name: 'one' }
    const event = (namespace: string, index: number) => {
      const metadata = { name: `e-${String(index).padStart(5, '0')}`, namespace }
      return { apiVersion: 'v1', kind: 'Event', metadata, involvedObject } as KubeObject
    }
    for (let index = 0; index < eventsPerNamespace + 20; index++) cluster.create(resources.events, event('shop', index))
    cluster.create(resources.events, event('default', 0))
    await cluster.clock.advance(1_000)
    const kept = cluster.store.list(resources.events, 'shop')
    expect(kept).toHaveLength(eventsPerNamespace)
    expect(kept[0]?.metadata.name).toBe('e-00020')
    expect(cluster.store.list(resources.events, 'default')).toHaveLength(1)
  })
})
