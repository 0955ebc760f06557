import type { Pod } from '#api/core.ts'
import { resources } from '#api/resources.ts'
import type { Write } from '#engine/decision.ts'
import type { EpochMs } from '#lib/clock.ts'
import { resolveAmount } from '#lib/int-or-string.ts'
import { matchesSelector } from '#lib/label-selector.ts'
import { parseTime, sameSecond } from '#lib/rfc3339.ts'
import { podBudget } from './pod-budget.ts'
import { sizeOf, sumOf } from './replica-set/facts.ts'
import type { Release } from './situation.ts'
import { defaultUnavailable } from './spec-defaults.ts'
import { refTo, unchanged } from './write.ts'

export interface Restart {
  readonly writes: readonly Write[]
  /** Every pod is newer than `spec.restartAt`, or was just evicted: `restartedAt` may be set. */
  readonly isComplete: boolean
  readonly requeueAt: EpochMs | undefined
}

const recheckMs = 30_000
const noRestart: Restart = { writes: [], isComplete: false, requeueAt: undefined }

/** Evicts pods older than `spec.restartAt`, never more at once than may be unavailable (REC-121…126). */
export function planRestart(release: Release): Restart {
  const { spec, status, now } = release
  const restartAt = parseTime(spec.restartAt)
  if (restartAt === undefined || sameSecond(spec.restartAt, status.restartedAt)) return noRestart
  if (now <= restartAt) return { ...noRestart, requeueAt: restartAt + 1 }
  const pods = podsOf(release)
  const old = pods.filter((pod) => (parseTime(pod.metadata.creationTimestamp) ?? 0) < restartAt)
  const evicted = old.filter((pod) => !isTerminating(pod)).slice(0, Math.max(0, evictionBudget(release, pods)))
  const isComplete = old.length === evicted.length
  // A disruption budget may refuse what is asked for here, and then nothing changes that would wake us (REC-125).
  return { writes: evicted.map(evict), isComplete, requeueAt: old.length === 0 ? undefined : now + recheckMs }
}

const podsOf = ({ world, replicaSets, spec }: Release): readonly Pod[] => {
  const uids = new Set(replicaSets.map((rs) => rs.metadata.uid))
  const isOurs = (pod: Pod): boolean =>
    (pod.metadata.ownerReferences ?? []).some((owner) => owner.controller === true && uids.has(owner.uid))
  return world.pods.filter((pod) => isOurs(pod) && matchesSelector(spec.selector, pod.metadata.labels))
}

/** REC-124: pods that may go now. Even with `maxUnavailable` 0 one may, or nothing would ever restart. */
function evictionBudget({ spec, replicas, replicaSets, now }: Release, pods: readonly Pod[]): number {
  const blueGreen = spec.strategy?.blueGreen
  const unavailable = blueGreen
    ? (resolveAmount(blueGreen.maxUnavailable ?? defaultUnavailable, replicas, 'down') ?? 0)
    : podBudget(spec).unavailable
  const available = pods.filter((pod) => isAvailable(pod, spec.minReadySeconds ?? 0, now)).length
  return available - (Math.max(replicas, sumOf(replicaSets, sizeOf)) - Math.max(unavailable, 1))
}

const isTerminating = (pod: Pod): boolean => pod.metadata.deletionTimestamp !== undefined

function isAvailable(pod: Pod, minReadySeconds: number, now: EpochMs): boolean {
  const ready = pod.status?.conditions?.find(({ type }) => type === 'Ready')
  if (ready?.status !== 'True' || isTerminating(pod)) return false
  return minReadySeconds === 0 || (parseTime(ready.lastTransitionTime) ?? now) + minReadySeconds * 1000 <= now
}

const evict = (pod: Pod): Write => ({
  kind: 'evict',
  ref: refTo(resources.pods, pod),
  precondition: unchanged(pod),
  because: 'REC-125',
  summary: `Evict pod ${pod.metadata.name} to restart it`,
})
