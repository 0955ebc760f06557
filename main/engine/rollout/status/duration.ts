import type { PauseReason, Rollout, RolloutDuration } from '#api/rollout.ts'
import { formatSeconds, parseTime } from '#lib/rfc3339.ts'
import { currentStep } from '../canary/steps.ts'
import { availableOf } from '../replica-set/facts.ts'
import { isFastRollback, isRollback } from '../rollback.ts'
import type { Situation } from '../situation.ts'
import { isAutoPromoted } from '../spec-defaults.ts'
import { isUpdateNew } from '../update.ts'
import { findCondition } from './condition-list.ts'
import type { StatusFields } from './draft.ts'

/**
 * How long one attempt to roll out took, and how much of it waited for a person (REC-130…132).
 * @param next the status with pauses and conditions in place; its `duration` may already carry a completion status
 */
export function nextDuration(situation: Situation, next: StatusFields, aborted: boolean): RolloutDuration | undefined {
  const stored = situation.status.duration
  if (findCondition(next.conditions ?? [], 'InvalidSpec') !== undefined) return next.duration
  const promoted = isPromotedAndUp(situation, next)
  const running = stored?.rolloutStartedAt !== undefined && stored.finishedAt === undefined
  const attempt = running ? continued(situation, next.duration ?? {}, promoted, aborted) : next.duration
  const started =
    attempt === undefined || (attempt.finishedAt !== undefined && !promoted)
      ? start(situation, promoted, aborted)
      : undefined
  const current = started ?? attempt
  if (current === undefined || current.finishedAt !== undefined) return current
  return trackManualPause(situation, next, current)
}

function isPromotedAndUp({ currentRS, replicas }: Situation, next: StatusFields): boolean {
  return next.stableRS === next.currentPodHash && currentRS !== undefined && availableOf(currentRS) >= replicas
}

/** REC-131: does the running attempt go on, and if not, how did it end. */
function continued(
  situation: Situation,
  attempt: RolloutDuration,
  promoted: boolean,
  aborted: boolean,
): RolloutDuration {
  const supersedes = isUpdateNew(situation) && !isRollback(situation)
  if (supersedes) return finish(situation, attempt, 'Superseded')
  const status = isUpdateNew(situation)
    ? isFastRollback(situation)
      ? 'FastRolledBack'
      : 'RolledBack'
    : attempt.completionStatus
  if (promoted) return finish(situation, attempt, status ?? 'Promoted')
  if (aborted) return finish(situation, attempt, status ?? 'Aborted')
  return status === undefined ? attempt : { ...attempt, completionStatus: status }
}

/** REC-130: a new update, or a retry after an abort, starts an attempt. */
function start(situation: Situation, promoted: boolean, aborted: boolean): RolloutDuration | undefined {
  const progressing = findCondition(situation.status.conditions ?? [], 'Progressing')
  const isRetry = !aborted && progressing?.reason === 'RolloutAborted'
  if (!(isUpdateNew(situation) && !promoted) && !isRetry) return undefined
  return { rolloutStartedAt: formatSeconds(situation.now) }
}

function finish(situation: Situation, attempt: RolloutDuration, completionStatus: string): RolloutDuration {
  return { ...endManualPause(situation, attempt), finishedAt: formatSeconds(situation.now), completionStatus }
}

function trackManualPause(situation: Situation, next: StatusFields, attempt: RolloutDuration): RolloutDuration {
  const isManual =
    situation.spec.paused === true ||
    (next.pauseConditions ?? []).some(({ reason }) => needsPerson(reason, situation.rollout, situation))
  if (!isManual) return endManualPause(situation, attempt)
  return attempt.manualPauseStartedAt === undefined
    ? { ...attempt, manualPauseStartedAt: formatSeconds(situation.now) }
    : attempt
}

function endManualPause({ now }: Situation, attempt: RolloutDuration): RolloutDuration {
  const { manualPauseStartedAt, ...rest } = attempt
  const startedAt = parseTime(manualPauseStartedAt)
  if (startedAt === undefined) return attempt
  const pausedSeconds = Math.trunc((now - startedAt) / 1000)
  return { ...rest, totalManualPauseDurationSeconds: (rest.totalManualPauseDurationSeconds ?? 0) + pausedSeconds }
}

function needsPerson(reason: PauseReason, rollout: Rollout, { status }: Situation): boolean {
  if (reason === 'CanaryPauseStep') {
    const pause = currentStep(rollout, status)?.pause
    return pause !== undefined && pause.duration === undefined
  }
  if (reason === 'BlueGreenPause') {
    const blueGreen = rollout.spec.strategy?.blueGreen
    return blueGreen !== undefined && !isAutoPromoted(blueGreen)
  }
  return true
}
