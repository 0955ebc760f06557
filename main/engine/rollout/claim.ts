import type { ReplicaSet } from '#api/apps.ts'
import type { LabelSelector, OwnerReference } from '#api/meta.ts'
import { resources } from '#api/resources.ts'
import type { Rollout } from '#api/rollout.ts'
import type { Write } from '#engine/decision.ts'
import { controlledBy, controllerOf, isControlledBy } from '#engine/ownership.ts'
import { matchesSelector } from '#lib/label-selector.ts'
import type { Situation } from './situation.ts'
import { patchReplicaSet } from './write.ts'

/** Which ReplicaSets belong to a Rollout, and how ownership follows the labels (REC-35). */

export const ownerReferenceTo = (rollout: Rollout): OwnerReference => controlledBy(resources.rollouts, rollout)

/** Those we control and whose labels match; a Rollout without a selector owns nothing (REC-22a). */
export const ownReplicaSets = (rollout: Rollout, replicaSets: readonly ReplicaSet[]): readonly ReplicaSet[] =>
  replicaSets.filter((rs) => isControlledBy(rs, rollout) && isSelected(rollout, rs))

/** REC-35 (ii) and (iii): let go of what no longer matches, adopt orphans that do. */
export const planClaims = ({ rollout, world }: Situation): readonly Write[] =>
  world.replicaSets.flatMap((rs) => {
    if (isControlledBy(rs, rollout)) return isSelected(rollout, rs) ? [] : [release(rollout, rs)]
    const isOrphan = controllerOf(rs) === undefined && rs.metadata.deletionTimestamp === undefined
    return isOrphan && isSelected(rollout, rs) ? [adopt(rollout, rs)] : []
  })

const isSelected = (rollout: Rollout, rs: ReplicaSet): boolean =>
  !isEmptySelector(rollout.spec.selector) && matchesSelector(rollout.spec.selector ?? {}, rs.metadata.labels ?? {})

export const isEmptySelector = (selector: LabelSelector | undefined): boolean =>
  Object.keys(selector?.matchLabels ?? {}).length === 0 && (selector?.matchExpressions ?? []).length === 0

const adopt = (rollout: Rollout, rs: ReplicaSet): Write =>
  patchReplicaSet(
    rs,
    { metadata: { ownerReferences: [...(rs.metadata.ownerReferences ?? []), ownerReferenceTo(rollout)] } },
    { because: 'REC-35', summary: `Adopt ReplicaSet ${rs.metadata.name}` },
  )

const release = (rollout: Rollout, rs: ReplicaSet): Write => {
  const kept = (rs.metadata.ownerReferences ?? []).filter((owner) => owner.uid !== rollout.metadata.uid)
  return patchReplicaSet(
    rs,
    { metadata: { ownerReferences: kept.length === 0 ? null : kept } },
    { because: 'REC-35', summary: `Release ReplicaSet ${rs.metadata.name}: its labels no longer match` },
  )
}
