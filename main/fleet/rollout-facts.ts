import type { ReplicaSet } from '#api/apps.ts'
import type { Rollout, RolloutStatus } from '#api/rollout.ts'
import { normaliseRollout } from '#engine/normalise/normalise-rollout.ts'
import { newestRevisionFirst, podHashOf } from '#engine/rollout/replica-set/facts.ts'
import { resolveWorkload } from '#engine/rollout/workload-ref.ts'
import type { RolloutParts } from './rollout-parts.ts'

/** What more than one projection asks of the parts, derived once. */
export interface RolloutFacts {
  readonly parts: RolloutParts
  /** Normalised, so that a badly typed object is shown and not stumbled over; with the borrowed template in place. */
  readonly rollout: Rollout
  readonly status: RolloutStatus
  /** Newest revision first. */
  readonly replicaSets: readonly ReplicaSet[]
  /** By the hashes in the status, as they are shown (VIEW-91, VIEW-93): the engine may be about to change them. */
  readonly currentRS: ReplicaSet | undefined
  readonly stableRS: ReplicaSet | undefined
}

export function factsOf(parts: RolloutParts): RolloutFacts {
  const { rollout } = resolveWorkload(normaliseRollout(parts.rollout).rollout, parts.workload)
  const status = rollout.status ?? {}
  const replicaSets = parts.replicaSets.toSorted(newestRevisionFirst)
  const withHash = (hash: string | undefined) =>
    hash === undefined || hash === '' ? undefined : replicaSets.find((each) => podHashOf(each) === hash)
  return {
    parts,
    rollout,
    status,
    replicaSets,
    currentRS: withHash(status.currentPodHash),
    stableRS: withHash(status.stableRS),
  }
}

/** The current template is not the stable one: an update is under way, or was given up. */
export const isUpdating = ({ status }: RolloutFacts): boolean =>
  (status.stableRS ?? '') !== '' && status.stableRS !== status.currentPodHash
