import type { ReplicaSet } from '#api/apps.ts'
import type { Pod } from '#api/core.ts'
import type { Status } from '#api/meta.ts'
import { resources } from '#api/resources.ts'
import type { EpochMs } from '#lib/clock.ts'
import { matchesSelector } from '#lib/label-selector.ts'
import { type Outcome, success } from '#lib/outcome.ts'
import { formatSeconds } from '#lib/rfc3339.ts'
import type { SandboxStore } from '../store.ts'
import { type Controller, earliest, settled } from './controller.ts'
import type { RecordEvent } from './event-recorder.ts'
import type { ObjectIndex } from './object-index.ts'
import { atOf, controllerOf, controllerReference, isOf, keyOf } from './object-key.ts'
import { createOwnPod, removeOwnPod } from './own-pods.ts'
import { isActive, isReady, readySince } from './pod-life.ts'
import { chooseVictims } from './victims.ts'
import { inOrder, updateObject, updateStatus } from './write.ts'

/** Keeps the wanted number of pods of a ReplicaSet, adopts and releases pods by its selector, and counts them. */
export function replicaSetController(store: SandboxStore, index: ObjectIndex, record: RecordEvent): Controller {
  const from = { component: 'replicaset-controller' }

  const createPod = (rs: ReplicaSet) => (): Outcome<void, Status> =>
    createOwnPod({ store, record, from }, rs, resources.replicaSets, rs.spec.template)

  const scale = (rs: ReplicaSet, active: readonly Pod[]): Outcome<void, Status> => {
    const missing = (rs.spec.replicas ?? 1) - active.length
    if (missing >= 0) return inOrder(Array.from({ length: missing }, () => createPod(rs)))
    const victims = chooseVictims(active, -missing)
    return inOrder(victims.map((pod) => () => removeOwnPod({ store, record, from }, rs, pod)))
  }

  return {
    name: 'replicaset',
    wakes(change) {
      if (isOf(change, resources.replicaSets)) return [keyOf(change.object)]
      if (!isOf(change, resources.pods)) return []
      return [change.object, change.previous].flatMap((pod) => {
        const owner = pod && controllerOf(pod)
        return owner?.kind === 'ReplicaSet' ? [`${pod?.metadata.namespace ?? ''}/${owner.name}`] : []
      })
    },
    reconcile(key, now) {
      const rs = store.get(resources.replicaSets, atOf(key)) as ReplicaSet | undefined
      if (rs === undefined) return settled
      const claimed = claimPods(store, index, rs)
      if (!claimed.ok) return claimed
      const active = () => index.controlledBy<Pod>(rs, resources.pods).filter(isActive)
      const scaled = rs.metadata.deletionTimestamp === undefined ? scale(rs, active()) : success(undefined)
      const counts = countPods(rs, active(), now)
      const written = updateStatus<ReplicaSet>(store, resources.replicaSets, atOf(key), (draft) => ({
        ...draft,
        status: {
          ...conditionsAfter(draft, scaled, active().length, now),
          ...statusOf(counts),
          observedGeneration: rs.metadata.generation ?? 0,
        },
      }))
      const failed = [scaled, written].find((each) => !each.ok)
      return failed !== undefined && !failed.ok ? failed : success(counts.nextAt)
    },
  }
}

/** Takes matching pods that nobody controls, and lets go of own pods whose labels no longer match. */
function claimPods(store: SandboxStore, index: ObjectIndex, rs: ReplicaSet): Outcome<void, Status> {
  const { namespace = '', uid = '' } = rs.metadata
  const matches = (pod: Pod) => matchesSelector(rs.spec.selector, pod.metadata.labels)
  const adopted =
    rs.metadata.deletionTimestamp === undefined
      ? index.orphanPods(namespace).filter((pod) => isActive(pod) && matches(pod))
      : []
  const released = index.controlledBy<Pod>(rs, resources.pods).filter((pod) => isActive(pod) && !matches(pod))
  return inOrder([
    ...adopted.map(
      (pod) => () =>
        updateObject<Pod>(store, resources.pods, atOf(keyOf(pod)), (draft) => ({
          ...draft,
          metadata: {
            ...draft.metadata,
            ownerReferences: [
              ...(draft.metadata.ownerReferences ?? []),
              controllerReference(rs, resources.replicaSets),
            ],
          },
        })),
    ),
    ...released.map(
      (pod) => () =>
        updateObject<Pod>(store, resources.pods, atOf(keyOf(pod)), (draft) => ({
          ...draft,
          metadata: {
            ...draft.metadata,
            ownerReferences: (draft.metadata.ownerReferences ?? []).filter((each) => each.uid !== uid),
          },
        })),
    ),
  ])
}

interface PodCounts {
  readonly replicas: number
  readonly fullyLabeled: number
  readonly ready: number
  readonly available: number
  /** When the next ready pod becomes available by time alone. */
  readonly nextAt: EpochMs | undefined
}

/** A pod is available once it has been ready for `minReadySeconds` without a break. */
export function countPods(rs: ReplicaSet, active: readonly Pod[], now: EpochMs): PodCounts {
  const minReadyMs = (rs.spec.minReadySeconds ?? 0) * 1000
  const wanted = Object.entries(rs.spec.template.metadata?.labels ?? {})
  const ready = active.filter(isReady)
  const availableAt = ready.map((pod) => (readySince(pod) ?? now) + minReadyMs)
  return {
    replicas: active.length,
    fullyLabeled: active.filter((pod) => wanted.every(([key, value]) => pod.metadata.labels?.[key] === value)).length,
    ready: ready.length,
    available: availableAt.filter((at) => at <= now).length,
    nextAt: earliest(...availableAt.filter((at) => at > now)),
  }
}

/** `ReplicaFailure` with the first sentence of a row of failures, until a round ends without one. Conditions of others stay. */
function conditionsAfter(
  { spec, status }: ReplicaSet,
  scaled: Outcome<void, Status>,
  active: number,
  now: EpochMs,
): Pick<NonNullable<ReplicaSet['status']>, 'conditions'> {
  const present = status?.conditions ?? []
  const others = present.filter(({ type }) => type !== 'ReplicaFailure')
  const failed = present.find(({ type }) => type === 'ReplicaFailure')
  const conditions = scaled.ok
    ? others
    : [
        ...others,
        failed ?? {
          type: 'ReplicaFailure',
          status: 'True' as const,
          lastTransitionTime: formatSeconds(now),
          reason: active < (spec.replicas ?? 1) ? 'FailedCreate' : 'FailedDelete',
          message: scaled.error.message ?? '',
        },
      ]
  return conditions.length === 0 ? {} : { conditions }
}

/** Zero counts are absent, as on the wire. */
const statusOf = (counts: PodCounts): NonNullable<ReplicaSet['status']> => ({
  replicas: counts.replicas,
  ...(counts.fullyLabeled > 0 && { fullyLabeledReplicas: counts.fullyLabeled }),
  ...(counts.ready > 0 && { readyReplicas: counts.ready }),
  ...(counts.available > 0 && { availableReplicas: counts.available }),
})
