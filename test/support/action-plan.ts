import type { ActionParameters, ActionPlan, RolloutAction } from '#engine/actions/plan-action.ts'
import { planAction } from '#engine/actions/plan-action.ts'
import type { RolloutWorld } from '#engine/world.ts'
import { patchBody } from '#main/controller/apply-writes.ts'
import { T0 } from '#test/support/virtual-clock.ts'

/** The plan of an action that must be open. */
export function planOf(action: RolloutAction, world: RolloutWorld, parameters: ActionParameters = {}): ActionPlan {
  const plan = planAction({ action, world, parameters, now: T0 })
  if (!plan.ok) throw new Error(`${action} is not open: ${plan.error.reason}`)
  return plan.value
}

/** Why an action must be refused. */
export function refusalOf(action: RolloutAction, world: RolloutWorld, parameters: ActionParameters = {}): string {
  const plan = planAction({ action, world, parameters, now: T0 })
  if (plan.ok) throw new Error(`${action} is open`)
  return plan.error.reason
}

/** What goes over the wire, in order: where, and the body with its precondition inside. */
export const requestsOf = ({ writes }: ActionPlan): readonly (readonly [string, unknown])[] =>
  writes.map((write) => {
    const place = `${write.kind} ${'ref' in write ? write.ref.resource.plural : ''}`
    if (write.kind === 'patch')
      return [write.subresource === undefined ? place : `${place}/${write.subresource}`, patchBody(write)] as const
    return [place, 'object' in write ? write.object : undefined] as const
  })

export const rulesOf = ({ writes }: ActionPlan): readonly string[] => writes.map(({ because }) => because)
