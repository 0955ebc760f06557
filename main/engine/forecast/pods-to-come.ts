import type { ReplicaSet } from '#api/apps.ts'
import { availableOf, existingOf, sizeOf } from '#engine/rollout/replica-set/facts.ts'
import type { EpochMs } from '#lib/clock.ts'

/** By name of the ReplicaSet: for each of its pods when it counts as available. */
export type PodsToCome = ReadonlyMap<string, readonly EpochMs[]>

/** Milliseconds from a pod's creation until it is ready; infinite when such pods never are. */
export type StartMs = number

/** Pods that are not available yet are taken as just created. */
export const podsOf = (replicaSets: readonly ReplicaSet[], now: EpochMs, startMs: StartMs): PodsToCome =>
  new Map(
    replicaSets.map((rs) => {
      const available = Math.min(availableOf(rs), existingOf(rs))
      const coming = existingOf(rs) - available
      return [rs.metadata.name, [...times(available, now), ...times(coming, now + startMs + minReadyMsOf(rs))]]
    }),
  )

/** The ReplicaSet controller: creates what is missing, and deletes what is too much, the youngest first. */
export const adjusted = (
  pods: PodsToCome,
  replicaSets: readonly ReplicaSet[],
  now: EpochMs,
  startMs: StartMs,
): PodsToCome =>
  new Map(
    replicaSets.map((rs) => {
      const present = pods.get(rs.metadata.name) ?? []
      const missing = sizeOf(rs) - present.length
      const created = times(Math.max(0, missing), now + startMs + minReadyMsOf(rs))
      return [rs.metadata.name, [...present, ...created].slice(0, sizeOf(rs))]
    }),
  )

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
