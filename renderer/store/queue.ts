import type { ActionName, ClusterView, RolloutKey, RolloutView } from '#contract/views.ts'
import type { EpochMs } from '#lib/clock.ts'
import { needsPerson, rowIdOf, urgencyOf } from './board.ts'

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

/** What helps most in each state; the first that is open stands in the entry. */
const helps: Partial<Record<RolloutView['status'], readonly ActionName[]>> = {
  Degraded: ['abort', 'retry', 'undo'],
  Inconclusive: ['promote', 'abort'],
  Aborted: ['retry', 'undo'],
  Paused: ['promote', 'abort', 'resume'],
}

export const helpfulActions = (view: RolloutView): readonly ActionName[] =>
  (helps[view.status] ?? []).filter((action) => view.actions[action].open).slice(0, 2)
