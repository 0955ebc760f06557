import { type BudgetUse, minutes, overBudget, wholeRiskMs } from './budget.ts'
import type { FleetPlan, MemberId } from './document.ts'
import { type MemberView, steppingStates } from './member-view.ts'
import { isMoving, slotsOf, type WaveView } from './wave.ts'

/** Who begins in a pass, and what keeps the others. */
export interface Admission {
  readonly admitted: readonly MemberId[]
  readonly waiting: readonly Waiting[]
  /** Set when the caps of the plan alone keep everybody, and nobody is under way who could change that. */
  readonly cap: string | undefined
}

export interface Waiting {
  readonly member: MemberId
  readonly text: string
}

/** The members of an active wave that may begin, in its order, as far as its slots and the caps of the plan go (I2). */
export function admit(plan: FleetPlan, active: WaveView, all: readonly MemberView[], use: BudgetUse): Admission {
  const moving = active.members.filter(isMoving)
  let slots = slotsOf(active.wave, active.members.length) - moving.length
  if (active.wave.sync === 'step' && moving.some(isPastStart)) slots = 0
  const admitted: MemberView[] = []
  const waiting: Waiting[] = []
  let cap: string | undefined
  for (const view of inOrder(active)) {
    const keeps =
      keptBy(plan, view, [...all.filter(isMoving), ...admitted], slots - admitted.length) ??
      keptByBudget(plan, use, [...admitted, view])
    if (keeps === undefined) admitted.push(view)
    else waiting.push({ member: view.member.id, text: keeps.text })
    if (keeps?.isCap === true) cap ??= keeps.text
  }
  const isStuck = admitted.length === 0 && !all.some(isMoving)
  return { admitted: admitted.map(({ member }) => member.id), waiting, cap: isStuck ? cap : undefined }
}

/** Members that go step by step begin together, or they would be apart from the start (I8). */
const isPastStart = ({ status, facts }: MemberView): boolean =>
  status.state === 'Soaking' || (steppingStates.includes(status.state) && (facts?.stepIndex ?? 1) > 0)

function inOrder({ wave, members }: WaveView): readonly MemberView[] {
  const pending = members.filter(({ status }) => status.state === 'Pending')
  switch (wave.order) {
    case 'listed':
      return pending
    case 'name':
      return pending.toSorted((a, b) => (a.member.id < b.member.id ? -1 : 1))
    case 'smallestTrafficFirst':
      return pending.toSorted((a, b) => a.member.trafficShare - b.member.trafficShare)
  }
}

/** Those that begin have to come to their ends inside the error budget, beside what is under way (W16). */
function keptByBudget(plan: FleetPlan, use: BudgetUse, begin: readonly MemberView[]) {
  const more = begin.reduce(
    (sum, { member, wave, isFirst, observation }) => sum + wholeRiskMs(member, wave, isFirst, observation?.rollout),
    0,
  )
  const over = overBudget(plan, { ...use, toComeMs: use.toComeMs + more })
  const bears = minutes((plan.spec.maxErrorBudgetMinutes ?? 0) * 60_000)
  const text = `${minutes(more)} of the error budget would be at risk until it is proven: too much beside what is lost and at risk, for the plan bears ${bears}`
  return over && { text, isCap: true as const }
}

function keptBy(
  { spec }: FleetPlan,
  view: MemberView,
  unproven: readonly MemberView[],
  slots: number,
): { readonly text: string; readonly isCap?: true } | undefined {
  if (slots <= 0) return { text: 'waits for a slot of its wave' }
  if (view.facts === undefined) return { text: 'cannot be read' }
  if (view.observation?.asksRights === true) return { text: 'waits until its cluster has said which rights there are' }
  if (view.observation?.frozen !== undefined) return { text: `is ${view.observation.frozen.why}` }
  if (spec.maxClustersUnproven !== undefined && unproven.length >= spec.maxClustersUnproven)
    return { text: `${unproven.length} members are not proven yet, and the plan bears no more`, isCap: true }
  return overTraffic(spec.maxTrafficShare, unproven, view, view.facts.nextShare)
}

/**
 * Why a member may not take this share of its requests to the new version: more of all traffic would go to what is not proven than the
 * plan bears (W16), or so much that no member could be brought to its end any more. What cannot be read counts whole.
 */
export function overTraffic(
  max: number | undefined,
  unproven: readonly MemberView[],
  view: MemberView,
  share: number,
): { readonly text: string; readonly isCap: true } | undefined {
  if (max === undefined) return undefined
  const others = unproven.filter(({ member }) => member.id !== view.member.id)
  const now = { serves: view.member.trafficShare * share, whole: view.member.trafficShare }
  const all = [...others.map((each) => ({ serves: exposure(each), whole: each.member.trafficShare })), now]
  const sum = all.reduce((total, { serves }) => total + serves, 0)
  const isTogether = view.wave.sync === 'step'
  if (canEnd(all, max, isTogether)) return undefined
  const most = isTogether ? all.reduce((total, { whole }) => total + whole, 0) : sum
  return {
    text: `${percent(Math.max(most, sum))} of all traffic would go to what is not proven, and the plan bears ${percent(max)}`,
    isCap: true,
  }
}

const rounding = 1e-9

interface Serving {
  /** Of all traffic, in percent. */
  readonly serves: number
  readonly whole: number
}

/**
 * Whether there is room for what they serve, and to bring all to their ends one after the other, each giving way when it is proven. Those
 * that go together need room at once.
 */
function canEnd(all: readonly Serving[], max: number, isTogether: boolean): boolean {
  if (isTogether) return all.reduce((total, { whole }) => total + whole, 0) <= max + rounding
  let room = max - all.reduce((total, { serves }) => total + serves, 0)
  for (const { serves, whole } of all.toSorted((a, b) => a.whole - a.serves - (b.whole - b.serves))) {
    if (whole - serves > room + rounding) return false
    room += serves
  }
  return true
}

/** Of all traffic, in percent: the most that the new version may get there until somebody acts. */
function exposure({ status, member, facts }: MemberView): number {
  if (facts === undefined || status.state === 'Soaking') return member.trafficShare
  const stays = !['none', 'timed'].includes(facts.pause) && status.sent?.kind !== 'promote'
  return member.trafficShare * (stays ? facts.share : Math.max(facts.share, facts.nextShare))
}

const percent = (value: number): string => `${Math.round(value * 10) / 10} %`
