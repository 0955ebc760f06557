import type { ReplicaSet } from '#api/apps.ts'
import { annotations } from '#api/keys.ts'
import { annotationOf, newestRevisionFirst, podHashOf, revisionOf } from '#engine/rollout/replica-set/facts.ts'
import type { RolloutWorld } from '#engine/world.ts'

/** The ReplicaSets that can be gone back to, newest revision first; one whose revision is unreadable cannot (ACT-91…93). */
export const revisionHistory = ({ rollout, replicaSets }: RolloutWorld): readonly ReplicaSet[] =>
  replicaSets
    .filter((rs) => isControlledBy(rs, rollout.metadata.uid) && hasReadableRevision(rs))
    .toSorted(newestRevisionFirst)

/** `revision 3`, or the pod hash when the world does not hold the ReplicaSet. */
export function revisionInWords(world: RolloutWorld, podHash: string | undefined): string {
  if (podHash === undefined || podHash === '') return 'no version yet'
  const revision = revisionOf(revisionHistory(world).find((rs) => podHashOf(rs) === podHash))
  return revision === undefined ? `version ${podHash}` : `revision ${revision}`
}

const isControlledBy = (rs: ReplicaSet, uid: string | undefined): boolean =>
  (rs.metadata.ownerReferences ?? []).some((owner) => owner.controller === true && owner.uid === uid)

const hasReadableRevision = (rs: ReplicaSet): boolean =>
  (annotationOf(rs, annotations.revision) ?? '') === '' || revisionOf(rs) !== undefined
