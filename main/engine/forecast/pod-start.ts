import type { ReplicaSet } from '#api/apps.ts'
import type { Pod } from '#api/core.ts'
import { podHashOf } from '#engine/rollout/replica-set/facts.ts'
import type { RolloutWorld } from '#engine/world.ts'
import type { EpochMs } from '#lib/clock.ts'
import { parseTime } from '#lib/rfc3339.ts'

/** Milliseconds from a pod's creation until it is ready; infinite when such pods never are. */
export type StartMs = number

export interface PodStart {
  /** Median of the pods looked at. */
  readonly ms: StartMs
  readonly pods: number
}

/**
 * How long pods of this Rollout took to get ready, from those that are: of the wanted revision where there are any, else of all.
 * `undefined` when none is ready.
 */
export function observedPodStart({ rollout, replicaSets, pods }: RolloutWorld): PodStart | undefined {
  const current = replicaSets.filter((rs) => podHashOf(rs) === rollout.status?.currentPodHash)
  const [wanted, all] = [startsOfPods(pods, current), startsOfPods(pods, replicaSets)]
  const starts = wanted.length > 0 ? wanted : all
  const median = starts[Math.floor(starts.length / 2)]
  return median === undefined ? undefined : { ms: median, pods: starts.length }
}

/** The shortest first. The times of a pod that had to be started again say nothing about a new one. */
const startsOfPods = (pods: readonly Pod[], replicaSets: readonly ReplicaSet[]): readonly StartMs[] =>
  pods
    .filter((pod) => replicaSets.some((rs) => isOwnedBy(pod, rs)) && !hasRestarted(pod))
    .flatMap((pod) => {
      const [created, ready] = [parseTime(pod.metadata.creationTimestamp), readyAt(pod)]
      return created === undefined || ready === undefined || ready < created ? [] : ready - created
    })
    .sort((a, b) => a - b)

/** Since when the pod is ready; `undefined` when it is not, or is about to go. */
export function readyAt({ metadata, status }: Pod): EpochMs | undefined {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready')
  if (ready?.status !== 'True' || metadata.deletionTimestamp !== undefined) return undefined
  return parseTime(ready.lastTransitionTime)
}

const hasRestarted = ({ status }: Pod): boolean =>
  status?.containerStatuses?.some(({ restartCount }) => restartCount > 0) === true

/** It has tried and could not: kubelet waits ever longer before it tries again. */
export const isFailing = ({ status }: Pod): boolean =>
  [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])].some(({ state }) =>
    /BackOff$|^Err|Error$|^InvalidImageName$/.test(state?.waiting?.reason ?? ''),
  )

export const isOwnedBy = (pod: Pod, rs: ReplicaSet): boolean =>
  pod.metadata.ownerReferences?.some(({ uid }) => uid !== undefined && uid === rs.metadata.uid) === true
