import type { EpochMs } from '#lib/clock.ts'
import { jsonEqual } from '#lib/json-patch.ts'
import { backwardAct, type FleetAct, forwardAct, sendable } from './acts.ts'
import { type Admission, admit } from './admit.ts'
import { type BudgetUse, budgetUse, isSpentAnew, nextExposure, overBudget } from './budget.ts'
import type { FleetPlan, FleetPlanStatus, MemberId, MemberStatus, PlanPhase, WaveStatus } from './document.ts'
import { type Explanation, explain } from './explain.ts'
import { nextHolds, rivalOf } from './holds.ts'
import { nextMember } from './member.ts'
import { imagesOf } from './member-facts.ts'
import { factsOf, type MemberView } from './member-view.ts'
import { claimActs, claimWords, isClaimed, isClaiming } from './move-home.ts'
import { parkAct } from './parking.ts'
import { passRollback, startedRollback } from './roll-back.ts'
import { lineAct } from './stop-line.ts'
import { nextWake } from './wake.ts'
import { nextWave, type WaveView } from './wave.ts'
import { waveOf } from './waves.ts'
import type { FleetMoment, FleetWorld } from './world.ts'

/**
 * What becomes of a plan in one pass. The status is stored before the acts are sent: a crash in between sends them again, each bound to
 * the version that it was decided from.
 */
export interface FleetDecision {
  /** The same object when nothing of it changed. */
  readonly status: FleetPlanStatus
  /** By wave, then in the order of the members (I7). */
  readonly acts: readonly FleetAct[]
  /** When time alone could change the answer, by our clock. */
  readonly nextWakeAt: EpochMs | undefined
  /** Why what stands still does so (W14). */
  readonly explanation: readonly Explanation[]
  /** Where the plan has a cap of its error budget (W16). */
  readonly budget: BudgetUse | undefined
}

/**
 * Decides what a plan does next, by its document, what is seen of its members, and the time (fleet plans, 3.4). Pure: the same arguments
 * give the same answer. Only the holder of the plan's Lease decides; others watch (SR-6).
 */
export function planFleet(plan: FleetPlan, world: FleetWorld, now: EpochMs): FleetDecision {
  const { status } = plan
  const { lease } = world
  const moment = { ...world, now, resumedAt: Math.max(world.resumedAt, status.readAfter ?? 0) }
  const isUnderWay = status.phase === 'Running' || status.phase === 'RollingBack'
  if (lease === undefined || lease.epoch < status.epoch)
    return still(plan, moment, isUnderWay ? [{ because: 'SR-6', text: 'another holder of its Lease plans' }] : [])
  if (!isUnderWay) return still(plan, moment)
  return decide({ ...plan, status: { ...status, epoch: lease.epoch } }, moment, status)
}

const still = (plan: FleetPlan, world: FleetMoment, explanation: readonly Explanation[] = []): FleetDecision => ({
  status: plan.status,
  acts: [],
  nextWakeAt: undefined,
  explanation,
  budget: hasBudget(plan) ? useOf(viewWaves(plan, world, plan.status.members, plan.status.waves), world) : undefined,
})

const hasBudget = ({ spec }: FleetPlan): boolean => spec.maxErrorBudgetMinutes !== undefined

const viewsOf = (waves: readonly WaveView[]): readonly MemberView[] => waves.flatMap(({ members }) => members)

const useOf = (waves: readonly WaveView[], world: FleetMoment): BudgetUse => budgetUse(viewsOf(waves), world)

function decide(plan: FleetPlan, world: FleetMoment, before: FleetPlanStatus): FleetDecision {
  const seen = viewWaves(plan, world, plan.status.members, plan.status.waves)
  const members = statuses(seen, (view) => {
    const next = nextMember(plan, view, world)
    return hasBudget(plan) ? nextExposure(view, next, world) : next
  })
  const rival = rivalOf(plan, seen, world)
  const waves = nextWaves(plan, viewWaves(plan, world, members, plan.status.waves), world)
  const judged = viewWaves(plan, world, members, waves)
  const use = useOf(judged, world)
  const over = overBudget(plan, use)
  const rollback = startedRollback(plan, judged, isSpentAnew(plan, viewsOf(judged), world), world.now)
  const back = rollback && passRollback(plan, rollback, judged, world.now)
  const admission = back === undefined ? admissionOf(plan, judged, world, use) : noAdmission
  const budget = rollback === undefined ? over?.text : undefined
  const holds = nextHolds({ plan: withRollback(plan, rollback), waves: judged, world, cap: admission.cap, budget })
  const isHeld = holds.length > 0
  const claims = isClaiming(plan)
  const moved = statuses(
    judged,
    (view) => back?.begin.get(view.member.id) ?? admitted(view, isHeld || claims ? noAdmission : admission),
  )
  const ready = viewWaves(plan, world, moved, waves)
  const acts =
    rival !== undefined
      ? []
      : claims
        ? claimActs(plan, viewsOf(ready), world)
        : actsOf(withRollback(withHolds(plan, holds), rollback), ready, world, isHeld || rollback !== undefined)
  const status: FleetPlanStatus = {
    ...plan.status,
    holds,
    members: sentBy(moved, acts, world.now),
    waves,
    ...(rollback !== undefined && { rollback }),
    ...targetOf(plan, ready),
    ...claimedBy(plan, viewsOf(ready), world),
    ...(plan.status.holds.length > 0 && !isHeld && { readAfter: world.now }),
  }
  const phase = phaseOf(plan, ready, back?.isDone === true, rollback !== undefined)
  const next = phase === plan.status.phase ? status : { ...status, phase, since: world.now }
  const then = { ...plan, status: next }
  const views = viewWaves(then, world, next.members, next.waves)
  return {
    status: jsonEqual(next, before) ? before : next,
    acts,
    nextWakeAt: nextWake(then, views, world, use),
    explanation: [...(claims ? [claimWords] : []), ...explain(then, views, world, admission.waiting)],
    budget: hasBudget(plan) ? useOf(views, world) : undefined,
  }
}

function claimedBy(plan: FleetPlan, views: readonly MemberView[], world: FleetMoment): Pick<FleetPlanStatus, 'moved'> {
  const { moved } = plan.status
  return moved !== undefined && isClaiming(plan) && isClaimed(plan, views, world)
    ? { moved: { ...moved, isClaimed: true } }
    : {}
}

const noAdmission: Admission = { admitted: [], waiting: [], cap: undefined }

/** What arrives by other ways is known by the first member that has it. */
function targetOf(plan: FleetPlan, waves: readonly WaveView[]): Pick<FleetPlanStatus, 'target'> {
  if (plan.spec.change.kind !== 'gate' || plan.status.target !== undefined) return {}
  const first = waves
    .flatMap(({ members }) => members)
    .find(({ status, facts }) => status.targetHash !== undefined && facts !== undefined)
  const rollout = first?.observation?.rollout
  const target = rollout === undefined ? [] : imagesOf(rollout)
  return target.length === 0 ? {} : { target }
}

const withHolds = (plan: FleetPlan, holds: FleetPlanStatus['holds']): FleetPlan => ({
  ...plan,
  status: { ...plan.status, holds },
})

const withRollback = (plan: FleetPlan, rollback: FleetPlanStatus['rollback']): FleetPlan =>
  rollback === undefined ? plan : { ...plan, status: { ...plan.status, rollback } }

function viewWaves(
  plan: FleetPlan,
  world: FleetMoment,
  members: FleetPlanStatus['members'],
  waves: readonly WaveStatus[],
): readonly WaveView[] {
  const byWave = Map.groupBy(plan.spec.members, (member) => waveOf(plan.spec, member))
  return plan.spec.waves.map((wave, index) => {
    const status = waves[index] ?? { state: 'Waiting', since: world.now }
    const views = (byWave.get(index) ?? []).map((member, at): MemberView => {
      const own = members[member.id] ?? { state: 'Pending', since: world.now }
      const facts = factsOf(plan, member, own, world)
      const around = { member, wave, waveIndex: index, isFirst: at === 0, isProven: status.state === 'Passed' }
      return { ...around, status: own, observation: world.members[member.id], facts }
    })
    return { wave, index, status, members: views }
  })
}

const statuses = (
  waves: readonly WaveView[],
  next: (view: MemberView) => MemberStatus,
): Readonly<Record<MemberId, MemberStatus>> =>
  Object.fromEntries(waves.flatMap(({ members }) => members).map((view) => [view.member.id, next(view)]))

/** Each begins when the one before has passed (I3); while something holds or goes back, none begins. */
function nextWaves(plan: FleetPlan, waves: readonly WaveView[], world: FleetMoment): readonly WaveStatus[] {
  const isFree = plan.status.rollback === undefined && plan.status.holds.length === 0 && world.window.isOpen
  let before: WaveStatus | undefined
  return waves.map((view) => {
    const next = nextWave(view, isFree && (before === undefined || before.state === 'Passed'), world)
    before = next
    return next
  })
}

function admissionOf(plan: FleetPlan, waves: readonly WaveView[], world: FleetMoment, use: BudgetUse): Admission {
  const active = waves.find(({ status }) => status.state === 'Active')
  return active === undefined || !world.window.isOpen
    ? noAdmission
    : admit(
        plan,
        active,
        waves.flatMap(({ members }) => members),
        use,
      )
}

const admitted = ({ status, member, observation }: MemberView, { admitted }: Admission): MemberStatus =>
  admitted.includes(member.id) ? { ...status, state: 'Admitting', since: observation?.at ?? status.since } : status

/** Each with regard to those before it in the same pass: together they must not go beyond a cap. */
function actsOf(plan: FleetPlan, waves: readonly WaveView[], world: FleetMoment, isHeld: boolean): readonly FleetAct[] {
  let all = waves.flatMap(({ members }) => members)
  return waves.flatMap((wave) =>
    wave.members.flatMap((view) => {
      const mayGoOn = !isHeld && wave.status.state === 'Active'
      const draft =
        backwardAct(plan, view, all) ??
        parkAct(view) ??
        lineAct(plan, view, mayGoOn) ??
        (mayGoOn ? forwardAct(plan, view, wave, all) : undefined)
      const act = draft && sendable(plan, view, draft, world)
      if (act === undefined) return []
      all = all.map((each) => (each === view ? { ...view, status: withSent(view.status, act, world.now) } : each))
      return [act]
    }),
  )
}

const withSent = (status: MemberStatus, { kind, resourceVersion }: FleetAct, at: EpochMs): MemberStatus => ({
  ...status,
  sent: { kind, at, resourceVersion },
})

function sentBy(
  members: Readonly<Record<MemberId, MemberStatus>>,
  acts: readonly FleetAct[],
  now: EpochMs,
): Readonly<Record<MemberId, MemberStatus>> {
  const sent = acts.flatMap((act) => {
    const status = members[act.member]
    return status === undefined ? [] : [[act.member, withSent(status, act, now)] as const]
  })
  return { ...members, ...Object.fromEntries(sent) }
}

function phaseOf(plan: FleetPlan, waves: readonly WaveView[], isBack: boolean, isGoingBack: boolean): PlanPhase {
  if (isGoingBack) return isBack ? 'RolledBack' : 'RollingBack'
  const members = waves.flatMap((wave) => wave.members)
  if (members.length > 0 && members.every(({ status }) => status.state === 'Superseded')) return 'Superseded'
  return waves.every(({ status }) => status.state === 'Passed') ? 'Completed' : plan.status.phase
}
