import type { ReplicaSet } from '#api/apps.ts'
import { annotations } from '#api/keys.ts'
import { annotationOf, createdAt, deadlineOf, podHashOf } from './replica-set/facts.ts'
import type { Situation } from './situation.ts'

/** Going back to an earlier ReplicaSet, told by creation times and never by revision numbers (REC-173). */

/** REC-90: the current ReplicaSet is older than stable by fewer than `rollbackWindow.revisions` others. */
export function isWithinRollbackWindow({ spec, currentRS, stableRS, replicaSets }: Situation): boolean {
  const revisions = spec.rollbackWindow?.revisions ?? 0
  if (currentRS === undefined || stableRS === undefined || revisions <= 0) return false
  const [from, to] = [createdAt(currentRS), createdAt(stableRS)]
  if (from >= to) return false
  const isBetween = (rs: ReplicaSet): boolean => from < createdAt(rs) && createdAt(rs) < to
  // API-150: those that experiments made are no revisions.
  const isExperiment = (rs: ReplicaSet): boolean => (annotationOf(rs, annotations.experimentName) ?? '') !== ''
  return replicaSets.filter((rs) => isBetween(rs) && !isExperiment(rs)).length < revisions
}

/** REC-90a. Also true in the steady state: an idle rollout cannot be told from one that went back to stable. */
export function isRollback({ status, currentRS, stableRS }: Situation): boolean {
  if (currentRS === undefined || stableRS === undefined) return false
  return podHashOf(currentRS) === status.stableRS || createdAt(currentRS) < createdAt(stableRS)
}

/** REC-90a: a rollback that may skip steps, pauses and analysis. */
export const isFastRollback = (situation: Situation): boolean =>
  isRollback(situation) &&
  (isWithinRollbackWindow(situation) ||
    isWithinScaleDownDelay(situation) ||
    podHashOf(situation.currentRS) === situation.status.stableRS)

export const fastRollbackReason = (situation: Situation): string =>
  isWithinRollbackWindow(situation) ? 'Rollback within window' : 'Fast rollback'

/** Blue-green only: the previous ReplicaSet is still up, waiting to be scaled down (BG-76). */
function isWithinScaleDownDelay({ spec, currentRS, now }: Situation): boolean {
  const deadline = deadlineOf(currentRS)
  return spec.strategy?.blueGreen !== undefined && deadline !== undefined && deadline > now
}
