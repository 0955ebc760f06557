import type { Pod } from '#api/core.ts'
import type { KubeObject } from '#api/meta.ts'
import { resources } from '#api/resources.ts'
import type { EpochMs } from '#lib/clock.ts'
import { success } from '#lib/outcome.ts'
import { formatSeconds } from '#lib/rfc3339.ts'
import type { SandboxStore } from '../store.ts'
import { type Controller, type Reconciled, settled } from './controller.ts'
import { addressOf, isSchedulable } from './nodes.ts'
import type { ObjectIndex } from './object-index.ts'
import { atOf, isOf, keyOf, type ObjectKey } from './object-key.ts'
import { type LifeSettings, planLife, podStatusAt, stoppedAt } from './pod-life.ts'
import { removeObject, updateObject, updateStatus } from './write.ts'

/** Scheduler and kubelet in one: binds pods to nodes, lets them live as their images say, and removes them when told. */
export function kubelet(store: SandboxStore, index: ObjectIndex, settings: LifeSettings): Controller {
  const waitingForNode = new Set<ObjectKey>()
  const nextPodIP = addresses(settings.seed)

  /** The schedulable node with the fewest pods; in a tie the first by name. */
  const chooseNode = (): KubeObject | undefined =>
    store
      .list(resources.nodes)
      .filter(isSchedulable)
      .toSorted((a, b) => index.podsOnNode(a.metadata.name) - index.podsOnNode(b.metadata.name))[0]

  const bind = (key: ObjectKey, now: EpochMs): Reconciled => {
    const node = chooseNode()
    if (node !== undefined) {
      waitingForNode.delete(key)
      return andThen(
        updateObject<Pod>(store, resources.pods, atOf(key), (pod) => ({
          ...pod,
          spec: { ...pod.spec, nodeName: node.metadata.name },
        })),
      )
    }
    waitingForNode.add(key)
    return andThen(updateStatus<Pod>(store, resources.pods, atOf(key), (pod) => unschedulable(pod, now)))
  }

  const report = (pod: Pod, now: EpochMs): Reconciled => {
    const node = store.get(resources.nodes, { name: pod.spec.nodeName ?? '' })
    const place = { podIP: pod.status?.podIP ?? nextPodIP(), hostIP: node === undefined ? '' : addressOf(node) }
    const { status, nextAt } = podStatusAt(planLife(pod, settings), pod, place, now)
    return andThen(
      updateStatus<Pod>(store, resources.pods, atOf(keyOf(pod)), (draft) => ({ ...draft, status })),
      nextAt,
    )
  }

  const stop = (pod: Pod, now: EpochMs): Reconciled => {
    const at = pod.spec.nodeName === undefined || isFinished(pod) ? now : stoppedAt(pod, settings)
    if (now < at) return success(at)
    return andThen(removeObject(store, resources.pods, atOf(keyOf(pod)), { gracePeriodSeconds: 0 }))
  }

  return {
    name: 'kubelet',
    wakes(change) {
      if (isOf(change, resources.pods)) return [keyOf(change.object)]
      return isOf(change, resources.nodes) ? [...waitingForNode] : []
    },
    reconcile(key, now) {
      const pod = store.get(resources.pods, atOf(key)) as Pod | undefined
      if (pod === undefined) waitingForNode.delete(key)
      if (pod === undefined) return settled
      if (pod.metadata.deletionTimestamp !== undefined) return stop(pod, now)
      if (isFinished(pod)) return settled
      if (pod.spec.nodeName !== undefined) return report(pod, now)
      const { scheduledAt } = planLife(pod, settings)
      return now < scheduledAt ? success(scheduledAt) : bind(key, now)
    },
  }
}

const isFinished = (pod: Pod): boolean => pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed'

/** Carries a failure, or says when to look again. */
const andThen = (outcome: ReturnType<typeof updateStatus>, nextAt?: EpochMs): Reconciled =>
  outcome.ok ? success(nextAt) : outcome

const unschedulable = (pod: Pod, now: EpochMs): Pod => {
  const present = pod.status?.conditions ?? []
  if (present.some((each) => each.type === 'PodScheduled' && each.status === 'False')) return pod
  const condition = {
    type: 'PodScheduled',
    status: 'False' as const,
    reason: 'Unschedulable',
    message: '0 nodes are available: all are unschedulable.',
    lastTransitionTime: formatSeconds(now),
  }
  return { ...pod, status: { ...pod.status, phase: 'Pending', conditions: [...present, condition] } }
}

/** Pod addresses in order, from a /16 of the cluster's own; they come round again after 65,000 pods. */
function addresses(seed: number): () => string {
  let next = 0
  return () => {
    next = (next % 64_000) + 1
    return `10.${64 + (seed % 64)}.${Math.floor(next / 250)}.${(next % 250) + 2}`
  }
}
