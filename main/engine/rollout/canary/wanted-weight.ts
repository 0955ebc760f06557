import { isFullPromotionWanted } from '../promotion.ts'
import { availableOf, podHashOf } from '../replica-set/facts.ts'
import type { Release } from '../situation.ts'
import { isDynamic, maxWeightOf } from '../spec-defaults.ts'
import { stepCountOf } from '../update.ts'
import { isAtRoutedSplit, routedSplit } from './routed-split.ts'
import { isStableUp } from './stable-capacity.ts'
import { currentSetWeight, previousSetWeight, retreatWeight } from './weight.ts'

/** What the router is to send to the canary in this pass, and what goes with it. */
export interface WantedWeight {
  /** 0…`maxTrafficWeight`. */
  readonly weight: number
  /** The hash that is the canary's (TR-9, S1). */
  readonly canaryHash: string
  /** Routes that steps have made go (TR-34). */
  readonly removesRoutes: boolean
  /** Header and mirror routes are made while their step is the current one (TR-18). */
  readonly makesRoutes: boolean
  /** Templates of an Experiment get their weights (TR-16). */
  readonly hasDestinations: boolean
  /**
   * The canary Service goes back to stable at once, whether or not that is available (SVC-10). Differs from the reference under
   * `dynamicStableScale`, where the status may not tell of weight that was sent: there stable must have its pods.
   */
  readonly returnsService: boolean
}

/**
 * The weight of this pass; the first row that fits (TR-10, CAN-90).
 * Differs from the reference in rows S1, S2, S3 and S5, where it makes the route of a header or mirror step at hand anew just after it has
 * removed it: after an abort at step 0 the route stays for ever (TR-18a). Also in S5 under `dynamicStableScale`, where its quotient may
 * exceed the maximum, or divides by zero (TR-13).
 */
export function wantedWeight(release: Release): WantedWeight {
  const { currentRS, status, spec, isFullyPromoted, isAborted } = release
  const canaryHash = podHashOf(currentRS)
  const plain = { canaryHash, removesRoutes: false, makesRoutes: false, hasDestinations: false, returnsService: false }
  if (isRollingBackToStable(release)) {
    const storedHash = status.canary?.weights?.canary.podTemplateHash ?? ''
    return { ...plain, weight: retreat(release), canaryHash: storedHash }
  }
  if (isFullyPromoted) return { ...plain, weight: 0, removesRoutes: true }
  if (isAborted) {
    const weight = retreat(release)
    const returnsService = !isDynamic(spec) || (weight === 0 && isStableUp(release, 0))
    return { ...plain, weight, canaryHash: hashInRetreat(release, weight), removesRoutes: true, returnsService }
  }
  if (availableOf(currentRS) === 0)
    return { ...plain, weight: 0, removesRoutes: true, makesRoutes: true, hasDestinations: true }
  if (isFullPromotionWanted(release)) return { ...plain, weight: promotionWeight(release), removesRoutes: true }
  return { ...plain, ...stepWeight(release), makesRoutes: true }
}

/**
 * Somebody went back to the stable template in the middle of an update: stable must grow before it can take the traffic, and until then
 * the weights stay with the ReplicaSet that has them (TR-11, CAN-98).
 */
export function isRollingBackToStable(release: Release): boolean {
  const { isFullyPromoted, spec, status, currentRS, replicas } = release
  const weights = status.canary?.weights
  return (
    isFullyPromoted &&
    isDynamic(spec) &&
    weights !== undefined &&
    weights.canary.podTemplateHash !== podHashOf(currentRS) &&
    availableOf(currentRS) < replicas
  )
}

/**
 * Differs from the reference after the abort of an update whose pods never came up, while the one before it still has requests: they stay
 * with it until stable takes them.
 */
function hashInRetreat({ currentRS, status }: Release, weight: number): string {
  const storedHash = status.canary?.weights?.canary.podTemplateHash ?? ''
  return weight > 0 && availableOf(currentRS) === 0 && storedHash !== '' ? storedHash : podHashOf(currentRS)
}

/** TR-14, CAN-92: how far the traffic can go back as yet, for stable must be able to carry it. Never more than it is. */
function retreat(release: Release): number {
  const { spec, status, stableRS, replicas } = release
  if (!isDynamic(spec) || stableRS === undefined || replicas === 0) return 0
  const max = maxWeightOf(spec)
  const carried = Math.floor((max * availableOf(stableRS)) / replicas)
  const byStable = Math.max(0, max - carried)
  const wanted = retreatWeight(release)
  const present = status.canary?.weights?.canary.weight
  if (present === undefined) return Math.max(byStable, wanted)
  if (wanted <= 0) return Math.min(byStable, present)
  return carried < max - wanted ? present : Math.min(wanted, present)
}

/** Row S5. */
function promotionWeight({ spec, status, currentRS, replicas }: Release): number {
  if (!isDynamic(spec)) return status.canary?.weights?.canary.weight ?? 0
  const max = maxWeightOf(spec)
  return replicas === 0 ? 0 : Math.min(max, Math.floor((max * availableOf(currentRS)) / replicas))
}

/**
 * Rows S6 and S7: the weight of the step once the canary can carry it, and until then that of the steps before it.
 * Differs from the reference where a step lowers the weight: it takes pods from the canary first, all of them at `setWeight: 0`, and then
 * the requests that went there. Here those go first.
 */
function stepWeight(release: Release): { readonly weight: number; readonly hasDestinations: boolean } {
  const { status, spec } = release
  const steps = stepCountOf(release)
  if (steps === 0) return { weight: 0, hasDestinations: false }
  if (!isAtRoutedSplit(release, undefined)) {
    const canCarry = availableOf(release.currentRS) >= routedSplit(release, undefined).canary
    const before = previousSetWeight(release)
    return { weight: canCarry ? Math.min(before, currentSetWeight(release)) : before, hasDestinations: true }
  }
  const isDone = (status.currentStepIndex ?? 0) >= steps
  return isDone
    ? { weight: maxWeightOf(spec), hasDestinations: false }
    : { weight: currentSetWeight(release), hasDestinations: true }
}
