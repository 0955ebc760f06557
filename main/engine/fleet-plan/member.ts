import { endsAborted } from './acts.ts'
import type { FleetPlan, MemberState, MemberStatus } from './document.ts'
import type { MemberFacts } from './member-facts.ts'
import { awayMs, isFresh, isOfRetry, type MemberView, movingStates, terminalStates } from './member-view.ts'
import { isNoted, soakOf } from './soak.ts'
import type { FleetMoment, MemberObservation } from './world.ts'

/** After a sleep or an absence what is late by then has this much longer, from the first fresh read on (SR-2). */
const graceMs = 60_000
/** What failed longer ago than that when it is first seen is for a person to weigh (FP-5). */
const freshFailureMs = 20 * 60_000
/** A rollback that takes longer is for a person. */
export const rollbackDeadlineMs = 30 * 60_000

/** Where a member is by what is seen of it; as it was while nothing can be seen (PC-5). */
export function nextMember(plan: FleetPlan, view: MemberView, world: FleetMoment): MemberStatus {
  const { status, observation, facts } = view
  if (terminalStates.includes(status.state)) return status
  if (observation === undefined || !isFresh(observation, world)) return outOfReach(plan, view, world)
  if (observation.rollout === undefined || facts === undefined) return withoutRollout(view, observation)
  const next = seenStatus(plan, view, { ...view, observation, facts }, world)
  return settled(next, facts)
}

/** An act is seen once the object is another one than it was decided from. */
function settled(status: MemberStatus, { resourceVersion }: MemberFacts): MemberStatus {
  if (status.sent === undefined || status.sent.resourceVersion === resourceVersion) return status
  const { sent: _seen, ...rest } = status
  return rest
}

/** Where the plan had marked it, and another one has since. */
const takenOver: readonly MemberState[] = ['Applying', 'Progressing', 'AtGate', 'Soaking', 'RollingBack']

type Seen = MemberView & { readonly observation: MemberObservation; readonly facts: MemberFacts }

const isOthers = ({ id }: FleetPlan, { mark }: MemberFacts): boolean => mark !== undefined && mark.plan !== id

function seenStatus(plan: FleetPlan, { status }: MemberView, seen: Seen, world: FleetMoment): MemberStatus {
  if (takenOver.includes(status.state) && isOthers(plan, seen.facts))
    return enter(seen, 'Superseded', { reason: `plan ${seen.facts.mark?.plan} has it now` })
  switch (status.state) {
    case 'Admitting':
      return admitted(plan, seen)
    case 'Applying':
    case 'Progressing':
    case 'AtGate':
      return moving(seen, world)
    case 'Soaking':
      return soaking(seen)
    case 'Succeeded':
      return succeeded(seen)
    case 'RollingBack':
      return rollingBack(plan, seen)
    case 'Failed':
      return hadTarget(plan, status, seen)
    case 'Pending':
    case 'TimedOut':
    case 'Refused':
    case 'RolledBack':
    case 'RollbackFailed':
    case 'Skipped':
    case 'Superseded':
      return status
  }
}

/** It was out of reach before anybody saw what its change came to: what it has is the version to be taken back (RB-1). */
const hadTarget = (plan: FleetPlan, status: MemberStatus, { facts }: Seen): MemberStatus =>
  status.targetHash === undefined && facts.isTarget && facts.mark?.plan === plan.id
    ? { ...status, targetHash: facts.hash }
    : status

const enter = (
  { status, observation }: Pick<Seen, 'status' | 'observation'>,
  state: MemberState,
  more: Partial<MemberStatus> = {},
): MemberStatus => {
  const { reason: _reason, soak: _soak, ...kept } = status
  return { ...kept, ...more, state, since: observation.at }
}

/** Pre-flight: each of these ends the admission, and counts as a failure. */
function refusal(plan: FleetPlan, { facts, observation, member, status }: Seen): string | undefined {
  if (observation.missingRight !== undefined) return `the right is missing to ${observation.missingRight}`
  if (!observation.isDriven) return 'no engine or controller acts on it'
  if (plan.spec.parking === 'requireInClusterController' && !observation.isInCluster)
    return 'no controller in its cluster acts on it, and the plan requires one'
  if (isOthers(plan, facts) && facts.hash !== facts.stableHash) return `plan ${facts.mark?.plan} has it under way`
  if (facts.isAborted && !isOfRetry(status, facts)) return 'its last update was aborted, and is not retried or undone'
  const arrives = plan.spec.change.kind === 'gate' && facts.isTarget
  return facts.stableHash === member.priorHash || arrives
    ? undefined
    : `it runs ${facts.stableHash}, and ran ${member.priorHash} when the plan was made`
}

function admitted(plan: FleetPlan, seen: Seen): MemberStatus {
  const { facts, status, observation } = seen
  if (observation.asksRights === true) return status
  const reason = refusal(plan, seen)
  if (reason !== undefined) return enter(seen, 'Refused', { reason })
  if (facts.mark?.plan !== plan.id) return status
  if (facts.isTarget && facts.isHealthy)
    return enter(seen, 'Succeeded', { targetHash: facts.hash, reason: 'runs it already' })
  return enter(seen, 'Applying', { startedAt: observation.at })
}

function moving(seen: Seen, world: FleetMoment): MemberStatus {
  const { facts, status, member, observation } = seen
  if (facts.isForeign)
    return enter(seen, 'Superseded', { reason: `it runs ${facts.hash}, which is of neither version` })
  if (!facts.isTarget) return isLate(seen, world) ? timedOut(seen) : status
  if (status.targetHash !== undefined && facts.hash === member.priorHash && facts.isObserved)
    return enter(seen, 'Failed', { reason: 'somebody put the former version back' })
  const known = { targetHash: facts.hash }
  if (isTriedAgain(seen)) return isLate(seen, world) ? timedOut(seen) : status
  if (facts.isAborted || facts.isDegraded) return failed(seen)
  if (status.retry !== undefined && facts.stepIndex >= (status.retry.resumeAt ?? 0)) return moving(retried(seen), world)
  if (facts.isHealthy) return enter(seen, 'Soaking', { ...known, soak: { provenMs: 0, seenAt: observation.at } })
  if (isLate(seen, world)) return timedOut(seen)
  const state = facts.pause === 'none' || facts.pause === 'timed' ? 'Progressing' : 'AtGate'
  const gate = facts.pause === 'step' && facts.stepCount > 0 ? { gate: facts.stepIndex } : {}
  const isSame = status.state === state && status.targetHash !== undefined && status.gate === (gate.gate ?? status.gate)
  return isSame ? status : enter(seen, state, { ...known, ...gate })
}

/** The abort, and what the controller says of it until it has begun again, are those that it is tried again after. */
const isTriedAgain = ({ status, facts }: Seen): boolean =>
  facts.isAborted ? isOfRetry(status, facts) : status.retry !== undefined && facts.isDegraded

function retried(seen: Seen): Seen {
  const { retry: _seen, ...status } = seen.status
  return { ...seen, status }
}

function failed(seen: Seen): MemberStatus {
  const { facts, observation, status } = seen
  const metric = metricOf(facts.message)
  const isParked = status.parked === true
  const parked = 'it was aborted when the engine of its cluster went to sleep'
  const reason = isParked ? parked : facts.message === '' ? 'it was aborted' : facts.message
  const isOld = isParked || (facts.abortedAt !== undefined && observation.at - facts.abortedAt > freshFailureMs)
  return enter(seen, 'Failed', {
    targetHash: facts.hash,
    reason,
    ...(metric !== undefined && { metric }),
    ...(isOld && { isOldFailure: true }),
    ...(facts.abortedAt !== undefined && { abortedAt: facts.abortedAt }),
  })
}

/** The reference names the metric in its message (ANA-1121). */
const metricOf = (message: string): string | undefined => /[Mm]etric "([^"]+)"/.exec(message)?.[1]

function isLate({ status, wave, observation, facts }: Seen, { resumedAt }: FleetMoment): boolean {
  if (wave.deadlineMs === undefined || status.startedAt === undefined || facts.pause === 'byHand') return false
  const readableSince = Math.max(resumedAt, observation.reachSince)
  return observation.at > status.startedAt + wave.deadlineMs && observation.readAt >= readableSince + graceMs
}

const timedOut = (seen: Seen): MemberStatus =>
  enter(seen, 'TimedOut', { reason: `not done within ${(seen.wave.deadlineMs ?? 0) / 60_000} min` })

function soaking(seen: Seen): MemberStatus {
  const { facts, status } = seen
  if (!facts.isTarget) return leftTarget(seen)
  if (facts.isAborted || facts.isDegraded) return failed(seen)
  const soak = soakOf(seen, seen)
  if (soak.badMetric !== undefined)
    return enter(seen, 'Failed', { reason: `${soak.badMetric} went bad after it was done`, metric: soak.badMetric })
  if (soak.isDone && facts.isHealthy) return enter(seen, 'Succeeded')
  const isSeen = facts.isHealthy && isNoted(status.soak, seen.observation.at, seen.wave.maxEvidenceGapMs)
  return isSeen ? status : { ...status, soak: soak.status }
}

/** It was done, and is something else now: what others did, the plan does not undo. */
const leftTarget = (seen: Seen): MemberStatus =>
  seen.facts.isObserved ? enter(seen, 'Superseded', { reason: `it runs ${seen.facts.hash} now` }) : seen.status

function succeeded(seen: Seen): MemberStatus {
  if (!seen.facts.isTarget) return leftTarget(seen)
  return !seen.isProven && (seen.facts.isDegraded || seen.facts.isAborted) ? failed(seen) : seen.status
}

function rollingBack(plan: FleetPlan, seen: Seen): MemberStatus {
  const { facts, status, member, observation } = seen
  const isBack = facts.stableHash === member.priorHash
  if (facts.isForeign && facts.hash !== status.targetHash)
    return enter(seen, 'Superseded', { reason: `it runs ${facts.hash} now` })
  const isOver = facts.isHealthy || (facts.isAborted && endsAborted(plan, facts))
  if (isBack && isOver && facts.share === 0) return enter(seen, 'RolledBack', whyOf(status))
  return observation.at > status.since + rollbackDeadlineMs
    ? enter(seen, 'RollbackFailed', { reason: 'not back within 30 min: look at it' })
    : status
}

const whyOf = ({ reason }: MemberStatus): Partial<MemberStatus> => (reason === undefined ? {} : { reason })

function withoutRollout({ status, member }: MemberView, observation: MemberObservation): MemberStatus {
  if (status.state === 'Pending') return status
  const reason = `there is no Rollout ${member.rollout} in namespace ${member.namespace}`
  return enter({ status, observation }, status.state === 'Admitting' ? 'Refused' : 'Failed', { reason })
}

/** By the policy of the plan, once it was away too long. What was to be done there is decided anew when it is back (PC-3, I10). */
function outOfReach(plan: FleetPlan, { status, observation }: MemberView, world: FleetMoment): MemberStatus {
  const away = awayMs(observation, world)
  const at = observation?.at ?? status.since
  if (away > plan.spec.intentTtlMs) {
    if (status.state === 'Admitting') return { ...status, state: 'Pending' }
    if (status.state === 'RollingBack')
      return { ...status, state: 'RollbackFailed', since: at, reason: 'it was out of reach for too long: decide anew' }
  }
  const isStuck = away > plan.spec.unreachableAfterMs
  if (isStuck && plan.spec.unreachable === 'skip' && status.state === 'Pending')
    return {
      ...status,
      state: 'Skipped',
      since: at,
      reason: 'it was out of reach',
      ...(plan.spec.joinPolicy === 'catchUp' && { wasAway: true }),
    }
  if (isStuck && plan.spec.unreachable === 'fail' && movingStates.includes(status.state))
    return { ...status, state: 'Failed', since: at, reason: 'it was out of reach' }
  return status
}
