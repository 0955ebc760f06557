import type { Pod } from '#api/core.ts'
import type { KubeObject } from '#api/meta.ts'
import { resources } from '#api/resources.ts'
import type { EpochMs } from '#lib/clock.ts'
import { success } from '#lib/outcome.ts'
import { formatSeconds } from '#lib/rfc3339.ts'
import type { SandboxStore } from '../store.ts'
import { type Controller, type Reconciled, settled } from './controller.ts'
import type { RecordEvent } from './event-recorder.ts'
import { isSchedulable } from './nodes.ts'
import type { ObjectIndex } from './object-index.ts'
import { atOf, isOf, keyOf, type ObjectKey } from './object-key.ts'
import { isActive, type LifeSettings, planLife } from './pod-life.ts'
import { updateObject, updateStatus } from './write.ts'

const from = { component: 'default-scheduler' }

/** Binds pods to nodes; those for which there is none wait until the nodes change. */
export function scheduler(
  store: SandboxStore,
  index: ObjectIndex,
  settings: LifeSettings,
  record: RecordEvent,
): Controller {
  const waiting = new Set<ObjectKey>()

  const bind = (pod: Pod, now: EpochMs): Reconciled => {
    const node = chooseNode(store, index)
    if (node === undefined) return wait(pod, now)
    const { namespace, name } = pod.metadata
    const bound = updateObject<Pod>(store, resources.pods, atOf(keyOf(pod)), (draft) => ({
      ...draft,
      spec: { ...draft.spec, nodeName: node.metadata.name },
    }))
    if (!bound.ok) return bound
    waiting.delete(keyOf(pod))
    const message = `Successfully assigned ${namespace}/${name} to ${node.metadata.name}`
    record({ about: pod, type: 'Normal', reason: 'Scheduled', message, from })
    return settled
  }

  const wait = (pod: Pod, now: EpochMs): Reconciled => {
    const nodes = store.list(resources.nodes).length
    const message = `0/${nodes} nodes are available: ${nodes} node(s) were unschedulable.`
    waiting.add(keyOf(pod))
    if (isToldUnschedulable(pod)) return settled
    record({ about: pod, type: 'Warning', reason: 'FailedScheduling', message, from })
    const told = updateStatus<Pod>(store, resources.pods, atOf(keyOf(pod)), (draft) =>
      unschedulable(draft, message, now),
    )
    return told.ok ? settled : told
  }

  return {
    name: 'scheduler',
    wakes(change) {
      if (isOf(change, resources.nodes)) return [...waiting]
      return isOf(change, resources.pods) && (change.object as Pod).spec.nodeName === undefined
        ? [keyOf(change.object)]
        : []
    },
    reconcile(key, now) {
      const pod = store.get(resources.pods, atOf(key)) as Pod | undefined
      if (pod === undefined || pod.spec.nodeName !== undefined || !isActive(pod)) {
        waiting.delete(key)
        return settled
      }
      const { scheduledAt } = planLife(pod, settings)
      return now < scheduledAt ? success(scheduledAt) : bind(pod, now)
    },
  }
}

/** The schedulable node with the fewest pods; in a tie the first by name. */
const chooseNode = (store: SandboxStore, index: ObjectIndex): KubeObject | undefined =>
  store
    .list(resources.nodes)
    .filter(isSchedulable)
    .toSorted((a, b) => index.podsOnNode(a.metadata.name) - index.podsOnNode(b.metadata.name))[0]

const isToldUnschedulable = (pod: Pod): boolean =>
  (pod.status?.conditions ?? []).some((each) => each.type === 'PodScheduled' && each.status === 'False')

const unschedulable = (pod: Pod, message: string, now: EpochMs): Pod => ({
  ...pod,
  status: {
    ...pod.status,
    phase: 'Pending',
    conditions: [
      ...(pod.status?.conditions ?? []),
      {
        type: 'PodScheduled',
        status: 'False',
        reason: 'Unschedulable',
        message,
        lastTransitionTime: formatSeconds(now),
      },
    ],
  },
})
