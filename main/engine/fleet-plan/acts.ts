import { overTraffic } from './admit.ts'
import type { ActKind, FleetPlan, MemberId } from './document.ts'
import type { HoldMark } from './hold-mark.ts'
import type { MemberFacts } from './member-facts.ts'
import { isFresh, isOfRetry, type MemberView, steppingStates } from './member-view.ts'
import { isMoving, type WaveView } from './wave.ts'
import type { FleetMoment } from './world.ts'

/** One request to a member, or a few that belong together, as the reference's command line would send them (3.4.4). */
export interface FleetAct {
  readonly member: MemberId
  readonly kind: ActKind
  /** The version it was decided from: another one, and it is not sent. */
  readonly resourceVersion: string
  /** Of the Lease under which it was decided. */
  readonly epoch: number
  readonly because: string
  readonly summary: string
  /** Of a `jump`: the index of the step. */
  readonly step?: number
  /** Of a `stop`. */
  readonly hold?: Omit<HoldMark, 'paused'>
}

/** An act whose effect was not seen is sent again after this long (RB-4). */
export const resendMs = 30_000

/** What keeps a member at its pause; `undefined`: nothing, it goes on. */
export type Kept = { readonly because: string; readonly text: string } | undefined

/** Forwards: only in a wave that is active, of a plan that is not held. */
export function forwardAct(
  plan: FleetPlan,
  view: MemberView,
  wave: WaveView,
  all: readonly MemberView[],
): Draft | undefined {
  const { status, facts, member, observation } = view
  if (facts === undefined || observation?.frozen !== undefined || status.parked === true) return undefined
  const { change } = plan.spec
  if (status.state === 'Admitting' && observation?.asksRights === true) return undefined
  if (status.state === 'Admitting' && facts.mark?.plan !== plan.id)
    return { kind: 'mark', because: 'SR-6', summary: `Note plan ${plan.name} on ${member.id}` }
  if (isOfRetry(status, facts) && facts.isAborted && status.state !== 'Admitting')
    return { kind: 'retry', because: 'W17', summary: `Retry the update of ${member.id}` }
  if (status.state === 'Applying' && !facts.isAsked && change.kind !== 'gate')
    return { kind: change.kind, because: '3.4.4', summary: `${change.kind} on ${member.id}` }
  const jumpTo = jumpOf(plan, view, all)
  if (jumpTo !== undefined)
    return { kind: 'jump', because: 'W17', summary: `Go on with ${member.id} at step ${jumpTo + 1}`, step: jumpTo }
  if (status.state === 'AtGate' && facts.pause === 'step' && keptAtGate(plan, view, wave, all) === undefined)
    return {
      kind: 'promote',
      because: 'W1',
      summary: `Promote ${member.id} past step ${facts.stepIndex + 1} of ${facts.stepCount}`,
    }
  return undefined
}

/**
 * Where a member that is tried again goes on: the last pause that it had come to, which it has to pass again as any other. Where the plan
 * does not bear that much traffic at once, it goes step by step.
 */
function jumpOf(plan: FleetPlan, view: MemberView, all: readonly MemberView[]): number | undefined {
  const { status, facts } = view
  const to = status.retry?.resumeAt
  const isReady = facts?.isTarget === true && !facts.isAborted && !facts.isDegraded && facts.pause !== 'byHand'
  if (to === undefined || !isReady || !steppingStates.includes(status.state) || facts.stepIndex >= to) return undefined
  return overTraffic(plan.spec.maxTrafficShare, all.filter(isMoving), view, 1) === undefined ? to : undefined
}

export function keptAtGate(plan: FleetPlan, view: MemberView, wave: WaveView, all: readonly MemberView[]): Kept {
  const { facts, member, observation } = view
  if (facts === undefined) return { because: 'PC-5', text: 'cannot be read' }
  if (observation?.frozen !== undefined) return { because: 'UI-ACT-8', text: `is ${observation.frozen.why}` }
  if (facts.pause === 'byHand')
    return typeof facts.held === 'object'
      ? { because: 'W12', text: `is held by ${facts.held.by}: ${facts.held.reason}` }
      : { because: 'SR-7', text: 'is paused by hand' }
  if (facts.pause === 'inconclusive')
    return { because: 'FP-4', text: 'has an analysis that cannot tell, and waits for a person' }
  const behind = wave.wave.sync === 'step' ? wave.members.find((each) => isBehind(each, member.id, facts)) : undefined
  if (behind !== undefined)
    return { because: 'W1', text: `waits for ${behind.member.id} to reach step ${facts.stepIndex + 1}` }
  const over = overTraffic(plan.spec.maxTrafficShare, all.filter(isMoving), view, facts.nextShare)
  return over && { because: 'W16', text: over.text }
}

/** It is under way and has not reached that step; what cannot be read has not. */
const isBehind = ({ member, status, facts }: MemberView, other: MemberId, { stepIndex }: MemberFacts): boolean =>
  member.id !== other &&
  (status.state === 'Admitting' ||
    (steppingStates.includes(status.state) &&
      (facts === undefined ||
        facts.stepIndex < stepIndex ||
        (facts.stepIndex === stepIndex && status.state !== 'AtGate'))))

/**
 * Backwards: of a member that is RollingBack. An undo goes through the steps again, which would keep the version that is to go away at
 * every pause: it is promoted past all of them.
 */
export function backwardAct(
  plan: FleetPlan,
  { facts, member, status }: MemberView,
  all: readonly MemberView[],
): Draft | undefined {
  if (facts === undefined || status.state !== 'RollingBack') return undefined
  const isUpdating = facts.stableHash !== facts.hash
  if (facts.isTarget && isUpdating && !facts.isAborted)
    return { kind: 'abort', because: 'RB-1', summary: `Abort the update of ${member.id}` }
  // Pods that still run get the traffic back everywhere before anything is undone.
  if (facts.isTarget && isUpdating && (endsAborted(plan, facts) || all.some(isToAbort))) return undefined
  // Whoever keeps it would put the new version back: that is taken back there (RB-5).
  if (facts.isTarget && facts.keptBy !== undefined) return undefined
  if (facts.isTarget) return { kind: 'rollback', because: 'RB-2', summary: `Undo ${member.id} to ${member.priorHash}` }
  const isPaused = facts.isObserved && facts.hash === member.priorHash && isUpdating && facts.pause !== 'none'
  return isPaused
    ? { kind: 'promoteFull', because: 'RB-2', summary: `Promote the former version of ${member.id} in full` }
    : undefined
}

const isToAbort = ({ status, facts }: MemberView): boolean =>
  status.state === 'RollingBack' && facts?.isTarget === true && facts.stableHash !== facts.hash && !facts.isAborted

/**
 * An abort is all that is done to it: nothing more was asked for, or others keep the new version in its spec. Otherwise the plan takes its
 * own change out of the spec again, and the member is Healthy as before.
 */
export const endsAborted = ({ spec, status }: FleetPlan, { keptBy }: MemberFacts): boolean =>
  status.rollback?.scope === 'inFlight' || spec.change.kind === 'gate' || keptBy !== undefined

export type Draft = Pick<FleetAct, 'kind' | 'because' | 'summary' | 'hold' | 'step'>

/** With its precondition; a member that bears an earlier epoch is marked anew first. `undefined` while one is on its way. */
export function sendable(plan: FleetPlan, view: MemberView, draft: Draft, world: FleetMoment): FleetAct | undefined {
  const { facts, status, member, observation } = view
  if (facts === undefined || world.lease === undefined || !isFresh(observation, world)) return undefined
  if (status.sent !== undefined && world.now < status.sent.at + resendMs) return undefined
  const { epoch } = world.lease
  const isMarked = facts.mark?.plan === plan.id && facts.mark.epoch === epoch
  const act: Draft =
    draft.kind === 'mark' || draft.kind === 'stop' || isMarked
      ? draft
      : { kind: 'mark', because: 'SR-6', summary: `Note plan ${plan.name}, epoch ${epoch}, on ${member.id}` }
  return { ...act, member: member.id, resourceVersion: facts.resourceVersion, epoch }
}
