import { annotations } from '#api/keys.ts'
import type { Rollout, RolloutPhase, RolloutStatus } from '#api/rollout.ts'
import { replicasOf } from '#engine/rollout/spec-defaults.ts'
import { parseInteger } from '#lib/int-or-string.ts'
import { sameSecond } from '#lib/rfc3339.ts'

export interface Phase {
  readonly phase: RolloutPhase
  /** Empty when there is nothing to add. */
  readonly message: string
}

/** Phase and message as people see them: what a controller has yet to pick up, else what it stored (VIEW-40…44). */
export function shownPhase(rollout: Rollout): Phase {
  const { status = {} } = rollout
  const pending = pendingChange(rollout)
  if (pending !== undefined) return progressing(pending)
  const { phase, message = '' } = status
  return phase === undefined || phase.length === 0 ? computePhase(rollout, status) : { phase, message }
}

/** What the controller has not acted on yet, in the words of VIEW-40…42; `undefined` when it is up to date. */
export function pendingChange(rollout: Rollout): string | undefined {
  const { status = {} } = rollout
  const unobserved = unobservedSpec(rollout)
  if (unobserved !== undefined) return unobserved
  if (status.controllerPause === true && (status.pauseConditions ?? []).length === 0)
    return 'waiting for rollout to unpause'
  return unobservedWorkload(rollout)
}

/** A change of spec or workload that no controller has picked up yet, in words; an unpause under way is not one. */
export const unobservedChange = (rollout: Rollout): string | undefined =>
  unobservedSpec(rollout) ?? unobservedWorkload(rollout)

function unobservedSpec({ metadata, status = {} }: Rollout): string | undefined {
  const observed = parseInteger(status.observedGeneration)
  return observed !== undefined && observed < (metadata.generation ?? 0)
    ? 'waiting for rollout spec update to be observed'
    : undefined
}

function unobservedWorkload({ metadata, spec, status = {} }: Rollout): string | undefined {
  const workload = metadata.annotations?.[annotations.workloadGeneration]
  const observedWorkload = parseInteger(status.workloadObservedGeneration)
  if (spec.workloadRef === undefined || workload === undefined || observedWorkload === undefined) return undefined
  return observedWorkload === parseInteger(workload)
    ? undefined
    : 'waiting for rollout spec update to be observed for the reference workload'
}

/** Phase and message worked out from conditions and counts; first match (VIEW-50…62). */
export function computePhase(rollout: Rollout, status: RolloutStatus): Phase {
  const degraded = degradedBy(status)
  if (degraded !== undefined) return { phase: 'Degraded', message: degraded }
  if (rollout.spec.paused === true) return { phase: 'Paused', message: 'manually paused' }
  const pause = status.pauseConditions?.[0]
  if (pause !== undefined) return { phase: 'Paused', message: pause.reason }
  const waiting = podWait(rollout, status) ?? blueGreenWait(rollout, status) ?? canaryWait(rollout, status)
  return waiting === undefined ? { phase: 'Healthy', message: '' } : progressing(waiting)
}

/** VIEW-50, 51, in the order of the conditions (VIEW-63). */
function degradedBy({ conditions = [] }: RolloutStatus): string | undefined {
  for (const { type, reason, message } of conditions) {
    if (type === 'InvalidSpec') return `InvalidSpec: ${message}`
    if (reason === 'RolloutAborted' || reason === 'ProgressDeadlineExceeded') return `${reason}: ${message}`
  }
  return undefined
}

/** VIEW-54…56. */
function podWait({ spec }: Rollout, status: RolloutStatus): string | undefined {
  const { updatedReplicas: updated = 0, availableReplicas: available = 0 } = status
  if (spec.restartAt !== undefined && !sameSecond(spec.restartAt, status.restartedAt)) return 'rollout is restarting'
  if (updated < replicasOf(spec)) return 'more replicas need to be updated'
  return available < updated ? 'updated replicas are still becoming available' : undefined
}

const progressing = (message: string): Phase => ({ phase: 'Progressing', message })

const isStable = ({ stableRS = '', currentPodHash }: RolloutStatus): boolean =>
  stableRS !== '' && stableRS === currentPodHash

/** VIEW-57…59. */
function blueGreenWait({ spec }: Rollout, status: RolloutStatus): string | undefined {
  const blueGreen = spec.strategy?.blueGreen
  if (blueGreen === undefined) return undefined
  const active = status.blueGreen?.activeSelector ?? ''
  if (active === '' || active !== status.currentPodHash) return 'active service cutover pending'
  if (isStable(status)) return undefined
  const run = status.blueGreen?.postPromotionAnalysisRunStatus
  return blueGreen.postPromotionAnalysis !== undefined && !completedPhases.has(run?.status ?? '')
    ? 'waiting for analysis to complete'
    : 'waiting for post-promotion verification to complete'
}

/** VIEW-63. */
const completedPhases: ReadonlySet<string> = new Set(['Successful', 'Failed', 'Error', 'Inconclusive'])

/** VIEW-60, 61. */
function canaryWait({ spec }: Rollout, status: RolloutStatus): string | undefined {
  const canary = spec.strategy?.canary
  if (canary === undefined) return undefined
  if (canary.trafficRouting === undefined && (status.replicas ?? 0) > (status.updatedReplicas ?? 0))
    return 'old replicas are pending termination'
  return isStable(status) ? undefined : 'waiting for all steps to complete'
}
