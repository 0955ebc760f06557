import type { Container, ContainerStatus, Pod } from '#api/core.ts'

export interface PodReason {
  /** The STATUS column of kubectl (VIEW-100…103). */
  readonly reason: string
  readonly restarts: number
}

type Status = NonNullable<Pod['status']>

/** What kubectl would print for this pod. */
export function podReason(pod: Pod): PodReason {
  const status: Status = pod.status ?? {}
  const start = status.reason || status.phase || ''
  const counted = initializing(pod, status) ?? running(status, start)
  if (pod.metadata.deletionTimestamp === undefined) return counted
  return { ...counted, reason: status.reason === 'NodeLost' ? 'Unknown' : 'Terminating' }
}

/** VIEW-101; `undefined` once every init container has done its part. */
function initializing(pod: Pod, status: Status): PodReason | undefined {
  const specs = pod.spec.initContainers ?? []
  let restarts = 0
  for (const [index, each] of (status.initContainerStatuses ?? []).entries()) {
    restarts += each.restartCount
    const { terminated, waiting } = each.state ?? {}
    if (terminated?.exitCode === 0) continue
    if (terminated !== undefined) return { reason: `Init:${endOf(terminated)}`, restarts }
    if (each.started === true && isSidecar(specs, each)) {
      if (each.ready) continue
      return undefined
    }
    const isTold = waiting?.reason !== undefined && !['', 'PodInitializing'].includes(waiting.reason)
    return { reason: isTold ? `Init:${waiting.reason}` : `Init:${index}/${specs.length}`, restarts }
  }
  return undefined
}

/** Words of VIEW-124 that do not pass by themselves, and their like. */
const failing =
  /Error$|^Err|BackOff$|^(Signal|ExitCode):|^(Failed|InvalidImageName|RegistryUnavailable|OOMKilled|Evicted|ContainerCannotRun|DeadlineExceeded|NodeLost|Unknown)$/

/** @param reason as `podReason` gives it */
export const isFailing = (reason: string): boolean => failing.test(reason.replace(/^Init:/, ''))

const isSidecar = (specs: readonly Container[], { name }: ContainerStatus): boolean =>
  specs.find((each) => each.name === name)?.restartPolicy === 'Always'

/** VIEW-102: from the last container to the first, so that the first one wins. */
function running(status: Status, start: string): PodReason {
  let [reason, restarts, hasRunning] = [start, 0, false]
  for (const each of (status.containerStatuses ?? []).toReversed()) {
    restarts += each.restartCount
    const { waiting, terminated, running: isRunning } = each.state ?? {}
    if (waiting?.reason) reason = waiting.reason
    else if (terminated !== undefined) reason = endOf(terminated)
    else if (each.ready && isRunning !== undefined) hasRunning = true
  }
  return { reason: reason === 'Completed' && hasRunning ? 'Running' : reason, restarts }
}

type End = NonNullable<NonNullable<ContainerStatus['state']>['terminated']>

function endOf({ reason, signal, exitCode }: End): string {
  if (reason !== undefined && reason !== '') return reason
  return signal === undefined || signal === 0 ? `ExitCode:${exitCode ?? 0}` : `Signal:${signal}`
}
