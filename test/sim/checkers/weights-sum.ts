import type { Rollout, RolloutSpec } from '#api/rollout.ts'
import { podHashOf, sizeOf } from '#engine/rollout/replica-set/facts.ts'
import { resolveAmount } from '#lib/int-or-string.ts'
import {
  type ChangeSeen,
  type Checker,
  hasRollbackWindow,
  replicaSetChange,
  rolloutChange,
  sizesOf,
  stepsOf,
  weightAtStep,
} from '../checker.ts'
import type { Decided } from '../controller-process.ts'
import { isRoutedSpec } from '../routed-traffic.ts'

/**
 * Weights in the status sum to the maximum. Without a traffic router pods are the weight: a `setWeight` step that counts as done
 * has canary and stable at the split nearest to it, and no canary ever grows beyond the weight of its step.
 */
export const weightsSum = (): Checker => ({
  name: 'weights sum',
  rules: ['CAN-30', 'CAN-31', 'CAN-41'],
  onChange(seen) {
    if (seen.decided === undefined) return undefined
    const moved = rolloutChange(seen)
    if (seen.specs.some(isRoutedSpec)) return moved && wrongSum(moved.after)
    if (moved === undefined) return tooMuchCanary(seen, seen.decided)
    return wrongSum(moved.after) ?? wrongSplit(seen, moved)
  },
})

function wrongSum({ spec, status }: Rollout): string | undefined {
  const weights = status?.canary?.weights
  if (weights === undefined) return undefined
  const all = [weights.canary, weights.stable, ...(weights.additional ?? [])]
  const sum = all.reduce((total, each) => total + (each.weight ?? 0), 0)
  const wanted = spec.strategy?.canary?.trafficRouting?.maxTrafficWeight ?? 100
  return sum === wanted ? undefined : `the weights sum to ${sum}, not ${wanted}`
}

function wrongSplit(
  { specs, replicaSets }: ChangeSeen,
  { before, after }: { readonly before: Rollout; readonly after: Rollout },
): string | undefined {
  const { currentStepIndex: index = 0, currentPodHash, stableRS, promoteFull } = before.status ?? {}
  const weight = stepsOf(before.spec)[index]?.setWeight
  const isDone =
    after.status?.currentStepIndex === index + 1 &&
    after.status.currentPodHash === currentPodHash &&
    promoteFull !== true
  if (!isDone || hasRollbackWindow(before.spec) || weight === undefined) return undefined
  if (currentPodHash === stableRS || stableRS === undefined) return undefined
  const sizeBy = (hash: string | undefined) => sizeOf(replicaSets.find((rs) => podHashOf(rs) === hash))
  const [canary, stable] = [sizeBy(currentPodHash), sizeBy(stableRS)]
  return specs.some((spec) => isNearest(spec, weight, canary, canary + stable))
    ? undefined
    : `step ${index} (setWeight ${weight}) counts as done with ${canary} canary and ${stable} stable pods of ${before.spec.replicas}: ${sizesOf(replicaSets)}`
}

/** Only what still has to begin, or is at a step, has a weight: not a full promotion, nor a way back. */
function tooMuchCanary(seen: ChangeSeen, { world }: Decided): string | undefined {
  const grown = replicaSetChange(seen)?.after
  const { spec, status = {} } = world.rollout
  if (grown === undefined || !hasGrown(seen) || !isWeighed(world.rollout, podHashOf(grown))) return undefined
  const isNew = status.currentPodHash !== podHashOf(grown)
  const weight = weightAtStep(spec, isNew ? 0 : (status.currentStepIndex ?? 0))
  const most = Math.max(...seen.specs.map(({ replicas = 1 }) => Math.ceil((replicas * weight) / 100)))
  return sizeOf(grown) <= most
    ? undefined
    : `${grown.metadata.name} grew to ${sizeOf(grown)} pods at weight ${weight}, which is at most ${most}: ${sizesOf(seen.replicaSets)}`
}

function hasGrown(seen: ChangeSeen): boolean {
  const sizes = replicaSetChange(seen)
  return sizes !== undefined && sizeOf(sizes.after) > sizeOf(sizes.before)
}

function isWeighed({ spec, status = {} }: Rollout, hash: string): boolean {
  const { stableRS = '', currentPodHash, promoteFull } = status
  const isUpdate = stableRS !== '' && stableRS !== hash && stepsOf(spec).length > 0
  return isUpdate && !hasRollbackWindow(spec) && !(currentPodHash === hash && promoteFull === true)
}

/** No other allowed split comes closer to the weight. */
function isNearest(spec: RolloutSpec, weight: number, canary: number, total: number): boolean {
  const replicas = spec.replicas ?? 1
  if (replicas === 0) return canary === 0 && total === 0
  const hasSurge = (resolveAmount(spec.strategy?.canary?.maxSurge ?? '25%', replicas, 'up') ?? 0) > 0
  const mayBeEmpty = weight === 0 || weight === 100 || (replicas === 1 && !hasSurge)
  const exact = (replicas * weight) / 100
  const allowed = (hasSurge ? [replicas, replicas + 1] : [replicas])
    .flatMap((of) => [Math.ceil(exact), Math.floor(exact)].map((pods) => ({ pods, of })))
    .filter(({ pods, of }) => pods <= of && (mayBeEmpty || (pods > 0 && pods < of)))
  const distance = (pods: number, of: number) => Math.abs((pods / of) * 100 - weight)
  return (
    allowed.some((each) => each.pods === canary && each.of === total) &&
    allowed.every((each) => distance(canary, total) <= distance(each.pods, each.of) + 1e-9)
  )
}
