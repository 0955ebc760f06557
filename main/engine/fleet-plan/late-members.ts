import type { Rollout } from '#api/rollout.ts'
import { jsonEqual } from '#lib/json-patch.ts'
import { parseTime } from '#lib/rfc3339.ts'
import type { FleetPlan, MemberStatus, PlanMember } from './document.ts'
import { imagesOf, markOf } from './member-facts.ts'
import { isFresh } from './member-view.ts'
import { isClaiming } from './move-home.ts'
import type { FleetWorld } from './world.ts'

/** A Rollout of the name and namespace of a member, in an open cluster in which the plan has none. */
export interface FoundRollout {
  readonly context: string
  readonly rollout: Rollout
}

/** As many come late at most: a plan has to fit in its ConfigMap. */
const lateMax = 100

/**
 * The plan with those that came late, where it lets them catch up (3.4.1 `joinPolicy`, 3.4.2 Skipped): Rollouts that were made after it,
 * and members that were skipped while they could not be reached. What was there when the plan was made and is no member was left out on
 * purpose. The same plan when nobody comes.
 */
export function withLateMembers(
  plan: FleetPlan,
  found: readonly FoundRollout[],
  world: Pick<FleetWorld, 'members' | 'lease' | 'resumedAt'>,
): FleetPlan {
  const { spec, status } = plan
  const decides = world.lease !== undefined && world.lease.epoch >= status.epoch && !isClaiming(plan)
  const isOpen = status.phase === 'Running' && status.rollback === undefined && status.waves.at(-1)?.state !== 'Passed'
  if (spec.joinPolicy !== 'catchUp' || !decides || !isOpen) return plan
  const back = spec.members.filter((member) => isBack(plan, member, world))
  const room = Math.max(0, lateMax - spec.members.filter(({ late }) => late === true).length)
  const fresh = found.filter((each) => joins(plan, each, world)).slice(0, room)
  if (back.length + fresh.length === 0) return plan
  const joined = fresh.map((each) => memberOf(each, plan, world))
  return {
    ...plan,
    spec: {
      ...spec,
      members: [
        ...spec.members.map((each) => (back.includes(each) ? { ...each, late: true as const } : each)),
        ...joined,
      ],
    },
    status: {
      ...status,
      members: {
        ...status.members,
        ...Object.fromEntries([...back, ...joined].map(({ id }) => [id, pending(id, world)] as const)),
      },
    },
  }
}

const pending = (id: string, { members, resumedAt }: Pick<FleetWorld, 'members' | 'resumedAt'>): MemberStatus => ({
  state: 'Pending',
  since: members[id]?.at ?? resumedAt,
})

function isBack({ status }: FleetPlan, { id }: PlanMember, world: Pick<FleetWorld, 'members' | 'resumedAt'>): boolean {
  const observation = world.members[id]
  return status.members[id]?.wasAway === true && isFresh(observation, world) && observation?.rollout !== undefined
}

/** One that is settled, runs something else, and is no member by another name of its cluster. */
function joins(plan: FleetPlan, { context, rollout }: FoundRollout, { members }: Pick<FleetWorld, 'members'>): boolean {
  const { spec, status, createdAt } = plan
  const { metadata, status: seen = {} } = rollout
  const made = parseTime(metadata.creationTimestamp)
  const isNew = made !== undefined && made > createdAt
  const isMember =
    spec.members.some((each) => each.id === idOf(context, rollout)) ||
    markOf(rollout)?.plan === plan.id ||
    Object.values(members).some(
      ({ rollout: own }) => own?.metadata.uid !== undefined && own.metadata.uid === metadata.uid,
    )
  const isSettled = (seen.stableRS ?? '') !== '' && seen.stableRS === seen.currentPodHash
  return isNew && !isMember && isSettled && hasToChange(spec.change.kind, status.target, rollout)
}

/** With a gate it is not known what arrives before a member has shown it. */
const hasToChange = (change: string, target: FleetPlan['status']['target'], rollout: Rollout): boolean =>
  change !== 'gate' || (target !== undefined && !jsonEqual(imagesOf(rollout), target))

const idOf = (context: string, { metadata: { namespace = '', name } }: Rollout): string =>
  `${context}/${namespace}/${name}`

/** Its share is that of its pods among all that are seen: never less than it is. */
function memberOf(
  { context, rollout }: FoundRollout,
  { spec }: FleetPlan,
  { members }: Pick<FleetWorld, 'members'>,
): PlanMember {
  const { namespace = '', name, labels = {} } = rollout.metadata
  const seen = spec.members.map(({ id }) => podsOf(members[id]?.rollout)).reduce((sum, pods) => sum + pods, 0)
  const pods = podsOf(rollout)
  return {
    id: idOf(context, rollout),
    context,
    namespace,
    rollout: name,
    labels,
    trafficShare: seen + pods === 0 ? 0 : (100 * pods) / (seen + pods),
    priorHash: rollout.status?.stableRS ?? '',
    late: true,
  }
}

const podsOf = (rollout: Rollout | undefined): number => (rollout === undefined ? 0 : (rollout.spec.replicas ?? 1))
