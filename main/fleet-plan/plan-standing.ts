import type { PlanDriver, PlanSummaryView } from '#contract/plan-views.ts'
import type { FleetPlan } from '#engine/fleet-plan/document.ts'
import { failureText } from '#main/controller/failure-text.ts'
import type { PlanRunner } from './plan-runner.ts'
import type { AroundPlan } from './plan-view.ts'

/** A plan that is known here; without a runner its home is not open, or it is over. */
interface Entry {
  readonly home: FleetPlan['spec']['home']
  readonly plan: FleetPlan
  /** Somebody here wants to decide what it does. */
  readonly isDriven: boolean
  readonly runner: Pick<PlanRunner, 'isHolder' | 'lease' | 'failure' | 'desk'> | undefined
}

export const isUnderWay = ({ status }: FleetPlan): boolean =>
  status.phase === 'Running' || status.phase === 'RollingBack'

export const isEnded = ({ status }: FleetPlan): boolean =>
  ['Completed', 'RolledBack', 'Aborted', 'Superseded'].includes(status.phase)

/** Who decides what a plan does, who asks to, and whether anything is heard of it. */
export function standingOf(entry: Entry): Pick<AroundPlan, 'driver' | 'request' | 'unread' | 'leaseLostAt'> {
  const { runner, isDriven, plan } = entry
  const isWanted = runner !== undefined && isDriven && !runner.isHolder && isUnderWay(plan)
  const leaseLostAt = isWanted && runner.lease.state === 'failed' ? runner.lease.since : undefined
  const request = isUnderWay(plan) ? runner?.desk.view() : undefined
  return { driver: driverOf(entry), unread: unreadOf(entry), leaseLostAt, ...(request !== undefined && { request }) }
}

function driverOf({ runner, isDriven, plan }: Entry): PlanDriver {
  if (runner === undefined || plan.status.phase === 'Ready') return { state: 'nobody' }
  if (runner.isHolder) return { state: 'here' }
  const holder = runner.lease.state === 'other' ? runner.lease.holder : undefined
  if (isDriven) return { state: 'waiting', holder }
  return holder === undefined ? { state: 'nobody' } : { state: 'elsewhere', holder }
}

function unreadOf({ runner, plan, home }: Entry): PlanSummaryView['unread'] {
  if (runner?.failure !== undefined) return { since: runner.failure.since, text: failureText(runner.failure.failure) }
  if (runner !== undefined || isEnded(plan)) return undefined
  return { since: plan.status.since, text: `${home.context} is not among the open clusters` }
}
