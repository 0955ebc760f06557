import type { RolloutStatus } from '#api/rollout.ts'
import type { EpochMs } from '#lib/clock.ts'
import { parseTime } from '#lib/rfc3339.ts'
import { currentStep } from '../canary/steps.ts'
import { hasDeadline } from '../replica-set/facts.ts'
import type { Situation } from '../situation.ts'
import { progressDeadlineSecondsOf, stepsOf } from '../spec-defaults.ts'
import { findCondition } from './condition-list.ts'
import type { StatusFields } from './draft.ts'

/** Is the update getting anywhere, is it done, has it run out of time (REC-67…73). */

const count = (value: number | undefined): number => value ?? 0
const text = (value: string | undefined): string => value ?? ''

/** REC-67. Asks the *previous* observedGeneration, so a rollout is never Healthy in the round that sees a new spec. */
export function isHealthy({ spec, status, rollout, replicas }: Situation, next: StatusFields): boolean {
  return (
    count(next.updatedReplicas) === replicas &&
    count(next.availableReplicas) === replicas &&
    status.observedGeneration === String(rollout.metadata.generation ?? 0) &&
    (spec.strategy?.blueGreen !== undefined
      ? isBlueGreenComplete(next, text(spec.strategy.blueGreen.previewService) !== '')
      : isCanaryComplete(next, stepsOf(rollout).length, replicas))
  )
}

const isBlueGreenComplete = ({ blueGreen, currentPodHash }: StatusFields, hasPreview: boolean): boolean =>
  text(blueGreen.activeSelector) === text(currentPodHash) &&
  (!hasPreview || text(blueGreen.previewSelector) === text(currentPodHash))

const isCanaryComplete = (next: StatusFields, stepCount: number, replicas: number): boolean =>
  (stepCount === 0 || next.currentStepIndex === undefined || next.currentStepIndex === stepCount) &&
  isCompleted(next) &&
  count(next.replicas) === replicas

/** The current template is the stable one (condition Completed). */
export const isCompleted = (status: Pick<StatusFields, 'stableRS' | 'currentPodHash'>): boolean =>
  text(status.stableRS) !== '' && status.stableRS === status.currentPodHash

/** REC-68: something moved between the stored status and the next one. */
export function madeProgress({ spec, status }: Situation, next: StatusFields): boolean {
  const oldPods = (of: Pick<RolloutStatus, 'replicas' | 'updatedReplicas'> | StatusFields): number =>
    count(of.replicas) - count(of.updatedReplicas)
  return (
    count(next.updatedReplicas) !== count(status.updatedReplicas) ||
    oldPods(next) < oldPods(status) ||
    count(next.readyReplicas) > count(status.readyReplicas) ||
    count(next.availableReplicas) > count(status.availableReplicas) ||
    (spec.strategy?.blueGreen !== undefined && selectorsMoved(status, next)) ||
    (spec.strategy?.canary !== undefined && stepsMoved(status, next))
  )
}

const selectorsMoved = (status: RolloutStatus, next: StatusFields): boolean =>
  text(status.blueGreen?.activeSelector) !== text(next.blueGreen.activeSelector) ||
  text(status.blueGreen?.previewSelector) !== text(next.blueGreen.previewSelector)

const stepsMoved = (status: RolloutStatus, next: StatusFields): boolean =>
  text(status.stableRS) !== text(next.stableRS) ||
  text(status.currentStepHash) !== text(next.currentStepHash) ||
  (status.currentStepIndex !== undefined &&
    next.currentStepIndex !== undefined &&
    status.currentStepIndex !== next.currentStepIndex)

/** REC-69: standing at a step that may take as long as it likes, or paused. */
export function isIndefinite({ rollout, status }: Situation): boolean {
  const step = currentStep(rollout, status)
  return (
    step?.experiment !== undefined ||
    step?.analysis !== undefined ||
    step?.pause !== undefined ||
    findCondition(status.conditions ?? [], 'Paused')?.status === 'True'
  )
}

/** Old ReplicaSets that are still inside their scale-down delay explain a lack of progress. */
export const awaitsScaleDown = ({ otherRSs }: Situation): boolean => otherRSs.some(hasDeadline)

/** REC-71. */
export function isTimedOut({ spec, now }: Situation, conditions: StatusFields['conditions']): boolean {
  const progressing = findCondition(conditions ?? [], 'Progressing')
  if (progressing === undefined) return false
  if (progressing.reason === 'RolloutAborted' || progressing.reason === 'RolloutPaused') return false
  if (progressing.reason === 'ProgressDeadlineExceeded') return true
  const updatedAt = parseTime(progressing.lastUpdateTime)
  return updatedAt !== undefined && updatedAt + progressDeadlineSecondsOf(spec) * 1000 < now
}

/** When to look again at an update that may be stuck (REC-73); `undefined` when there is nothing to wait for. */
export function stuckCheckAt(situation: Situation, next: StatusFields): EpochMs | undefined {
  const { spec, status, now } = situation
  const progressing = findCondition(status.conditions ?? [], 'Progressing')
  const isPaused = (status.pauseConditions ?? []).length > 0 || spec.paused === true
  if (progressing === undefined || progressing.reason === 'ProgressDeadlineExceeded') return undefined
  if (isPaused || status.abort === true || isIndefinite(situation) || isHealthy(situation, next)) return undefined
  const updatedAt = parseTime(progressing.lastUpdateTime)
  if (updatedAt === undefined) return undefined
  const after = updatedAt + progressDeadlineSecondsOf(spec) * 1000 - now
  // Past, yet not timed out: an old ReplicaSet's delay holds the verdict back, and that sets its own alarm.
  return after < 0 ? undefined : now + after + 1000
}
