import { describe, expect, it } from 'vitest'
import type { Pod } from '#api/core.ts'
import { resources } from '#api/resources.ts'
import { aLivingCluster, aPod, type LivingCluster } from '#test/support/living-cluster.ts'

const waitingReason = (pod: Pod | undefined) => pod?.status?.containerStatuses?.[0]?.state?.waiting?.reason
const isReady = (pod: Pod | undefined) =>
  pod?.status?.conditions?.find((each) => each.type === 'Ready')?.status === 'True'

function livingPod(image: string, spec: object = {}) {
  const cluster = aLivingCluster()
  cluster.create(resources.pods, aPod('one', image, spec))
  return { cluster, pod: () => cluster.read<Pod>(resources.pods, 'one') }
}

async function secondsUntil(cluster: LivingCluster, holds: () => boolean, atMost = 60): Promise<number> {
  for (let second = 0; second <= atMost; second++) {
    if (holds()) return second
    await cluster.clock.advance(1000)
  }
  throw new Error(`did not happen within ${atMost} s`)
}

describe('the life of a pod', () => {
  it('goes from Pending over ContainerCreating to Running and Ready, on a node and with an address', async () => {
    const { cluster, pod } = livingPod('web:1.0.0')
    expect(pod()?.status?.phase).toBe('Pending')
    await cluster.clock.advance(260)
    expect(waitingReason(pod())).toBe('ContainerCreating')
    await cluster.clock.advance(4_000)
    expect(pod()?.status).toMatchObject({ phase: 'Running', podIP: expect.stringMatching(/^10\./) })
    expect(pod()?.spec.nodeName).toMatch(/^test-worker-/)
    expect(isReady(pod())).toBe(true)
  })

  it('does nothing more once it is ready, and in the end even its events are gone', async () => {
    const { cluster } = livingPod('web:1.0.0')
    await cluster.clock.advance(10_000)
    const { revision } = cluster.store
    await cluster.clock.advance(3_580_000)
    expect(cluster.store.revision).toBe(revision)
    await cluster.clock.advance(20_000)
    expect(cluster.store.list(resources.events)).toEqual([])
    expect(cluster.clock.pending).toBe(0)
  })

  it('crashes and is restarted after ever longer back-offs', async () => {
    const { cluster, pod } = livingPod('web:1.1.0-crash')
    await secondsUntil(cluster, () => waitingReason(pod()) === 'CrashLoopBackOff')
    expect(pod()?.status?.phase).toBe('Running')
    await cluster.clock.advance(60_000)
    const soon = pod()?.status?.containerStatuses?.[0]?.restartCount ?? 0
    await cluster.clock.advance(60_000)
    const later = pod()?.status?.containerStatuses?.[0]?.restartCount ?? 0
    expect(soon).toBeGreaterThanOrEqual(2)
    expect(later - soon).toBeLessThan(soon)
  })

  it.each([
    ['web:2.0.0-hang', 'Running', ''],
    ['web:2.0.0-missing', 'Pending', 'ImagePullBackOff'],
  ])('%s stays %s and unready', async (image, phase, reason) => {
    const { cluster, pod } = livingPod(image)
    await cluster.clock.advance(120_000)
    expect(pod()?.status?.phase).toBe(phase)
    expect(isReady(pod())).toBe(false)
    expect(waitingReason(pod()) ?? '').toBe(reason)
  })

  it('is ready half a minute after its start when its image is slow', async () => {
    const { cluster, pod } = livingPod('web:2.0.0-slow')
    const seconds = await secondsUntil(cluster, () => isReady(pod()))
    expect(seconds).toBeGreaterThanOrEqual(30)
    expect(seconds).toBeLessThanOrEqual(33)
  })

  it('stays unready while a readiness gate is closed', async () => {
    const { cluster, pod } = livingPod('web:1.0.0', { readinessGates: [{ conditionType: 'example.com/open' }] })
    await cluster.clock.advance(10_000)
    expect(isReady(pod())).toBe(false)
    cluster.store.mutate(
      resources.pods,
      { namespace: 'shop', name: 'one' },
      (draft: Pod) => ({
        ...draft,
        status: {
          ...draft.status,
          conditions: [...(draft.status?.conditions ?? []), { type: 'example.com/open', status: 'True' as const }],
        },
      }),
      { subresource: 'status' },
    )
    await cluster.clock.advance(100)
    expect(isReady(pod())).toBe(true)
  })

  it.each([
    ['web:1.0.0', 3],
    ['web:1.0.0-slow-stop', 20],
  ])('%s is gone within %d s of being told to stop', async (image, seconds) => {
    const { cluster, pod } = livingPod(image)
    await cluster.clock.advance(10_000)
    cluster.store.delete(resources.pods, { namespace: 'shop', name: 'one' })
    expect(pod()?.metadata.deletionTimestamp).toBeDefined()
    await cluster.clock.advance(seconds * 1000)
    expect(pod()).toBeUndefined()
  })

  it('waits for its init container', async () => {
    const { cluster, pod } = livingPod('web:1.0.0', {
      initContainers: [{ name: 'migrate', image: 'migrate:1', command: ['sleep', '8'] }],
    })
    await cluster.clock.advance(6_000)
    expect(pod()?.status?.phase).toBe('Pending')
    expect(waitingReason(pod())).toBe('PodInitializing')
    await cluster.clock.advance(10_000)
    expect(isReady(pod())).toBe(true)
  })

  it('waits for a node that takes pods', async () => {
    const cluster = aLivingCluster()
    const cordon = (unschedulable: boolean) => {
      for (const node of cluster.store.list(resources.nodes))
        cluster.store.mutate(resources.nodes, { name: node.metadata.name }, (draft: typeof node) => ({
          ...draft,
          spec: { unschedulable },
        }))
    }
    cordon(true)
    cluster.create(resources.pods, aPod('one', 'web:1'))
    await cluster.clock.advance(5_000)
    expect(cluster.read<Pod>(resources.pods, 'one')?.status?.conditions?.[0]?.reason).toBe('Unschedulable')
    cordon(false)
    await cluster.clock.advance(5_000)
    expect(isReady(cluster.read(resources.pods, 'one'))).toBe(true)
  })
})
