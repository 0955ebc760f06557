import type { ReplicaSet } from '#api/apps.ts'
import type { Rollout, RolloutStatus } from '#api/rollout.ts'
import { normaliseRollout } from '#engine/normalise/normalise-rollout.ts'
import { newestRevisionFirst, podHashOf } from '#engine/rollout/replica-set/facts.ts'
import { resolveWorkload } from '#engine/rollout/workload-ref.ts'
import type { RolloutWorld } from '#engine/world.ts'

/** A Rollout as its status tells it, whoever wrote that: what is shown, where `Situation` is what is decided from. */
export interface StatusFacts {
  readonly world: RolloutWorld
  /** Normalised, so that a badly typed object is shown and not stumbled over; with the borrowed template in place. */
  readonly rollout: Rollout
  readonly status: RolloutStatus
  /** Newest revision first. */
  readonly replicaSets: readonly ReplicaSet[]
  /** By the hashes in the status, as they are shown (VIEW-91, VIEW-93): the engine may be about to change them. */
  readonly currentRS: ReplicaSet | undefined
  readonly stableRS: ReplicaSet | undefined
}

export function statusFacts(world: RolloutWorld): StatusFacts {
  const { rollout } = resolveWorkload(normaliseRollout(world.rollout).rollout, world.workload)
  const status = rollout.status ?? {}
  const replicaSets = world.replicaSets.toSorted(newestRevisionFirst)
  const withHash = (hash: string | undefined) =>
    hash === undefined || hash === '' ? undefined : replicaSets.find((each) => podHashOf(each) === hash)
  return {
    world,
    rollout,
    status,
    replicaSets,
    currentRS: withHash(status.currentPodHash),
    stableRS: withHash(status.stableRS),
  }
}

/** The current template is not the stable one: an update is under way, or was given up. */
export const isUpdating = ({ status }: Pick<StatusFacts, 'status'>): boolean =>
  (status.stableRS ?? '') !== '' && status.stableRS !== status.currentPodHash
