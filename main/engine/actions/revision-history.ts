import type { ReplicaSet } from '#api/apps.ts'
import { annotations } from '#api/keys.ts'
import { annotationOf, newestRevisionFirst, podHashOf, revisionOf } from '#engine/rollout/replica-set/facts.ts'
import type { RolloutWorld } from '#engine/world.ts'

/** The ReplicaSets that can be gone back to, newest revision first; one whose revision is unreadable cannot (ACT-91…93). */
export const revisionHistory = ({ rollout, replicaSets }: RolloutWorld): readonly ReplicaSet[] =>
  replicaSets
    .filter((rs) => isControlledBy(rs, rollout.metadata.uid) && hasReadableRevision(rs))
    .toSorted(newestRevisionFirst)

/** `revision 4 (search-index:1.20.0)`, or the pod hash when the world does not hold the ReplicaSet. */
export function revisionInWords(world: RolloutWorld, podHash: string | undefined): string {
  if (podHash === undefined || podHash === '') return 'no version yet'
  const rs = revisionHistory(world).find((each) => podHashOf(each) === podHash)
  const revision = revisionOf(rs)
  if (rs === undefined || revision === undefined) return `version ${podHash}`
  const image = rs.spec.template.spec?.containers[0]?.image
  return image === undefined || image === '' ? `revision ${revision}` : `revision ${revision} (${imageInWords(image)})`
}

/**
 * The image without its registry and folders; of a digest only the first 7 digits.
 * @example imageInWords('registry:5000/shop/search-index:1.20.0') // 'search-index:1.20.0'
 */
export function imageInWords(image: string): string {
  const [name = '', digest] = image.split('@')
  const short = name.slice(name.lastIndexOf('/') + 1)
  if (digest === undefined || short.includes(':')) return short
  return `${short}@${digest.replace(/^[^:]*:/, '').slice(0, 7)}`
}

const isControlledBy = (rs: ReplicaSet, uid: string | undefined): boolean =>
  (rs.metadata.ownerReferences ?? []).some((owner) => owner.controller === true && owner.uid === uid)

const hasReadableRevision = (rs: ReplicaSet): boolean =>
  (annotationOf(rs, annotations.revision) ?? '') === '' || revisionOf(rs) !== undefined
