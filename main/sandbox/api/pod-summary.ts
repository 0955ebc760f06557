import type { ContainerStatus, Pod } from '#api/core.ts'
import type { EpochMs } from '#lib/clock.ts'
import { humanDuration } from '#lib/human-duration.ts'
import { parseTime } from '#lib/rfc3339.ts'

/** The three cells by which `kubectl get pods` tells the state of a pod. */

export const podReady = ({ spec, status }: Pod): string =>
  `${(status?.containerStatuses ?? []).filter(({ ready }) => ready).length}/${spec.containers.length}`

/** The most telling reason: of the pod, of a container that waits or ended, of the deletion. */
export function podStatus(pod: Pod): string {
  const { status } = pod
  const fromContainers = initReason(pod) ?? containerReason(status?.containerStatuses ?? [])
  const reason = fromContainers ?? status?.reason ?? status?.phase ?? 'Unknown'
  if (pod.metadata.deletionTimestamp === undefined) return reason
  return status?.phase === 'Succeeded' || status?.phase === 'Failed' ? reason : 'Terminating'
}

function containerReason(statuses: readonly ContainerStatus[]): string | undefined {
  const told = statuses.map(reasonOf).find((reason) => reason !== undefined)
  const anyRunning = statuses.some(({ ready, state }) => ready && state?.running !== undefined)
  return told === 'Completed' && anyRunning ? 'Running' : told
}

function reasonOf({ state }: ContainerStatus): string | undefined {
  if (state?.waiting?.reason !== undefined) return state.waiting.reason
  const ended = state?.terminated
  if (ended === undefined) return undefined
  if (ended.reason !== undefined) return ended.reason
  return ended.signal === undefined ? `ExitCode:${ended.exitCode ?? 0}` : `Signal:${ended.signal}`
}

function initReason({ spec, status }: Pod): string | undefined {
  const statuses = status?.initContainerStatuses ?? []
  const pending = statuses.findIndex(({ state }) => state?.terminated?.exitCode !== 0)
  const current = statuses[pending]
  if (current === undefined || (status?.phase !== 'Pending' && current.state?.running !== undefined)) return undefined
  const reason = reasonOf(current)
  return reason === undefined || reason === 'PodInitializing'
    ? `Init:${pending}/${spec.initContainers?.length ?? 0}`
    : `Init:${reason}`
}

/** `0`, or `3 (2m ago)` since the last restart. */
export function podRestarts({ status }: Pod, now: EpochMs): string {
  const statuses = status?.containerStatuses ?? []
  const restarts = statuses.reduce((sum, { restartCount }) => sum + restartCount, 0)
  const ended = statuses.map((each) => parseTime(lastFinished(each))).filter((at) => at !== undefined)
  return restarts === 0 || ended.length === 0
    ? `${restarts}`
    : `${restarts} (${humanDuration(now - Math.max(...ended))} ago)`
}

const lastFinished = (status: ContainerStatus): string | undefined =>
  (status as { lastState?: ContainerStatus['state'] }).lastState?.terminated?.finishedAt
