import type { Pod } from '#api/core.ts'
import type { PodView } from '#contract/views.ts'
import { isFailing, podReason } from '#engine/reasons/pod-reason.ts'
import { parseTime } from '#lib/rfc3339.ts'

/** Oldest first, ties by name (VIEW-13). */
export const podViews = (pods: readonly Pod[]): readonly PodView[] => pods.map(podView).toSorted(oldestFirst)

export function podView(pod: Pod): PodView {
  const { reason, restarts } = podReason(pod)
  return {
    name: pod.metadata.name,
    state: stateOf(pod, reason),
    reason,
    restarts,
    createdAt: parseTime(pod.metadata.creationTimestamp) ?? 0,
    node: pod.spec.nodeName,
  }
}

const oldestFirst = (a: PodView, b: PodView): number =>
  a.createdAt - b.createdAt || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)

function stateOf(pod: Pod, reason: string): PodView['state'] {
  if (pod.metadata.deletionTimestamp !== undefined || reason === 'Completed') return 'stopping'
  if (isFailing(reason)) return 'failing'
  const ready = pod.status?.conditions?.find(({ type }) => type === 'Ready')
  return ready?.status === 'True' ? 'ready' : 'starting'
}
