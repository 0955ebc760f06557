import type { FleetPlan, PlanMember } from '#engine/fleet-plan/document.ts'
import type { FoundRollout } from '#engine/fleet-plan/late-members.ts'
import { type PlanCluster, reachOf } from './observe-members.ts'

type Place = Pick<PlanMember, 'context' | 'namespace' | 'rollout'>

/** Where somebody could come late: a Rollout of the namespace and name of a member, in every open cluster. */
export function placesOfLate({ spec }: FleetPlan, contexts: readonly string[]): readonly Place[] {
  const named = [...new Map(spec.members.map((member) => [`${member.namespace}/${member.rollout}`, member])).values()]
  return contexts.flatMap((context) =>
    named
      .map(({ namespace, rollout }) => ({ context, namespace, rollout }))
      .filter((place) => !spec.members.some((member) => isAt(member, place))),
  )
}

const isAt = (member: PlanMember, { context, namespace, rollout }: Place): boolean =>
  member.context === context && member.namespace === namespace && member.rollout === rollout

/** Those that are there, in clusters that can be read now. */
export const findLate = (
  plan: FleetPlan,
  contexts: readonly string[],
  clusterOf: (context: string) => PlanCluster | undefined,
): readonly FoundRollout[] =>
  placesOfLate(plan, contexts).flatMap(({ context, namespace, rollout: name }) => {
    const cluster = clusterOf(context)?.cluster
    if (cluster === undefined || reachOf(cluster.connection) !== 'reachable') return []
    const rollout = cluster.cache('rollouts').get(`${namespace}/${name}`)
    return rollout === undefined ? [] : [{ context, rollout }]
  })
