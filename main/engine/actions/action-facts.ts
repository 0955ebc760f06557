import type { CanaryStep, Rollout } from '#api/rollout.ts'
import { stepsOf } from '#engine/rollout/spec-defaults.ts'

/** What the rules about actions ask of a Rollout. */
export interface ActionFacts {
  /** `S`: somebody set `spec.paused`. */
  readonly isPausedByUser: boolean
  /** `P`: the controller holds a pause. */
  readonly hasPauseCondition: boolean
  /** `C`: the controller set `status.controllerPause`. */
  readonly isPausedByController: boolean
  /** `current ≠ stable`: an update is under way, or aborted and waiting. */
  readonly isUpdating: boolean
  readonly isAborted: boolean
  readonly isCanary: boolean
  readonly steps: readonly CanaryStep[]
  /** `idx`; the number of steps when all are done. */
  readonly stepIndex: number
  /** The step after the current one, at most the number of steps. */
  readonly nextStepIndex: number
}

export function actionFacts(rollout: Rollout): ActionFacts {
  const { spec, status = {} } = rollout
  const steps = stepsOf(rollout)
  const stepIndex = status.currentStepIndex ?? 0
  return {
    isPausedByUser: spec.paused === true,
    hasPauseCondition: (status.pauseConditions ?? []).length > 0,
    isPausedByController: status.controllerPause === true,
    isUpdating: (status.currentPodHash ?? '') !== (status.stableRS ?? ''),
    isAborted: status.abort === true,
    isCanary: spec.strategy?.canary !== undefined,
    steps,
    stepIndex,
    nextStepIndex: Math.min(stepIndex + 1, steps.length),
  }
}
