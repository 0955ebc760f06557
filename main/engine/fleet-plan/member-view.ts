import type { EpochMs } from '#lib/clock.ts'
import type { FleetPlan, MemberState, MemberStatus, PlanMember, PlanWave } from './document.ts'
import { type MemberFacts, memberFacts } from './member-facts.ts'
import type { FleetMoment, MemberObservation } from './world.ts'

/** A member in a pass: what is stored of it, and what is seen. */
export interface MemberView {
  readonly member: PlanMember
  readonly wave: PlanWave
  readonly waveIndex: number
  /** It is the first of its wave. */
  readonly isFirst: boolean
  /** Its wave has passed. */
  readonly isProven: boolean
  readonly status: MemberStatus
  readonly observation: MemberObservation | undefined
  /** Absent while it cannot be decided upon: never read, gone, out of reach, or read before the last sleep (I9). */
  readonly facts: MemberFacts | undefined
}

/** It cannot be decided upon when it is not read now. */
export const isFresh = (
  observation: MemberObservation | undefined,
  { resumedAt }: Pick<FleetMoment, 'resumedAt'>,
): boolean => observation !== undefined && observation.reach === 'reachable' && observation.readAt >= resumedAt

export function factsOf(
  plan: FleetPlan,
  member: PlanMember,
  status: MemberStatus,
  world: FleetMoment,
): MemberFacts | undefined {
  const observation = world.members[member.id]
  if (observation?.rollout === undefined || !isFresh(observation, world)) return undefined
  return memberFacts(plan, member, status, observation.rollout)
}

/** It stands aborted as when somebody had it tried again, which it has not seen yet; a later abort is another failure (W17). */
export const isOfRetry = ({ retry }: MemberStatus, { abortedAt = 0 }: Pick<MemberFacts, 'abortedAt'>): boolean =>
  retry !== undefined && retry.of === abortedAt

/** Changes that the version goes through before it is proven (I2). */
export const movingStates: readonly MemberState[] = ['Admitting', 'Applying', 'Progressing', 'AtGate', 'Soaking']
/** Where steps are under way. */
export const steppingStates: readonly MemberState[] = ['Applying', 'Progressing', 'AtGate']
export const failedStates: readonly MemberState[] = ['Failed', 'TimedOut', 'Refused', 'RollbackFailed']
export const terminalStates: readonly MemberState[] = ['Skipped', 'Superseded', 'RolledBack', 'RollbackFailed']

/** How long a member has been out of reach, by our clock; 0 when it is not. What a sleep took does not count. */
export function awayMs(observation: MemberObservation | undefined, world: FleetMoment): EpochMs {
  if (observation === undefined || observation.reach === 'reachable') return 0
  return Math.max(0, world.now - Math.max(observation.reachSince, world.resumedAt))
}
