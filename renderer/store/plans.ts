import { createStore, type StoreApi } from 'zustand/vanilla'
import { isUnderWay, plannedKeys } from '#contract/attention.ts'
import type { PlanSummaryView, PlanView } from '#contract/plan-views.ts'
import type { RolloutKey } from '#contract/views.ts'
import type { EpochMs } from '#lib/clock.ts'

/** All of a plan, and when it came: what counts down does so from then on. */
export interface SeenPlan {
  readonly plan: PlanView
  readonly at: EpochMs
}

export interface PlansState {
  readonly plans: readonly PlanSummaryView[]
  /** Of the plans under way, all that is known of each. */
  readonly underWay: ReadonlyMap<string, SeenPlan>
  /** False until the list came once. */
  readonly loaded: boolean
  /** Why the list could not be asked for. */
  readonly failed: string | undefined
  /** The plan that a person chose for the strip; it leaves when it is over. */
  readonly chosen: string | undefined
}

export type PlansStore = StoreApi<PlansState>

export const createPlans = (): PlansStore =>
  createStore<PlansState>(() => ({
    plans: [],
    underWay: new Map(),
    loaded: false,
    failed: undefined,
    chosen: undefined,
  }))

/** How much a plan asks for a person; lower comes first. */
function urgencyOf(plan: PlanSummaryView): number {
  if (!isUnderWay(plan)) return plan.phase === 'Ready' ? 5 : 6
  if (plan.phase === 'Running' && plan.waves.some(({ state }) => state === 'Breached')) return 0
  if (plan.unread !== undefined || plan.holds.some(({ by }) => by === 'plan')) return 1
  if (plan.waves.some(({ state }) => state === 'Gate')) return 2
  return plan.holds.length > 0 ? 3 : 4
}

/** Those under way first, what asks for a person before what goes its way, then those to be started, then what is over. */
export const byAttention = (plans: readonly PlanSummaryView[]): readonly PlanSummaryView[] =>
  plans.toSorted((a, b) => urgencyOf(a) - urgencyOf(b) || b.since - a.since || (a.id < b.id ? -1 : 1))

/** The plan of the strip: the chosen one, else the one that asks most. */
export function planAtHand({ plans, chosen }: Pick<PlansState, 'plans' | 'chosen'>): PlanSummaryView | undefined {
  const open = byAttention(plans.filter(isUnderWay))
  return open.find(({ id }) => id === chosen) ?? open[0]
}

const noKeys: ReadonlySet<RolloutKey> = new Set()

/** Rollouts that differ because a plan under way is between two versions (UI-STAT-7). */
export const explainedBy = (underWay: PlansState['underWay']): ReadonlySet<RolloutKey> =>
  underWay.size === 0 ? noKeys : plannedKeys([...underWay.values()].map(({ plan }) => plan))

/** Context → numbers of the waves that have a member there, the first is 1. */
export function wavesByContext(plan: PlanView): ReadonlyMap<string, readonly number[]> {
  const found = new Map<string, readonly number[]>()
  for (const [index, { members }] of plan.waveViews.entries())
    for (const context of new Set(members.map((member) => member.context)))
      found.set(context, [...(found.get(context) ?? []), index + 1])
  return found
}
