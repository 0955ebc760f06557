import type { Draft } from './acts.ts'
import type { FleetPlan } from './document.ts'
import type { HoldMark } from './hold-mark.ts'
import { type MemberView, movingStates } from './member-view.ts'

/**
 * Why a member has to stand still where it is: a person stopped the line; or, with a gate, its new version is there before its turn (W12).
 * What goes back is never stopped.
 */
export function holdFor(plan: FleetPlan, { status, facts, member }: MemberView): Omit<HoldMark, 'paused'> | undefined {
  if (facts === undefined || facts.isAborted || leftAlone.includes(status.state)) return undefined
  const line = plan.status.holds.find(({ stopsLine }) => stopsLine === true)
  if (line !== undefined) {
    const { by, text: reason, since, until } = line
    return { plan: plan.id, by, reason, since, ...(until !== undefined && { until }) }
  }
  const isEarly = facts.hash !== member.priorHash && facts.hash !== facts.stableHash && facts.isChangeSeen
  if (plan.spec.change.kind !== 'gate' || status.state !== 'Pending' || !isEarly) return undefined
  return { plan: plan.id, by: 'plan', reason: `its turn in plan ${plan.name} has not come`, since: plan.status.since }
}

const leftAlone = ['RollingBack', 'RolledBack', 'RollbackFailed', 'Superseded', 'Skipped']

/** Stops a member, or gives back what it was. One that waits for its turn is given back when that has come, and the plan goes on. */
export function lineAct(plan: FleetPlan, view: MemberView, mayGoOn: boolean): Draft | undefined {
  const { facts, status, member } = view
  if (facts === undefined || status.state === 'Superseded') return undefined
  const hold = holdFor(plan, view)
  if (hold !== undefined) {
    const isOthers = facts.mark !== undefined && facts.mark.plan !== plan.id && facts.hash !== facts.stableHash
    if (facts.held !== undefined || isOthers) return undefined
    return { kind: 'stop', because: 'W12', summary: `Pause ${member.id}: ${hold.reason}`, hold }
  }
  if (facts.held === undefined || facts.held === 'unreadable' || facts.held.plan !== plan.id) return undefined
  const isTurn = facts.held.by !== 'plan' || (mayGoOn && movingStates.includes(status.state)) || facts.isAborted
  return isTurn
    ? { kind: 'release', because: 'W12', summary: `Give back what ${member.id} was before its hold` }
    : undefined
}
