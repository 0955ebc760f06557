import type { Rollout } from '#api/rollout.ts'
import { type ChangeSeen, type Checker, hasRollbackWindow, knownAvailable, rolloutChange, stepsOf } from '../checker.ts'

/**
 * Within one revision a controller moves the step index forward by one, or to the end when everything left is skipped; back to the
 * first step only after an abort. A new revision begins at the first step, and becomes stable after the last.
 */
export const stepsForward = (): Checker => ({
  name: 'steps forward',
  rules: ['CAN-50', 'CAN-51', 'CAN-52', 'CAN-53', 'REC-96'],
  onChange(seen) {
    const moved = rolloutChange(seen)
    // A change of strategy begins anew with the first round that sees it (REC-97), and what was decided before may still arrive.
    const isCanary = seen.decided?.world.rollout.spec.strategy?.canary !== undefined
    if (!isCanary || moved?.before.spec.strategy?.canary === undefined) return undefined
    const { before, after } = moved
    return wrongIndex(before, after) ?? wrongPromotion(before, after) ?? promotedUnready(seen, moved)
  },
})

function wrongIndex(before: Rollout, after: Rollout): string | undefined {
  const count = stepsOf(before.spec).length
  const [from, to] = [before.status?.currentStepIndex, after.status?.currentStepIndex]
  if (from === to && !isReset(before, after)) return undefined
  if (to === undefined) return count === 0 ? undefined : `the step index is gone, there are ${count} steps`
  if (maySkip(before, after) && to === count) return undefined
  if (isReset(before, after)) return to === 0 ? undefined : `a new update begins at step ${to}`
  // An analysis aborts and goes back in one write.
  const isAborted = before.status?.abort === true || after.status?.abort === true
  if (from === undefined || (isAborted && to === 0)) return undefined
  return to === from + 1 ? undefined : `the step index went from ${from} to ${to} of ${count}`
}

const isReset = (before: Rollout, after: Rollout): boolean =>
  before.status?.currentPodHash !== after.status?.currentPodHash ||
  before.status?.currentStepHash !== after.status?.currentStepHash

/** Full promotion, the very first deploy, and going back to stable or within the rollback window. */
function maySkip({ spec, status }: Rollout, after: Rollout): boolean {
  return (
    status?.promoteFull === true ||
    (status?.stableRS ?? '') === '' ||
    after.status?.currentPodHash === status?.stableRS ||
    hasRollbackWindow(spec)
  )
}

function wrongPromotion(before: Rollout, after: Rollout): string | undefined {
  if (before.status?.stableRS === after.status?.stableRS || maySkip(before, after)) return undefined
  const [index = 0, count] = [before.status?.currentStepIndex, stepsOf(before.spec).length]
  if (before.status?.abort === true) return 'an aborted update became stable'
  return index === count ? undefined : `the update became stable at step ${index} of ${count}`
}

/** By what its writer knew, every pod was available; only a very first deploy is stable at once (CAN-4). */
function promotedUnready(
  { decided, specs }: ChangeSeen,
  { before, after }: { readonly before: Rollout; readonly after: Rollout },
): string | undefined {
  const { stableRS = '' } = before.status ?? {}
  const promoted = after.status?.stableRS ?? ''
  if (decided === undefined || stableRS === '' || stableRS === promoted) return undefined
  const available = knownAvailable(decided, promoted)
  const needed = Math.min(...specs.map(({ replicas = 1 }) => replicas))
  return available >= needed ? undefined : `${promoted} became stable with ${available} of ${needed} pods available`
}
