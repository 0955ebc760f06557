import type { PlanMemberState, PlanMemberView, PlanSummaryView, PlanView } from '#contract/plan-views.ts'
import type { Text } from './text.ts'

/** Why a wish is shut (UI-ACT-4), or `undefined` while it is open. */
export type Shut = string | undefined

const isOver = ({ phase }: PlanSummaryView): boolean => phase !== 'Running' && phase !== 'RollingBack'

const unread = (text: Text, { unread: lost, home }: PlanSummaryView): Shut =>
  lost === undefined ? undefined : text('plan.shut.unread', { cluster: home.context })

/** Whether a person holds it: what `H` would do is to release it. */
export const isHeldByPerson = ({ holds }: PlanSummaryView): boolean => holds.some(({ reason }) => reason === 'Manual')

/** Also of aborting: what is taken back is asked by its dialog. */
export function holdShut(text: Text, plan: PlanSummaryView): Shut {
  if (plan.phase === 'Ready') return text('plan.shut.notStarted')
  return isOver(plan) ? text('plan.shut.over') : unread(text, plan)
}

export function startShut(text: Text, plan: PlanSummaryView): Shut {
  if (plan.phase !== 'Ready') return text('plan.shut.started')
  const count = approvalsMissing(plan)
  return unread(text, plan) ?? (count > 0 ? text('plan.shut.approvals', { count }) : undefined)
}

/** How many have to approve it before it can be started. */
export const approvalsMissing = ({ approvals }: PlanSummaryView): number =>
  approvals === undefined ? 0 : Math.max(0, approvals.count - approvals.given.length)

/** The wave whose gate a person would open, or the one after which the next would begin. */
export function gateToOpen(plan: PlanSummaryView): number | undefined {
  const at = plan.waves.findIndex(({ state }) => state === 'Gate')
  return at < 0 ? undefined : at
}

export function gateShut(text: Text, plan: PlanSummaryView): Shut {
  const shut = holdShut(text, plan)
  if (shut !== undefined) return shut
  return gateToOpen(plan) === undefined ? text('plan.shut.noGate') : undefined
}

const failed: readonly PlanMemberState[] = ['Failed', 'TimedOut', 'Refused', 'RollbackFailed']

export function retryShut(text: Text, plan: PlanView, { state }: PlanMemberView): Shut {
  if (plan.phase === 'RollingBack') return text('plan.shut.goingBack')
  return holdShut(text, plan) ?? (failed.includes(state) ? undefined : text('plan.shut.notFailed'))
}

export function skipShut(text: Text, plan: PlanView, { state }: PlanMemberView): Shut {
  return (
    holdShut(text, plan) ?? (state === 'Pending' || failed.includes(state) ? undefined : text('plan.shut.underWay'))
  )
}
