import { isUnderWay } from '#contract/attention.ts'
import type { PlanSummaryView } from '#contract/plan-views.ts'
import type { Dispose } from '#lib/clock.ts'
import type { App } from './app.ts'

/** The list of plans, and all of each that is under way, for as long as the window is there. */
export function followPlans({ bridge, plans, clock }: App) {
  const followed = new Map<string, Dispose>()

  const follow = (id: string): Dispose =>
    bridge.subscribe('plan.changed', { id }, (plan) => {
      if (plan === null || !followed.has(id)) return
      const { underWay } = plans.getState()
      plans.setState({ underWay: new Map(underWay).set(id, { plan, at: clock.now() }) })
    })
  const unfollow = (id: string) => {
    followed.get(id)?.()
    followed.delete(id)
    const underWay = new Map(plans.getState().underWay)
    if (underWay.delete(id)) plans.setState({ underWay })
  }
  const take = (list: readonly PlanSummaryView[]) => {
    plans.setState({ plans: list, loaded: true, failed: undefined })
    const open = new Set(list.filter(isUnderWay).map(({ id }) => id))
    for (const id of followed.keys()) if (!open.has(id)) unfollow(id)
    for (const id of open) {
      if (followed.has(id)) continue
      // Noted first: the first message may come before the subscription is made.
      followed.set(id, () => {})
      followed.set(id, follow(id))
    }
  }
  const end = bridge.subscribe('plans.changed', undefined, take)
  return {
    /** Also looks for plans of others in the open clusters. */
    look: () =>
      void bridge
        .call('plans.list', undefined)
        .then(take, (error: unknown) =>
          plans.setState({ failed: error instanceof Error ? error.message : String(error) }),
        ),
    dispose: () => {
      end()
      for (const id of [...followed.keys()]) unfollow(id)
    },
  }
}
