import type { FleetPlan } from '#engine/fleet-plan/document.ts'
import { isLater } from '#engine/fleet-plan/move-home.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import { failureText } from '#main/controller/failure-text.ts'
import { PlanStore } from '#main/fleet-plan/plan-store.ts'
import type { Target } from './targets.ts'

/** A plan and the cluster that keeps it. */
export interface FoundPlan {
  readonly plan: FleetPlan
  readonly home: Target
}

export interface FoundPlans {
  readonly plans: readonly FoundPlan[]
  /** Clusters that could not be asked, and why. */
  readonly problems: readonly string[]
}

/** All plans that these clusters keep, the latest first. */
export async function findPlans(targets: readonly Target[]): Promise<FoundPlans> {
  const found = await Promise.all(targets.map(async (home) => ({ home, answer: await PlanStore.find(home.client) })))
  const plans = found.flatMap(({ home, answer }) =>
    answer.ok ? answer.value.map((plan): FoundPlan => ({ plan, home })) : [],
  )
  return {
    plans: plans.toSorted((a, b) => (a.plan.id < b.plan.id ? 1 : -1)),
    problems: found.flatMap(({ home, answer }) => (answer.ok ? [] : [`${home.context}: ${failureText(answer.error)}`])),
  }
}

/** By its name, or by the beginning of its id. Failure: what to write instead. */
export async function findPlan(targets: readonly Target[], wanted: string): Promise<Outcome<FoundPlan, string>> {
  const { plans: all, problems } = await findPlans(targets)
  // The copy that a lost home has brought back is not the plan (PC-4).
  const plans = all.filter((each) => !all.some(({ plan }) => plan.id === each.plan.id && isLater(plan, each.plan)))
  const byId = plans.filter(({ plan }) => plan.id.startsWith(wanted.toUpperCase()))
  const matching = byId.length > 0 ? byId : plans.filter(({ plan }) => plan.name === wanted)
  const [first, second] = matching
  if (first === undefined) {
    const where = targets.map(({ context }) => context).join(', ')
    return failure([`there is no plan "${wanted}" in ${where}`, ...problems].join('\n'))
  }
  if (second !== undefined)
    return failure(
      `"${wanted}" is the name of ${matching.length} plans: write the id, ${matching.map(({ plan }) => plan.id).join(' or ')}`,
    )
  return success(first)
}
