import type { FleetPlan, PlanMember } from '#engine/fleet-plan/document.ts'
import type { FleetWorld, MemberObservation } from '#engine/fleet-plan/world.ts'
import { podHashOf } from '#engine/rollout/replica-set/facts.ts'
import type { Clock, EpochMs } from '#lib/clock.ts'
import type { Cluster, Connection } from '#main/cluster/cluster.ts'
import type { MetricsAt } from '#main/metrics/back-test.ts'

/** A cluster as a plan needs it. */
export interface PlanCluster {
  readonly cluster: Cluster
  /** Some engine or controller acts on its Rollouts. */
  readonly isDriven: () => boolean
  /** A controller of the cluster itself does, which goes on while laptops sleep (SR-5). */
  readonly isInCluster: () => boolean
  /** The engine of this process does: it stops with it. */
  readonly isDrivenHere?: () => boolean
  /** Nothing new may go out there now (UI-ACT-8). */
  readonly frozen?: () => MemberObservation['frozen']
  /** Its metrics as of the time that a clock tells. */
  readonly metricsAt?: MetricsAt
}

interface Ports {
  /** The open clusters, by context. */
  readonly clusterOf: (context: string) => PlanCluster | undefined
  readonly clock: Clock
  /** The cache is older than what was read past it, or nothing was read past it since the last sleep (SR-2). */
  readonly isStale: (member: PlanMember, cluster: Cluster) => boolean
}

/** All members as they are in the caches; those of clusters that are not open, or whose caches cannot be trusted yet, are left out. */
export function observeMembers({ spec }: FleetPlan, { clusterOf, clock, isStale }: Ports): FleetWorld['members'] {
  const seen = spec.members.flatMap((member) => {
    const found = clusterOf(member.context)
    const isReadable =
      found !== undefined && !(reachOf(found.cluster.connection) === 'reachable' && isStale(member, found.cluster))
    const observation = isReadable ? observeMember(member, found, clock.now()) : undefined
    return observation === undefined ? [] : [[member.id, observation] as const]
  })
  return Object.fromEntries(seen)
}

function observeMember(
  member: PlanMember,
  { cluster, isDriven, isInCluster, frozen }: PlanCluster,
  now: EpochMs,
): MemberObservation | undefined {
  const rollouts = cluster.cache('rollouts')
  const replicaSets = cluster.cache('replicaSets')
  if (!rollouts.synced || !replicaSets.synced) return undefined
  const { connection } = cluster
  const reach = reachOf(connection)
  // A live watch shows what is there now; a broken one what was there when it broke.
  const readAt = reach === 'reachable' && connection.state === 'connected' ? now : connection.since
  const rollout = rollouts.get(`${member.namespace}/${member.rollout}`)
  const closed = frozen?.()
  const own = rollout === undefined ? [] : replicaSets.ownedBy(rollout.metadata.uid ?? '')
  return {
    reach,
    reachSince: connection.since,
    readAt,
    at: readAt + (cluster.client.clockOffsetMs ?? 0),
    rollout,
    isDriven: isDriven(),
    isInCluster: isInCluster(),
    ...(closed !== undefined && { frozen: closed }),
    hashes: own.map(podHashOf),
  }
}

export function reachOf({ state }: Connection): MemberObservation['reach'] {
  if (state === 'signInNeeded') return 'unauthorized'
  return state === 'connected' || state === 'late' ? 'reachable' : 'unreachable'
}
