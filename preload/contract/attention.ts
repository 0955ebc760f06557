import type { EpochMs } from '#lib/clock.ts'
import type { PlanPhaseView, PlanView } from './plan-views.ts'
import type { ClusterView, RolloutKey, RolloutView, ShownStatus } from './views.ts'

/* What asks for a person: one answer for the window and for the desktop around it. */

/** Native workloads have rows of their own, also where a Rollout has the same name. */
export const rowIdOf = ({ namespace, name, kind }: Pick<RolloutView, 'namespace' | 'name' | 'kind'>): string =>
  kind === undefined ? `${namespace}/${name}` : `${namespace}/${name} ${kind}`

/** How urgently a status asks for a person; lower comes first (UI-STAT-6). */
const urgency: Record<ShownStatus, number> = {
  Degraded: 0,
  Inconclusive: 1,
  Aborted: 2,
  Paused: 3,
  Progressing: 5,
  Unknown: 6,
  Healthy: 7,
}

/** UI-STAT-6 as a number; an open-ended pause comes before one with a timer. */
export const urgencyOf = (view: RolloutView): number =>
  urgency[view.status] + (view.status === 'Paused' && view.pause?.resumesAt !== undefined ? 1 : 0)

/** Whether a rollout waits for a decision; a timed pause does not. */
export const needsPerson = (view: RolloutView): boolean => urgencyOf(view) <= urgency.Paused

/** Whether a plan moves, or would if it were let. */
export const isUnderWay = ({ phase }: { readonly phase: PlanPhaseView }): boolean =>
  phase === 'Running' || phase === 'RollingBack'

/** Rollouts that differ because a plan under way is between two versions (UI-STAT-7). */
export function plannedKeys(underWay: readonly PlanView[]): ReadonlySet<RolloutKey> {
  const members = underWay.flatMap(({ waveViews }) => waveViews.flatMap((wave) => wave.members))
  return new Set(members.filter(({ state }) => state !== 'Superseded' && state !== 'Skipped').map(({ key }) => key))
}

/** One line of "Needs you": a rollout that waits for a person, or a cluster that does. */
export type QueueEntry =
  | {
      readonly kind: 'rollout'
      readonly id: string
      readonly key: RolloutKey
      readonly view: RolloutView
      readonly since: EpochMs
    }
  | {
      readonly kind: 'drift'
      readonly id: string
      readonly key: RolloutKey
      readonly view: RolloutView
      readonly since: EpochMs
      /** What most clusters run; `undefined` in a tie. */
      readonly majority: Majority | undefined
    }
  | { readonly kind: 'cluster'; readonly id: string; readonly cluster: ClusterView; readonly since: EpochMs }

export interface Majority {
  readonly version: string
  readonly clusters: number
}

const clusterStates = new Set<ClusterView['connection']['state']>(['signInNeeded', 'forbidden', 'crdsMissing'])

/** UI-STAT-6: by class, then protected clusters first, then oldest first. */
export function buildQueue(
  rollouts: ReadonlyMap<RolloutKey, RolloutView>,
  clusters: readonly ClusterView[],
  explained: ReadonlySet<RolloutKey> = new Set(),
): readonly QueueEntry[] {
  const guarded = new Set(clusters.filter((cluster) => cluster.protected).map((cluster) => cluster.context))
  const entries: QueueEntry[] = []
  let peers: ReadonlyMap<string, readonly RolloutView[]> | undefined
  for (const view of rollouts.values()) {
    const { key, since } = view
    if (needsPerson(view)) entries.push({ kind: 'rollout', id: key, key, view, since })
    else if (view.drift && !explained.has(key)) {
      peers ??= Map.groupBy(rollouts.values(), rowIdOf)
      const majority = majorityOf(peers.get(rowIdOf(view)) ?? [])
      entries.push({ kind: 'drift', id: `drift ${key}`, key, view, since, majority })
    }
  }
  for (const cluster of clusters) {
    if (clusterStates.has(cluster.connection.state)) {
      const { context, connection } = cluster
      entries.push({ kind: 'cluster', id: `cluster ${context}`, cluster, since: connection.since })
    }
  }
  const rank = (entry: QueueEntry) =>
    entry.kind === 'rollout' ? urgencyOf(entry.view) : entry.kind === 'drift' ? 4 : 5
  const shield = (entry: QueueEntry) =>
    guarded.has(entry.kind === 'cluster' ? entry.cluster.context : entry.view.context) ? 0 : 1
  return entries.sort((a, b) => rank(a) - rank(b) || shield(a) - shield(b) || a.since - b.since)
}

/** Those of one application that are not marked run what most of them do (UI-STAT-7). */
function majorityOf(views: readonly RolloutView[]): Majority | undefined {
  const same = views.filter(({ drift }) => !drift)
  const version = same[0]?.version
  return version === undefined ? undefined : { version, clusters: same.length }
}
