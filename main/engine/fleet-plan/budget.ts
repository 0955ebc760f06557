import type { CanaryStep, Rollout } from '#api/rollout.ts'
import { actionFacts } from '#engine/actions/action-facts.ts'
import { pauseSeconds } from '#engine/rollout/canary/steps.ts'
import { parseTime } from '#lib/rfc3339.ts'
import type { FleetPlan, MemberExposure, MemberStatus, PlanMember, PlanWave } from './document.ts'
import type { MemberFacts } from './member-facts.ts'
import { isFresh, type MemberView, movingStates } from './member-view.ts'
import { currentSoak, soakMs } from './soak.ts'
import type { FleetMoment, MemberObservation } from './world.ts'

/**
 * What a plan costs of the error budget, in milliseconds in which all of the traffic fails (W16): the share of all traffic that the new
 * version gets, times how long it gets it. What serves it counts as failing until it is proven; then it counts for nothing, and when it
 * fails it is lost. So this is never less than what was really lost.
 */
export interface BudgetUse {
  /** By members that failed. */
  readonly lostMs: number
  /** By members that are not proven yet. */
  readonly atRiskMs: number
  /** What those under way will put at risk at least before they are proven. */
  readonly toComeMs: number
  /** What is added in each millisecond, while all stays as it is. */
  readonly rate: number
}

/**
 * What is put at risk by one member, kept with it. It is written when what it serves changes, and now and then: what serves what nobody looks
 * at counts as the most that it can have served since it was written last.
 */
export function nextExposure(view: MemberView, next: MemberStatus, world: FleetMoment): MemberStatus {
  const { status, facts, observation } = view
  if (facts === undefined || observation === undefined) return next
  const before = status.exposure
  const now = next.state === 'Superseded' ? nothing : servedNow(facts, next)
  const from = (riskMs: number): MemberStatus => ({
    ...next,
    exposure: { lostMs: 0, ...before, riskMs, seenAt: observation.at, ...now },
  })
  if (before === undefined) return now.share === 0 && next.state === 'Pending' ? next : from(0)
  if (isProven(next) !== isProven(status) && (isProven(next) || next.state === 'Superseded')) return from(0)
  const rate = rateSince(before, now, { ...view, facts, observation }, world)
  const isSame = before.share === now.share && before.most === now.most && rate === now.share
  const isRecent = observation.at < before.seenAt + writtenEveryMs
  if (isSame && (now.share === 0 || isProven(next) || isRecent)) return next
  return from(before.riskMs + Math.max(0, observation.at - before.seenAt) * rate * (view.member.trafficShare / 100))
}

/** What it served since then: what it did, while somebody looked; else up and down again, or by steps to where it is. */
function rateSince(
  before: MemberExposure,
  now: Pick<MemberExposure, 'share'>,
  { facts, observation }: { readonly facts: MemberFacts; readonly observation: MemberObservation },
  world: FleetMoment,
): number {
  if (isSeenSince(before, observation, world)) return before.share
  return facts.isAborted || now.share < before.share ? before.most : now.share
}

/** Seldom enough that a plan which waits writes next to nothing (I12). */
export const writtenEveryMs = 10 * 60_000

const nothing = { share: 0, most: 0 }

/** While nobody looks, one that is under way can come to its end. */
function servedNow(facts: MemberFacts, status: MemberStatus) {
  const share = served(facts, status)
  return { share, most: movingStates.includes(status.state) && !facts.isAborted ? 1 : share }
}

/** Nobody slept and it was never out of reach: it served all the time what it served then. */
function isSeenSince({ seenAt }: MemberExposure, { at, readAt, reachSince }: MemberObservation, world: FleetMoment) {
  return Math.max(world.resumedAt, reachSince) + (at - readAt) <= seenAt
}

/** Of its requests, 0…1, that the version of the plan gets: also while an undo takes it away. */
function served(facts: MemberFacts, { targetHash }: MemberStatus): number {
  const isStable = facts.hash === facts.stableHash
  const target = targetHash ?? (facts.isTarget ? facts.hash : undefined)
  if (target === undefined) return 0
  if (facts.hash === target) return isStable ? 1 : facts.share
  return facts.stableHash === target ? 1 - facts.share : 0
}

/** Of a member that a person has tried again or skipped: what it served before has failed. */
export function lost({ exposure, isOldFailure }: MemberStatus): Pick<MemberStatus, 'exposure'> {
  if (exposure === undefined) return {}
  const lostMs = exposure.lostMs + exposure.riskMs
  return { exposure: { ...exposure, lostMs, riskMs: 0, ...(isOldFailure === true && { weighedMs: lostMs }) } }
}

/** What the members of a plan cost by now. What cannot be read counts as much as it could serve. */
export function budgetUse(views: readonly MemberView[], world: FleetMoment): BudgetUse {
  let use: BudgetUse = { lostMs: 0, atRiskMs: 0, toComeMs: 0, rate: 0 }
  for (const view of views) {
    const { status } = view
    const isMoving = movingStates.includes(status.state)
    const known = isProven(status) ? undefined : riskOf(view, world)
    const lostBefore = status.exposure?.lostMs ?? 0
    use = {
      lostMs: use.lostMs + lostBefore + (isMoving ? 0 : (known?.ms ?? 0)),
      atRiskMs: use.atRiskMs + (isMoving ? (known?.ms ?? 0) : 0),
      toComeMs: use.toComeMs + (isMoving ? toComeMs(view, world) : 0),
      rate: use.rate + (known?.rate ?? 0),
    }
  }
  return use
}

const isProven = ({ state }: MemberStatus): boolean => state === 'Succeeded'

function riskOf({ member, status, observation }: MemberView, world: FleetMoment) {
  const { exposure } = status
  if (exposure === undefined) return undefined
  const isRead = isFresh(observation, world)
  const share = isRead ? exposure.share : Math.max(exposure.share, exposure.most)
  const skew = observation === undefined ? 0 : observation.at - observation.readAt
  const rate = share * (member.trafficShare / 100)
  return { ms: exposure.riskMs + rate * Math.max(0, world.now + skew - exposure.seenAt), rate }
}

/** What a member that begins puts at risk at least: its pauses that end by themselves, and its soak. */
export const wholeRiskMs = (
  member: Pick<PlanMember, 'trafficShare'>,
  wave: PlanWave,
  isFirst: boolean,
  rollout: Rollout | undefined,
): number => (stepsMs(rollout, 0, undefined) + soakMs(wave, isFirst)) * (member.trafficShare / 100)

function toComeMs(view: MemberView, world: FleetMoment): number {
  const { member, wave, isFirst, status, observation } = view
  const share = member.trafficShare / 100
  const soak = soakMs(wave, isFirst)
  const proven = (currentSoak(view, world)?.status ?? status.soak)?.provenMs ?? 0
  if (status.state === 'Soaking') return Math.max(0, soak - proven) * share
  const rollout = observation?.rollout
  const { currentPodHash, stableRS } = rollout?.status ?? {}
  const isUpdating = currentPodHash === status.targetHash && currentPodHash !== stableRS
  if (rollout === undefined || !isUpdating) return wholeRiskMs(member, wave, isFirst, rollout)
  return (stepsMs(rollout, actionFacts(rollout).stepIndex, observation?.at) + soak) * share
}

/** Weight × length of the pauses from a step on; of the one that it stands at, what is left. Blue-green serves it at its switch first. */
function stepsMs(rollout: Rollout | undefined, from: number, at: number | undefined): number {
  const canary = rollout?.spec.strategy?.canary
  if (rollout === undefined || canary == null) return 0
  const whole = canary.trafficRouting?.maxTrafficWeight ?? 100
  let [weight, sum] = [0, 0]
  for (const [index, step] of actionFacts(rollout).steps.entries()) {
    weight = (step.setWeight ?? weight * whole) / whole
    const ms = index < from ? 0 : pauseMs(step)
    const began = parseTime(rollout.status?.pauseConditions?.[0]?.startTime)
    const isHere = index === from && at !== undefined && began !== undefined
    sum += weight * (isHere ? Math.max(0, Math.min(ms, began + ms - at)) : ms)
  }
  return sum
}

const pauseMs = ({ pause }: CanaryStep): number => Math.max(0, pauseSeconds(pause?.duration) ?? 0) * 1000

/**
 * Why the plan cannot go on inside its error budget, in words that stay the same while it grows; `isSpent`: what is lost and at risk alone
 * is more than it bears.
 */
export function overBudget(
  { spec }: Pick<FleetPlan, 'spec'>,
  { lostMs, atRiskMs, toComeMs }: BudgetUse,
): { readonly text: string; readonly isSpent: boolean } | undefined {
  const max = spec.maxErrorBudgetMinutes
  if (max === undefined) return undefined
  const left = max * minuteMs + roundingMs - lostMs - atRiskMs
  const bears = `the ${minutes(max * minuteMs)} of the error budget that the plan bears`
  if (left < 0) return { text: `more than ${bears} are lost or at risk`, isSpent: true }
  return left < toComeMs ? { text: `who is under way cannot be proven within ${bears}`, isSpent: false } : undefined
}

/** So it is without what failed too long ago, which takes nothing back by itself, and neither does what it cost (FP-5). */
export function isSpentAnew(plan: FleetPlan, views: readonly MemberView[], world: FleetMoment): boolean {
  const recent = views.filter(({ status }) => status.isOldFailure !== true)
  const weighedMs = recent.reduce((sum, { status }) => sum + (status.exposure?.weighedMs ?? 0), 0)
  const use = budgetUse(recent, world)
  return overBudget(plan, { ...use, lostMs: use.lostMs - weighedMs })?.isSpent === true
}

const minuteMs = 60_000
/** Sums of shares are no whole numbers. */
const roundingMs = 0.001

export const minutes = (ms: number): string => `${Math.round(ms / 600) / 100} min`
