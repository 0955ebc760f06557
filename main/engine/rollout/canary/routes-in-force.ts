import type { CanaryStep, HeaderRoute, MirrorRoute, Rollout, SetCanaryScale } from '#api/rollout.ts'
import { isFullPromotionWanted } from '../promotion.ts'
import { type Situation, separateStableRS } from '../situation.ts'
import { stepsOf } from '../spec-defaults.ts'

/** A route that a step makes and that stays until the update ends, or a later step removes it. */
export type StepRoute =
  | { readonly kind: 'header'; readonly stepIndex: number; readonly route: HeaderRoute }
  | { readonly kind: 'mirror'; readonly stepIndex: number; readonly route: MirrorRoute }

/** The routes that the steps up to the current one have made, in the order of the steps; none outside of an update (TR-18, TR-34). */
export function routesInForce(situation: Situation): readonly StepRoute[] {
  const { rollout, status, isAborted } = situation
  const index = status.currentStepIndex ?? 0
  const steps = stepsOf(rollout)
  const isOver = index >= steps.length || isFullPromotionWanted(situation)
  if (isAborted || isOver || separateStableRS(situation) === undefined) return []
  const made = steps.slice(0, index + 1).flatMap(stepRoute)
  const isLast = (each: StepRoute, i: number): boolean =>
    !made.slice(i + 1).some((later) => later.kind === each.kind && later.route.name === each.route.name)
  return made.filter(isLast).filter(({ route }) => (route.match ?? []).length > 0)
}

function stepRoute({ setHeaderRoute, setMirrorRoute }: CanaryStep, stepIndex: number): readonly StepRoute[] {
  if (setHeaderRoute !== undefined) return [{ kind: 'header', stepIndex, route: setHeaderRoute }]
  return setMirrorRoute === undefined ? [] : [{ kind: 'mirror', stepIndex, route: setMirrorRoute }]
}

/**
 * Steps that make a route while no step before them has given the canary a pod: the step is complete at once, the route is removed in the
 * next pass, and never comes back (TR-18a).
 */
export function routesWithoutPods(rollout: Rollout): readonly StepRoute[] {
  const steps = stepsOf(rollout)
  const first = steps.findIndex(({ setWeight = 0, setCanaryScale }) => setWeight > 0 || givesPods(setCanaryScale))
  return (first < 0 ? steps : steps.slice(0, first))
    .flatMap(stepRoute)
    .filter(({ route }) => (route.match ?? []).length > 0)
}

const givesPods = (scale: SetCanaryScale | undefined): boolean => (scale?.replicas ?? scale?.weight ?? 0) > 0
