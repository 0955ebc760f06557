import type { ContainerStateDetail, ContainerStatus, Pod } from '#api/core.ts'

/** What the tree says of a pod, as kubectl works it out. */
export interface PodRow {
  /** `Running`, `Init:0/2`, `CrashLoopBackOff`. */
  readonly reason: string
  readonly readyContainers: number
  readonly containers: number
  readonly restarts: number
}

/** VIEW-100…104. */
export function podRow(pod: Pod): PodRow {
  const { status, spec, metadata } = pod
  const first = status?.reason !== undefined && status.reason !== '' ? status.reason : (status?.phase ?? '')
  const init = initRow(pod)
  const main = init.reason === undefined ? mainRow(first, status?.containerStatuses ?? []) : undefined
  const shown = init.reason ?? main?.reason ?? first
  return {
    reason:
      metadata.deletionTimestamp === undefined ? shown : status?.reason === 'NodeLost' ? 'Unknown' : 'Terminating',
    readyContainers: main?.readyContainers ?? 0,
    containers: spec.containers.length,
    restarts: main?.restarts ?? init.restarts,
  }
}

/** VIEW-101: where initialisation stands; no `reason` once it is over. */
function initRow({ spec, status }: Pod): { readonly reason?: string; readonly restarts: number } {
  const specs = spec.initContainers ?? []
  let restarts = 0
  for (const [index, each] of (status?.initContainerStatuses ?? []).entries()) {
    restarts += each.restartCount
    const { terminated, waiting } = each.state ?? {}
    if (terminated !== undefined) {
      if ((terminated.exitCode ?? 0) === 0) continue
      return { reason: `Init:${endOf(terminated)}`, restarts }
    }
    const isSidecar = specs.find(({ name }) => name === each.name)?.restartPolicy === 'Always'
    if (isSidecar && each.started === true) {
      if (each.ready) continue
      return { restarts }
    }
    const reason = waiting?.reason ?? ''
    if (reason !== '' && reason !== 'PodInitializing') return { reason: `Init:${reason}`, restarts }
    return { reason: `Init:${index}/${specs.length}`, restarts }
  }
  return { restarts }
}

/** VIEW-102: from the last container to the first, so that the first has the word. */
function mainRow(reason: string, statuses: readonly ContainerStatus[]) {
  const backwards = statuses.toReversed()
  const told = backwards.reduce((last, { state }) => stateReason(state) ?? last, reason)
  const running = statuses.filter(
    ({ ready, state }) => ready && state?.running !== undefined && stateReason(state) === undefined,
  )
  return {
    reason: told === 'Completed' && running.length > 0 ? 'Running' : told,
    readyContainers: running.length,
    restarts: statuses.reduce((sum, { restartCount }) => sum + restartCount, 0),
  }
}

function stateReason(state: ContainerStatus['state']): string | undefined {
  const waiting = state?.waiting?.reason ?? ''
  if (waiting !== '') return waiting
  return state?.terminated === undefined ? undefined : endOf(state.terminated)
}

/** How a container ended: its reason, else its signal, else its exit code. */
function endOf({ reason = '', signal = 0, exitCode = 0 }: ContainerStateDetail): string {
  if (reason !== '') return reason
  return signal === 0 ? `ExitCode:${exitCode}` : `Signal:${signal}`
}
