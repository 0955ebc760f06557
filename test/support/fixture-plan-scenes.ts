import type { PlanSummaryView, PlanView } from '#contract/plan-views.ts'
import type { EpochMs } from '#lib/clock.ts'
import { largePlan } from './fixture-large-plan.ts'
import { longPlan, otherPlans } from './fixture-plan-states.ts'
import { checkoutPlan } from './fixture-plans.ts'

export type PlansScene = 'one' | 'many' | 'long' | 'none'

/** The plans of a scene. */
export function plansOf(scene: PlansScene, now: EpochMs): readonly PlanView[] {
  if (scene === 'none') return []
  if (scene === 'long') return [longPlan(now)]
  return scene === 'one' ? [checkoutPlan(now)] : [checkoutPlan(now), largePlan(now), ...otherPlans(now)]
}

/** What the list has of a plan. */
export function summaryOf({
  waveViews,
  explanation: _why,
  nextActs: _acts,
  ending: _ending,
  events: _events,
  ...plan
}: PlanView): PlanSummaryView {
  return {
    ...plan,
    waves: waveViews.map(({ name, state, since, isLate, memberCount, doneCount, failedCount }) => ({
      name,
      ...(isLate === true && { isLate }),
      state,
      since,
      memberCount,
      doneCount,
      failedCount,
    })),
  }
}
