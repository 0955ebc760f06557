import type { EpochMs } from '#lib/clock.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import { lost } from './budget.ts'
import type { FleetPlan, FleetPlanStatus, MemberId, MemberStatus, PlanRollback, WaveStatus } from './document.ts'
import { failedStates, steppingStates } from './member-view.ts'
import { waveOf } from './waves.ts'

/** What a person may ask of a plan. */
export type PlanCommand =
  | { readonly kind: 'start' }
  /** Before it is started (3.4.1). */
  | { readonly kind: 'approve' }
  /** `stopsLine`: members are paused where they are, too, and new versions that arrive by other ways with them (W12). */
  | { readonly kind: 'hold'; readonly stopsLine?: true; readonly until?: EpochMs }
  /** Ends the hold of every person. Those of the plan end by themselves. */
  | { readonly kind: 'release' }
  | { readonly kind: 'openGate'; readonly wave: number }
  /** A failed member is tried again: from its first step, or from the last pause it had come to (W17). */
  | { readonly kind: 'retry'; readonly member: MemberId; readonly from?: 'lastPause' }
  /** The only engine of these goes to sleep, and the plan says that they are to be aborted (SR-5). */
  | { readonly kind: 'park'; readonly members: readonly MemberId[] }
  | { readonly kind: 'skip'; readonly member: MemberId }
  | { readonly kind: 'rollBack'; readonly scope: PlanRollback['scope'] }
  /** The copy at the home before is marked (PC-4). */
  | { readonly kind: 'noteOldHome' }
  /** Nothing more is done; what is under way in clusters stays. */
  | { readonly kind: 'end' }

/** Who asks, when and why. Everything but a start takes a reason. */
export interface Asked {
  readonly by: string
  readonly at: EpochMs
  readonly reason: string
}

/** The plan as it is after a person has asked for something. Failure: why that is not open, in a sentence. */
export function command(plan: FleetPlan, wish: PlanCommand, asked: Asked): Outcome<FleetPlan, string> {
  if (wish.kind !== 'start' && asked.reason.trim() === '') return failure('Say why: a reason is kept with the plan.')
  const { status } = plan
  const isUnderWay = status.phase === 'Running' || status.phase === 'RollingBack'
  if (wish.kind !== 'start' && wish.kind !== 'approve' && !isUnderWay)
    return failure(`The plan is ${status.phase}: there is nothing to change any more.`)
  const next = changed(plan, wish, asked)
  return next.ok ? success({ ...plan, status: { ...status, ...next.value } }) : next
}

type Change = Outcome<Partial<FleetPlanStatus>, string>

function changed(plan: FleetPlan, wish: PlanCommand, { by, at, reason }: Asked): Change {
  const { status } = plan
  switch (wish.kind) {
    case 'start':
      return started(plan, at)
    case 'approve':
      return approved(plan, { by, at, reason })
    case 'hold':
      return held(status, wish, { by, at, reason })
    case 'release': {
      const left = status.holds.filter((hold) => hold.reason !== 'Manual')
      return left.length < status.holds.length
        ? success({ holds: left, readAfter: at })
        : failure('Nobody holds the plan.')
    }
    case 'openGate':
      return opened(status, wish.wave, { by, at, reason })
    case 'retry':
      return retried(plan, wish, at)
    case 'park':
      return parked(status, wish.members)
    case 'skip':
      return skipped(status, wish.member, { by, at, reason })
    case 'rollBack':
      return rolledBack(status, wish.scope, { by, at })
    case 'noteOldHome':
      return status.moved === undefined
        ? failure('The plan is where it was made.')
        : success({ moved: { ...status.moved, isOldMarked: true } })
    case 'end':
      return success({ phase: 'Aborted', since: at })
  }
}

function started({ spec, status }: FleetPlan, at: EpochMs): Change {
  if (status.phase !== 'Ready') return failure(`The plan is ${status.phase}: it was started already.`)
  const missing = (spec.approvals?.count ?? 0) - (status.approvals ?? []).length
  return missing > 0
    ? failure(`The plan wants ${missing} more ${missing === 1 ? 'person' : 'people'} to approve it.`)
    : success({ phase: 'Running', since: at })
}

/** One person on two machines is one here: it is for somebody else to look at the plan. */
function approved({ spec, status, createdBy }: FleetPlan, asked: Asked): Change {
  const { approvals } = spec
  const person = personOf(asked.by)
  const given = status.approvals ?? []
  if (approvals === undefined) return failure('The plan wants nobody to approve it.')
  if (status.phase !== 'Ready') return failure(`The plan is ${status.phase}: it was started already.`)
  if (person === personOf(createdBy)) return failure('Whoever made the plan does not approve it: ask somebody else.')
  if (approvals.by !== undefined && !approvals.by.includes(person))
    return failure(`${person} may not approve it: ${approvals.by.join(', ')} may.`)
  return given.some(({ by }) => personOf(by) === person)
    ? failure(`${person} has approved it already.`)
    : success({ approvals: [...given, asked] })
}

const personOf = (identity: string): string => identity.split('@')[0] ?? identity

function held(
  status: FleetPlanStatus,
  { stopsLine, until }: Extract<PlanCommand, { kind: 'hold' }>,
  { by, at, reason }: Asked,
): Change {
  if (until !== undefined && !(until > at)) return failure('Hold it until a time that is to come.')
  const more = { ...(stopsLine && { stopsLine }), ...(until !== undefined && { until }) }
  return success({ holds: [...status.holds, { reason: 'Manual', since: at, text: reason, by, ...more }] })
}

function opened(status: FleetPlanStatus, index: number, opened: Asked): Change {
  const wave = status.waves[index]
  if (wave === undefined || wave.state !== 'Gate')
    return failure('The gate of that wave is not what the plan waits for.')
  return success({ waves: replaced(status.waves, index, { ...wave, opened }) })
}

/** Its wave goes on when it had ended with this failure. */
function retried(plan: FleetPlan, { member: id, from }: Extract<PlanCommand, { kind: 'retry' }>, at: EpochMs): Change {
  const { status, spec } = plan
  const member = spec.members.find((each) => each.id === id)
  const before = status.members[id]
  if (member === undefined || before === undefined || !failedStates.includes(before.state))
    return failure(`${id} has not failed.`)
  if (status.rollback !== undefined) return failure('The plan is going back: nothing is tried again.')
  const {
    reason: _reason,
    metric: _metric,
    isOldFailure: _old,
    soak: _soak,
    startedAt: _started,
    sent: _sent,
    abortedAt,
    retry: _retry,
    parked: _parked,
    ...kept
  } = before
  if (from === 'lastPause' && kept.gate === undefined)
    return failure(`${id} had come to no pause: try it again from its first step.`)
  const resume = from === 'lastPause' && kept.gate !== undefined ? { resumeAt: kept.gate } : {}
  const retry = abortedAt === undefined ? {} : { retry: { of: abortedAt, ...resume } }
  const index = waveOf(spec, member) ?? 0
  const wave = status.waves[index]
  return success({
    members: { ...status.members, [id]: { ...kept, ...lost(before), ...retry, state: 'Admitting', since: at } },
    ...(wave?.state === 'Breached' && { waves: replaced(status.waves, index, { state: 'Active', since: at }) }),
  })
}

function parked({ members }: FleetPlanStatus, ids: readonly MemberId[]): Change {
  const moving = ids.flatMap((id) => {
    const status = members[id]
    return status !== undefined && steppingStates.includes(status.state)
      ? [[id, { ...status, parked: true }] as const]
      : []
  })
  return moving.length === 0
    ? failure('Nothing of it is under way there.')
    : success({ members: { ...members, ...Object.fromEntries(moving) } })
}

function skipped(status: FleetPlanStatus, id: MemberId, { by, at, reason }: Asked): Change {
  const before = status.members[id]
  const isOpen = before !== undefined && (before.state === 'Pending' || failedStates.includes(before.state))
  if (!isOpen)
    return failure(`${id} is ${before?.state ?? 'no member'}: only one that waits or has failed can be skipped.`)
  const next: MemberStatus = { state: 'Skipped', since: at, reason: `${by}: ${reason}` }
  return success({
    members: {
      ...status.members,
      [id]: {
        ...next,
        ...(before.targetHash !== undefined && { targetHash: before.targetHash }),
        ...(before.isOldFailure === true ? lost(before) : before.exposure && { exposure: before.exposure }),
      },
    },
    waves: status.waves.map((wave) => (wave.state === 'Breached' ? { state: 'Active', since: at } : wave)),
  })
}

function rolledBack(
  status: FleetPlanStatus,
  scope: PlanRollback['scope'],
  { by, at }: Pick<Asked, 'by' | 'at'>,
): Change {
  if (status.rollback !== undefined) return failure('The plan is going back already.')
  const reached = status.waves.findLastIndex(({ state }) => state !== 'Waiting')
  if (reached < 0) return failure('No wave has begun: there is nothing to take back.')
  return success({ rollback: { scope, wave: reached, since: at, by }, phase: 'RollingBack', since: at })
}

const replaced = (waves: readonly WaveStatus[], index: number, wave: WaveStatus): readonly WaveStatus[] =>
  waves.map((each, at) => (at === index ? wave : each))
