import type { ReplicaSet } from '#api/apps.ts'
import type { EpochMs } from '#lib/clock.ts'
import type { Situation } from '../situation.ts'
import { scaleDownDelayRevisionLimitOf, scaleDownDelaySecondsOf } from '../spec-defaults.ts'
import type { ReplicaSetChange } from './change.ts'
import { deadlineOf, hasDeadline, isActive, newestRevisionFirst, sizeOf } from './facts.ts'

export interface Delayed {
  readonly changes: readonly ReplicaSetChange[]
  /** The next deadline. */
  readonly requeueAt: EpochMs | undefined
}

/**
 * Keeps replaced ReplicaSets up for the scale-down delay, newest revision first, no more of them than the limit allows
 * (REC-111, REC-112). A delay of 0 keeps them up until the limit pushes them out (REC-113).
 * @param holdSize the size of one that waits for its deadline
 */
export function delayScaleDown(
  replicaSets: readonly ReplicaSet[],
  holdSize: (rs: ReplicaSet) => number,
  { spec, now }: Situation,
): Delayed {
  const limit = scaleDownDelayRevisionLimitOf(spec)
  const delaySeconds = scaleDownDelaySecondsOf(spec)
  const deadline = Math.trunc(now / 1000) * 1000 + delaySeconds * 1000
  const waiting = replicaSets.filter(isActive).toSorted(newestRevisionFirst)
  const changes = waiting.map((rs, delayed): ReplicaSetChange => {
    if (delayed >= limit) return { rs, size: 0, because: 'REC-111' }
    if (!hasDeadline(rs))
      return { rs, size: sizeOf(rs), ...(delaySeconds > 0 && { deadline }), renewsDesired: false, because: 'REC-111' }
    const isWaiting = (deadlineOf(rs) ?? 0) > now
    return isWaiting ? { rs, size: holdSize(rs), because: 'BG-16' } : { rs, size: 0, because: 'REC-111' }
  })
  const deadlines = changes.flatMap(({ rs, size, deadline: set }) =>
    size === 0 ? [] : [typeof set === 'number' ? set : (deadlineOf(rs) ?? Number.POSITIVE_INFINITY)],
  )
  const next = Math.min(...deadlines)
  return { changes, requeueAt: Number.isFinite(next) ? next : undefined }
}
