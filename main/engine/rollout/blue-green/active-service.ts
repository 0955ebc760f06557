import { isPrePromotionPassed } from '../analysis/blue-green.ts'
import { isHalted } from '../halt.ts'
import { isFullPromotionWanted } from '../promotion.ts'
import { availableOf, isSaturated, podHashOf } from '../replica-set/facts.ts'
import { isWithinRollbackWindow } from '../rollback.ts'
import { selectedHash, serviceNamed } from '../services.ts'
import type { Release } from '../situation.ts'
import { isFastTracked, isPauseComplete } from './pause.ts'
import { isReady } from './replica-sets.ts'

/**
 * The hash that the active Service should select after this round (BG-35).
 *
 * An abort moves it back to stable. The reference does so only while the current ReplicaSet is saturated, and so leaves
 * traffic on crashing pods and then scales them to 0; here it is enough that stable can carry everything (BG-63).
 */
export function wantedActiveHash(release: Release): string {
  const { currentRS, stableRS, replicas, spec } = release
  const present = selectedHash(serviceNamed(release, spec.strategy?.blueGreen?.activeService))
  if (isHalted(release)) return present
  if (staysAborted(release)) {
    const isStableUp = stableRS !== undefined && availableOf(stableRS) >= replicas
    return isStableUp ? podHashOf(stableRS) : present
  }
  if (!isReady(release) || !isSaturated(currentRS, replicas)) return present
  const isApproved = isPauseComplete(release) && isPrePromotionPassed(release)
  return isFastTracked(release) || isApproved ? podHashOf(currentRS) : present
}

/** Full promotion and a rollback within the window drop the abort in this very round. */
const staysAborted = (release: Release): boolean =>
  release.isAborted && !isFullPromotionWanted(release) && !isWithinRollbackWindow(release)
