import type { AnalysisRun } from '#api/analysis.ts'
import type { ReplicaSet } from '#api/apps.ts'
import type { Rollout, RolloutSpec, RolloutStatus } from '#api/rollout.ts'
import { normaliseRollout } from '#engine/normalise/normalise-rollout.ts'
import { podTemplateHash } from '#engine/pod-hash/pod-template-hash.ts'
import type { RolloutWorld } from '#engine/world.ts'
import type { EpochMs } from '#lib/clock.ts'
import { type CurrentRuns, currentRuns, ownRuns } from './analysis/runs.ts'
import { ownReplicaSets } from './claim.ts'
import { findCurrentRS } from './current-replica-set.ts'
import { oldestFirst, podHashOf } from './replica-set/facts.ts'
import { replicasOf } from './spec-defaults.ts'
import { type Resolution, resolveWorkload } from './workload-ref.ts'

/** What the world means for one Rollout: every fact that more than one rule asks for, derived once. */
export interface Situation {
  readonly world: RolloutWorld
  readonly now: EpochMs
  /** Normalised, with the template of `spec.workloadRef` in place when it could be resolved. */
  readonly rollout: Rollout
  readonly spec: RolloutSpec
  /** As stored; empty before the first write. */
  readonly status: RolloutStatus
  readonly workload: Resolution
  /** Desired pods: `spec.replicas`, default 1. */
  readonly replicas: number
  /** The hash of the template as written, only used to look for and to name a ReplicaSet (REC-38). */
  readonly computedPodHash: string
  /** Owned ReplicaSets, oldest first. */
  readonly replicaSets: readonly ReplicaSet[]
  /** The ReplicaSet of the current template. */
  readonly currentRS: ReplicaSet | undefined
  /** The last fully promoted ReplicaSet; the same object as `currentRS` once promoted. */
  readonly stableRS: ReplicaSet | undefined
  /** All but the current one. */
  readonly olderRSs: readonly ReplicaSet[]
  /** Neither current nor stable. */
  readonly otherRSs: readonly ReplicaSet[]
  /** Owned AnalysisRuns. */
  readonly analysisRuns: readonly AnalysisRun[]
  /** Those of them that decide about the update. */
  readonly runs: CurrentRuns
  /** `status.stableRS` equals `status.currentPodHash`, also while both are empty. */
  readonly isFullyPromoted: boolean
  /** Abort is asked for and there is an update to abort (CAN-59). */
  readonly isAborted: boolean
}

/** A Situation in which the ReplicaSet of the current template exists. */
export interface Release extends Situation {
  readonly currentRS: ReplicaSet
}

/** Derives the Situation. Claims nothing and judges nothing: a bad spec is found later, by validation. */
export function assess(world: RolloutWorld, now: EpochMs): Situation {
  const { rollout: typed } = normaliseRollout(world.rollout)
  const workload = resolveWorkload(typed, world.workload)
  const rollout = workload.rollout
  const status = rollout.status ?? {}
  const template = rollout.spec.template ?? {}
  const computedPodHash = podTemplateHash(template, status.collisionCount)
  const replicaSets = ownReplicaSets(rollout, world.replicaSets).toSorted(oldestFirst)
  const currentRS = findCurrentRS(replicaSets, rollout, computedPodHash)
  const olderRSs = replicaSets.filter((rs) => rs !== currentRS)
  const stableRS = findStableRS(status.stableRS, currentRS, olderRSs)
  const analysisRuns = ownRuns(rollout, world.analysisRuns ?? [])
  const isFullyPromoted = (status.stableRS ?? '') === (status.currentPodHash ?? '')
  return {
    world,
    now,
    rollout,
    spec: rollout.spec,
    status,
    workload,
    replicas: replicasOf(rollout.spec),
    computedPodHash,
    replicaSets,
    currentRS,
    stableRS,
    olderRSs,
    otherRSs: olderRSs.filter((rs) => rs !== stableRS),
    analysisRuns,
    runs: currentRuns(status, analysisRuns),
    isFullyPromoted,
    isAborted: status.abort === true && !isFullyPromoted,
  }
}

export const hasCurrentRS = (situation: Situation): situation is Release => situation.currentRS !== undefined

/** There is a stable ReplicaSet beside the current one: an update is under way (CAN-4). */
export const separateStableRS = ({ stableRS, currentRS }: Situation): ReplicaSet | undefined =>
  stableRS === currentRS ? undefined : stableRS

/** REC-36. A lost stable ReplicaSet therefore looks like an initial deploy. */
function findStableRS(
  stableHash: string | undefined,
  currentRS: ReplicaSet | undefined,
  olderRSs: readonly ReplicaSet[],
): ReplicaSet | undefined {
  if (stableHash === undefined || stableHash === '') return undefined
  if (podHashOf(currentRS) === stableHash) return currentRS
  return olderRSs.find((rs) => podHashOf(rs) === stableHash)
}
