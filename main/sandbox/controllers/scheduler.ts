import type { Pod, PodCondition } from '#api/core.ts'
import { resources } from '#api/resources.ts'
import type { EpochMs } from '#lib/clock.ts'
import { success } from '#lib/outcome.ts'
import { formatSeconds } from '#lib/rfc3339.ts'
import type { SandboxStore, StoreChange } from '../store.ts'
import { type Controller, type Reconciled, settled } from './controller.ts'
import type { RecordEvent } from './event-recorder.ts'
import type { Node } from './nodes.ts'
import type { ObjectIndex } from './object-index.ts'
import { atOf, isOf, keyOf, type ObjectKey } from './object-key.ts'
import { missingClaim, type Placement, placePod } from './place-pod.ts'
import { isActive, type LifeSettings, planLife } from './pod-life.ts'
import { updateObject, updateStatus } from './write.ts'

const from = { component: 'default-scheduler' }

/** Binds pods to nodes; those for which there is none wait until nodes change, room comes free or a claim appears. */
export function scheduler(
  store: SandboxStore,
  index: ObjectIndex,
  settings: LifeSettings,
  record: RecordEvent,
): Controller {
  const waiting = new Set<ObjectKey>()

  const bind = (pod: Pod, now: EpochMs): Reconciled => {
    const placement = place(store, index, pod)
    if ('why' in placement) return wait(pod, placement.why, now)
    const { node } = placement
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

  const wait = (pod: Pod, message: string, now: EpochMs): Reconciled => {
    waiting.add(keyOf(pod))
    if (toldUnschedulable(pod) === message) return settled
    record({ about: pod, type: 'Warning', reason: 'FailedScheduling', message, from })
    const told = updateStatus<Pod>(store, resources.pods, atOf(keyOf(pod)), (draft) =>
      unschedulable(draft, message, now),
    )
    return told.ok ? settled : told
  }

  return {
    name: 'scheduler',
    wakes(change) {
      if (isOf(change, resources.nodes) || isOf(change, resources.persistentVolumeClaims)) return [...waiting]
      if (!isOf(change, resources.pods)) return []
      const { spec } = change.object as Pod
      if (spec.nodeName === undefined) return [keyOf(change.object)]
      return makesRoom(change) ? [...waiting] : []
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

function place(store: SandboxStore, index: ObjectIndex, pod: Pod): Placement {
  const nodes = store.list(resources.nodes) as readonly Node[]
  const { namespace } = pod.metadata
  const claims = ((pod.spec['volumes'] ?? []) as readonly Volume[]).flatMap(
    ({ persistentVolumeClaim: claim }) => claim?.claimName ?? [],
  )
  const missing = claims.find((name) => store.get(resources.persistentVolumeClaims, { namespace, name }) === undefined)
  if (missing !== undefined) return { why: missingClaim(missing, nodes.length) }
  return placePod(pod, nodes, ({ metadata }) => index.podsOnNode(metadata.name).filter((each) => !isFinished(each)))
}

interface Volume {
  readonly persistentVolumeClaim?: { readonly claimName?: string }
}

/** A pod on a node has gone, or has ended and needs nothing more. */
const makesRoom = ({ type, object, previous }: StoreChange): boolean =>
  type === 'DELETED' || (previous !== undefined && isFinished(object as Pod) && !isFinished(previous as Pod))

const isFinished = ({ status }: Pod): boolean => status?.phase === 'Succeeded' || status?.phase === 'Failed'

/** What the pod was told last of why there is no node for it. */
const toldUnschedulable = ({ status }: Pod): string | undefined => unscheduledIn(status)?.message

const unscheduledIn = (status: Pod['status']): PodCondition | undefined =>
  status?.conditions?.find((each) => each.type === 'PodScheduled' && each.status === 'False')

const unschedulable = (pod: Pod, message: string, now: EpochMs): Pod => ({
  ...pod,
  status: {
    ...pod.status,
    phase: 'Pending',
    conditions: [
      ...(pod.status?.conditions ?? []).filter(({ type }) => type !== 'PodScheduled'),
      {
        type: 'PodScheduled',
        status: 'False',
        reason: 'Unschedulable',
        message,
        lastTransitionTime: unscheduledIn(pod.status)?.lastTransitionTime ?? formatSeconds(now),
      },
    ],
  },
})
