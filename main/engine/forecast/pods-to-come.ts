import type { ReplicaSet } from '#api/apps.ts'
import type { Pod } from '#api/core.ts'
import type { Write } from '#engine/decision.ts'
import { availableOf, existingOf, sizeOf } from '#engine/rollout/replica-set/facts.ts'
import type { RolloutWorld } from '#engine/world.ts'
import type { EpochMs } from '#lib/clock.ts'
import { formatSeconds, parseTime, sameSecond } from '#lib/rfc3339.ts'
import { isFailing, isOwnedBy, readyAt, type StartMs } from './pod-start.ts'

/** By name of the ReplicaSet: for each of its pods when it counts as available. */
export type PodsToCome = ReadonlyMap<string, readonly EpochMs[]>

/** What a new pod of this ReplicaSet takes. */
export type StartOf = (rs: ReplicaSet) => StartMs

/** `startMs`, but never for a ReplicaSet of which pods fail and none has ever got ready: the next one will fail like them. */
export function startsOf({ replicaSets, pods }: RolloutWorld, startMs: StartMs): StartOf {
  const hopeless = replicaSets.filter((rs) => {
    const own = pods.filter((pod) => isOwnedBy(pod, rs))
    return own.some(isFailing) && own.every((pod) => readyAt(pod) === undefined)
  })
  const names = new Set(hopeless.map(({ metadata }) => metadata.name))
  return ({ metadata }) => (names.has(metadata.name) ? Number.POSITIVE_INFINITY : startMs)
}

/** The pods there are: those that are coming by their own times, or as just created where they are not known. */
export const podsOf = ({ replicaSets, pods }: RolloutWorld, now: EpochMs, startOf: StartOf): PodsToCome =>
  new Map(
    replicaSets.map((rs) => {
      const available = Math.min(availableOf(rs), existingOf(rs))
      const coming = existingOf(rs) - available
      const told = pods.filter((pod) => isOwnedBy(pod, rs)).map((pod) => comesAt(pod, rs, now, startOf(rs)))
      const known = told.filter((at) => at > now).slice(0, coming)
      const unknown = times(coming - known.length, now + startOf(rs) + minReadyMsOf(rs))
      return [rs.metadata.name, [...times(available, now), ...[...known, ...unknown].sort((a, b) => a - b)]]
    }),
  )

/** When a pod counts as available. One that is late is taken as just created, one that fails as never. */
function comesAt(pod: Pod, rs: ReplicaSet, now: EpochMs, startMs: StartMs): EpochMs {
  const ready = readyAt(pod)
  if (ready !== undefined) return ready + minReadyMsOf(rs)
  if (isFailing(pod)) return Number.POSITIVE_INFINITY
  const expected = (parseTime(pod.metadata.creationTimestamp) ?? now) + startMs
  return (expected > now ? expected : now + startMs) + minReadyMsOf(rs)
}

/** The ReplicaSet controller: creates what is missing, and deletes what is too much, the youngest first. */
export const adjusted = (
  pods: PodsToCome,
  replicaSets: readonly ReplicaSet[],
  now: EpochMs,
  startOf: StartOf,
): PodsToCome =>
  new Map(
    replicaSets.map((rs) => {
      const present = pods.get(rs.metadata.name) ?? []
      const missing = sizeOf(rs) - present.length
      const created = times(Math.max(0, missing), now + startOf(rs) + minReadyMsOf(rs))
      return [rs.metadata.name, [...present, ...created].slice(0, sizeOf(rs))]
    }),
  )

/** An evicted pod was an available one; its ReplicaSet makes another. */
export function withoutEvicted(pods: PodsToCome, world: RolloutWorld, writes: readonly Write[]): PodsToCome {
  const names = new Set(writes.flatMap((write) => (write.kind === 'evict' ? write.ref.name : [])))
  if (names.size === 0) return pods
  const evicted = world.pods.filter(({ metadata }) => names.has(metadata.name))
  const lostBy = (rs: ReplicaSet): number => evicted.filter((pod) => isOwnedBy(pod, rs)).length
  return new Map(
    world.replicaSets.map((rs) => [rs.metadata.name, (pods.get(rs.metadata.name) ?? []).slice(lostBy(rs))]),
  )
}

/** With a pod for each one that has come since, so that a restart goes on when the pods it has evicted are replaced (REC-124). */
export function withReplacements(world: RolloutWorld, pods: PodsToCome, now: EpochMs): readonly Pod[] {
  const { spec, status } = world.rollout
  if (spec.restartAt === undefined || sameSecond(spec.restartAt, status?.restartedAt)) return world.pods
  const come = world.replicaSets.flatMap((rs) => {
    const there = world.pods.filter((pod) => isOwnedBy(pod, rs)).length
    const available = (pods.get(rs.metadata.name) ?? []).filter((at) => at <= now).length
    return Array.from({ length: Math.max(0, available - there) }, (_, index) => replacement(rs, now, index))
  })
  return [...world.pods, ...come]
}

function replacement(rs: ReplicaSet, now: EpochMs, index: number): Pod {
  const { name, namespace, uid = '' } = rs.metadata
  const at = formatSeconds(now)
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `foreseen-${name}-${now}-${index}`,
      ...(namespace !== undefined && { namespace }),
      creationTimestamp: at,
      labels: { ...rs.spec.template.metadata?.labels },
      ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name, uid, controller: true }],
    },
    spec: rs.spec.template.spec ?? { containers: [] },
    status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: at }] },
  }
}

/** The same ReplicaSet with the counts it has at `now`. */
export function withCounts(rs: ReplicaSet, pods: PodsToCome, now: EpochMs): ReplicaSet {
  const own = pods.get(rs.metadata.name) ?? []
  const by = (time: EpochMs) => own.filter((at) => at <= time).length
  const status = {
    ...rs.status,
    replicas: own.length,
    fullyLabeledReplicas: own.length,
    readyReplicas: by(now + minReadyMsOf(rs)),
    availableReplicas: by(now),
    observedGeneration: rs.metadata.generation ?? 1,
  }
  return { ...rs, status }
}

/** The next moment at which a pod becomes ready or available. */
export function nextChange(pods: PodsToCome, replicaSets: readonly ReplicaSet[], now: EpochMs): EpochMs | undefined {
  const moments = replicaSets.flatMap((rs) =>
    (pods.get(rs.metadata.name) ?? []).flatMap((at) => [at - minReadyMsOf(rs), at]),
  )
  const coming = moments.filter((at) => at > now && Number.isFinite(at))
  return coming.length === 0 ? undefined : Math.min(...coming)
}

const minReadyMsOf = (rs: ReplicaSet): number => (rs.spec.minReadySeconds ?? 0) * 1000

const times = (count: number, at: EpochMs): readonly EpochMs[] => Array.from({ length: count }, () => at)
