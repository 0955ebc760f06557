import type { FleetPlan, FleetPlanStatus, MemberId, MemberState, MemberStatus, PlanMember } from './document.ts'
import { failedStates } from './member-view.ts'

/** Something that happened to a plan, in a sentence about it, a wave or a member. */
export interface PlanEvent {
  readonly text: string
  readonly severity: 'info' | 'warning' | 'error'
  readonly wave?: number
  readonly member?: MemberId
}

/** What changed between two states of a plan: what begins, the members in the order of the document, then what ends with them. */
export function planEvents({ spec }: FleetPlan, before: FleetPlanStatus, after: FleetPlanStatus): readonly PlanEvent[] {
  const waves = after.waves.map((wave, index) => ({
    begins: wave.state === 'Active' || wave.state === 'Passed',
    events: ofWave(spec.waves[index]?.name ?? '', index, before.waves[index], wave),
  }))
  const phase = ofPhase(before, after)
  const isEnd = after.phase !== 'Running' && after.phase !== 'RollingBack'
  return [
    ...ofEpoch(before, after),
    ...ofMove(before, after),
    ...(isEnd ? [] : phase),
    ...ofRollback(before, after),
    ...waves.flatMap(({ begins, events }) => (begins ? events : [])),
    ...spec.members.flatMap((member) => ofMember(member, before.members[member.id], after.members[member.id])),
    ...waves.flatMap(({ begins, events }) => (begins ? [] : events)),
    ...ofHolds(before, after),
    ...(isEnd ? phase : []),
  ]
}

/** The first holder is no news. */
const ofEpoch = (before: FleetPlanStatus, { epoch }: FleetPlanStatus): readonly PlanEvent[] =>
  before.epoch > 0 && epoch > before.epoch ? [{ text: `another holder decides, epoch ${epoch}`, severity: 'info' }] : []

function ofMove(before: FleetPlanStatus, { moved, movedTo }: FleetPlanStatus): readonly PlanEvent[] {
  if (movedTo !== undefined && before.movedTo === undefined)
    return [{ text: `the plan goes on in ${movedTo.context}/${movedTo.namespace}`, severity: 'warning' }]
  if (moved === undefined) return []
  const came = `${moved.by} moved the plan here from ${moved.from.context}/${moved.from.namespace}: ${moved.reason}`
  return [
    ...(before.moved === undefined ? [{ text: came, severity: 'warning' } as const] : []),
    ...(moved.isClaimed === true && before.moved?.isClaimed !== true
      ? [{ text: 'its members bear the new epoch: nobody decides at the old home any more', severity: 'info' } as const]
      : []),
    ...(moved.isOldMarked === true && before.moved?.isOldMarked !== true
      ? [{ text: `the copy in ${moved.from.context} says that the plan has moved`, severity: 'info' } as const]
      : []),
  ]
}

function ofPhase(before: FleetPlanStatus, { phase }: FleetPlanStatus): readonly PlanEvent[] {
  if (phase === before.phase) return []
  const severity = phase === 'RollingBack' || phase === 'Superseded' ? 'warning' : 'info'
  return [{ text: `the plan is ${phase}`, severity }]
}

function ofRollback(before: FleetPlanStatus, { rollback }: FleetPlanStatus): readonly PlanEvent[] {
  if (rollback === undefined || before.rollback !== undefined) return []
  const what = { inFlight: 'what is under way', wave: 'its wave', all: 'all waves' }[rollback.scope]
  return [{ text: `${rollback.by === 'plan' ? 'the plan' : rollback.by} takes ${what} back`, severity: 'warning' }]
}

function ofHolds(before: FleetPlanStatus, after: FleetPlanStatus): readonly PlanEvent[] {
  const isIn = ({ holds }: FleetPlanStatus, { by, reason }: FleetPlanStatus['holds'][number]) =>
    holds.some((each) => each.by === by && each.reason === reason)
  return [
    ...after.holds
      .filter((hold) => !isIn(before, hold))
      .map(
        ({ reason, by, text }): PlanEvent => ({
          text: `held (${reason})${by === 'plan' ? '' : ` by ${by}`}: ${text}`,
          severity: 'warning',
        }),
      ),
    ...before.holds
      .filter((hold) => !isIn(after, hold))
      .map(({ reason }): PlanEvent => ({ text: `not held any more (${reason})`, severity: 'info' })),
  ]
}

type Wave = FleetPlanStatus['waves'][number]

function ofWave(name: string, index: number, before: Wave | undefined, after: Wave): readonly PlanEvent[] {
  const opened: readonly PlanEvent[] =
    after.opened !== undefined && before?.opened === undefined
      ? [
          {
            wave: index,
            text: `${after.opened.by} opened the gate of wave ${name}: ${after.opened.reason}`,
            severity: 'info',
          },
        ]
      : []
  if (before?.state === after.state) return opened
  return [
    ...opened,
    { wave: index, text: `wave ${name}: ${after.state}`, severity: after.state === 'Breached' ? 'error' : 'info' },
  ]
}

function ofMember(
  { id: member, late }: PlanMember,
  before: MemberStatus | undefined,
  after: MemberStatus | undefined,
): readonly PlanEvent[] {
  const isBack = before?.wasAway === true && after?.wasAway !== true
  if (after?.state === 'Pending' && (isBack || (late === true && before === undefined)))
    return [{ member, text: `${member} came late: it catches up after the others`, severity: 'info' }]
  if (after === undefined || (before?.state ?? 'Pending') === after.state) return []
  const reason = after.reason === undefined ? '' : `: ${after.reason}`
  return [{ member, text: `${member}: ${after.state}${reason}`, severity: severityOf(after.state) }]
}

function severityOf(state: MemberState): PlanEvent['severity'] {
  if (failedStates.includes(state)) return 'error'
  return ['RollingBack', 'Superseded', 'Skipped'].includes(state) ? 'warning' : 'info'
}
