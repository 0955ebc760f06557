import type { Pod } from '#api/core.ts'
import { podReason } from '#engine/reasons/pod-reason.ts'

/** What the tree says of a pod, as kubectl works it out. */
export interface PodRow {
  /** `Running`, `Init:0/2`, `CrashLoopBackOff`. */
  readonly reason: string
  /** `ready:1/2`, and `restarts:3` where there were any (VIEW-104, VIEW-105). */
  readonly info: string
}

export function podRow(pod: Pod): PodRow {
  const { reason, restarts } = podReason(pod)
  const statuses = reason.startsWith('Init:') ? [] : (pod.status?.containerStatuses ?? [])
  const running = statuses.filter(({ ready, state }) => ready && state?.running !== undefined)
  const ready = `ready:${running.length}/${pod.spec.containers.length}`
  return { reason, info: restarts > 0 ? `${ready},restarts:${restarts}` : ready }
}
