import type { EpochMs } from '#lib/clock.ts'
import { resolveAmount } from '#lib/int-or-string.ts'
import { resendMs } from './acts.ts'
import type { FleetPlan, MemberId, MemberState, MemberStatus, PlanRollback } from './document.ts'
import { failedStates, type MemberView, movingStates, steppingStates } from './member-view.ts'
import { failuresIn, type WaveView } from './wave.ts'

/**
 * What the policy of the plan takes back on a breach; nothing when it is to hold, or when a failure is too old to act upon (FP-3, FP-5).
 * @param isSpent what is lost and at risk is more than its error budget bears, without what old failures cost (W16)
 */
export function startedRollback(
  plan: FleetPlan,
  waves: readonly WaveView[],
  isSpent: boolean,
  now: EpochMs,
): PlanRollback | undefined {
  if (plan.status.rollback !== undefined) return plan.status.rollback
  if (isSpent && plan.spec.onBreach !== 'hold') {
    const reached = waves.findLastIndex(({ status }) => status.state !== 'Waiting')
    return { scope: scopes[plan.spec.onBreach], wave: Math.max(0, reached), since: now, by: 'plan' }
  }
  const breached = waves.find(({ status }) => status.state === 'Breached')
  if (breached === undefined) return undefined
  const isOld = failuresIn(breached).some(({ status }) => status.isOldFailure === true)
  const policy = plan.spec.onBreach === 'hold' && breached.wave.sync === 'step' ? 'abortInFlight' : plan.spec.onBreach
  if (policy === 'hold' || isOld) return undefined
  return { scope: scopes[policy], wave: breached.index, since: now, by: 'plan' }
}

const scopes = { abortInFlight: 'inFlight', rollbackWave: 'wave', rollbackAll: 'all' } as const

/** Members that begin to go back in this pass, and whether all that is to be is done. */
export interface RollbackPass {
  readonly begin: ReadonlyMap<MemberId, MemberStatus>
  readonly isDone: boolean
}

/** Aborts first and all at once, for they move traffic to pods that still run; then what was done, from the last wave on (RB-1, RB-2). */
export function passRollback(
  plan: FleetPlan,
  rollback: PlanRollback,
  waves: readonly WaveView[],
  now: EpochMs,
): RollbackPass {
  const scope = waves.filter(({ index }) =>
    rollback.scope === 'all' ? index <= rollback.wave : index === rollback.wave,
  )
  const all = scope.flatMap(({ members }) => members)
  const views = all.filter(hasTarget)
  const inFlight = views.filter(isInFlight)
  const open = inFlight.filter(({ status }) => status.state !== 'RollingBack')
  const begin = new Map(open.map((view) => [view.member.id, goingBack(view)]))
  const done = rollback.scope === 'inFlight' ? [] : views.filter((view) => isDone(view))
  const isAborting = inFlight.some(({ facts }) => facts?.isAborted !== true)
  const queue = plan.spec.rollback.order === 'reverse' ? done.toReversed() : done
  const waiting = queue.filter(({ status, facts }) => status.state !== 'RollingBack' && facts?.keptBy === undefined)
  // Nothing is sent to them: they wait for whoever keeps them, and take no slot (RB-5).
  const kept = isAborting
    ? []
    : queue.filter(({ status, facts }) => status.state !== 'RollingBack' && facts?.keptBy !== undefined)
  for (const view of kept) begin.set(view.member.id, goingBack(view))
  const slots = Math.max(1, resolveAmount(plan.spec.rollback.maxConcurrent, done.length, 'down') ?? 1)
  const busy = queue.filter(({ status, facts }) => status.state === 'RollingBack' && facts?.keptBy === undefined)
  const free = isAborting ? 0 : slots - busy.length
  for (const view of waiting.slice(0, Math.max(0, free))) begin.set(view.member.id, goingBack(view))
  const isUnseen = all.some((view) => view.facts === undefined && (hasTarget(view) || canHaveTarget(view)))
  const isBusy = views.some(({ status }) => status.state === 'RollingBack') || all.some((view) => isOnItsWay(view, now))
  return { begin, isDone: begin.size === 0 && waiting.length === 0 && !isBusy && !isUnseen }
}

/** One that has failed may still be on its way: late, it goes on by what it was sent before. */
const mayMove: readonly MemberState[] = [...movingStates, 'Failed', 'TimedOut']

/** It was sent something that its controller has not seen yet: what comes of it is taken back as well. */
const isOnItsWay = ({ status, facts }: MemberView, now: EpochMs): boolean =>
  facts !== undefined &&
  mayMove.includes(status.state) &&
  (!facts.isObserved || (status.sent !== undefined && status.sent.kind !== 'mark' && now < status.sent.at + resendMs))

const atRest = ['RolledBack', 'RollbackFailed', 'Superseded', 'Skipped', 'Pending', 'Refused']

/** It was given the new version, and has something to go back to: I6. */
const hasTarget = ({ status, member }: MemberView): boolean =>
  status.targetHash !== undefined && status.targetHash !== member.priorHash && !atRest.includes(status.state)

/** It was to get the new version, and nobody has seen yet whether it did. */
const canHaveTarget = ({ status }: MemberView): boolean =>
  steppingStates.includes(status.state) ||
  (status.state === 'Failed' && status.startedAt !== undefined && status.targetHash === undefined)

const isInFlight = ({ facts }: MemberView): boolean => facts?.isTarget === true && facts.stableHash !== facts.hash

const isDone = ({ facts }: MemberView): boolean => facts?.isTarget === true && facts.stableHash === facts.hash

/**
 * Without its former ReplicaSet nobody can tell what to go back to: that is asked, never guessed. Why it failed stays with it. What was proven costs something only from
 * now on (W16).
 */
function goingBack({ status, member, observation }: MemberView): MemberStatus {
  const { reason, soak: _soak, exposure, ...kept } = status
  const since = observation?.at ?? status.since
  const cost =
    exposure === undefined ? {} : { exposure: status.state === 'Succeeded' ? { ...exposure, seenAt: since } : exposure }
  const why = reason !== undefined && failedStates.includes(status.state) ? { reason } : {}
  return observation?.hashes.includes(member.priorHash) === true
    ? { ...kept, ...cost, ...why, state: 'RollingBack', since }
    : {
        ...kept,
        ...cost,
        state: 'RollbackFailed',
        since,
        reason: `its ReplicaSet of ${member.priorHash} is gone: choose a revision`,
      }
}
