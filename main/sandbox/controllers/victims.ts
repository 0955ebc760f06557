import type { Pod } from '#api/core.ts'
import { parseTime } from '#lib/rfc3339.ts'
import { isReady, readySince } from './pod-life.ts'

/**
 * The `count` pods a ReplicaSet gives up first, as upstream ranks them: not bound before bound, Pending before Running,
 * unready before ready, cheaper to delete, on a fuller node, ready for a shorter time, more restarts, younger.
 */
export function chooseVictims(pods: readonly Pod[], count: number): readonly Pod[] {
  const onNode = Map.groupBy(pods, (pod) => pod.spec.nodeName ?? '')
  const keys = new Map(pods.map((pod) => [pod, rank(pod, onNode.get(pod.spec.nodeName ?? '')?.length ?? 0)]))
  return pods.toSorted((a, b) => compare(keys.get(a) ?? [], keys.get(b) ?? [])).slice(0, Math.max(0, count))
}

/** The lower goes first, entry by entry. */
const rank = (pod: Pod, podsOnItsNode: number): readonly number[] => [
  pod.spec.nodeName === undefined ? 0 : 1,
  pod.status?.phase === 'Running' ? 1 : 0,
  isReady(pod) ? 1 : 0,
  Number(pod.metadata.annotations?.['controller.kubernetes.io/pod-deletion-cost'] ?? 0),
  -podsOnItsNode,
  -(readySince(pod) ?? 0),
  -Math.max(0, ...(pod.status?.containerStatuses ?? []).map((each) => each.restartCount)),
  -(parseTime(pod.metadata.creationTimestamp) ?? 0),
]

function compare(a: readonly number[], b: readonly number[]): number {
  const differs = a.findIndex((value, position) => value !== b[position])
  return differs === -1 ? 0 : (a[differs] ?? 0) - (b[differs] ?? 0)
}
