import type { ReplicaSet } from '#api/apps.ts'
import { selectedHash } from '../services.ts'
import type { Situation } from '../situation.ts'
import { referencedServices } from '../validation/services.ts'
import { podHashOf } from './facts.ts'

/** Status or a Service still points at it: it must not be scaled down as an old one (REC-117). */
export function isReferenced({ status, spec, world }: Situation, rs: ReplicaSet): boolean {
  const hashes = [
    status.stableRS,
    status.currentPodHash,
    status.blueGreen?.activeSelector,
    status.blueGreen?.previewSelector,
    status.canary?.weights?.canary.podTemplateHash,
    status.canary?.weights?.stable.podTemplateHash,
    ...referencedServices(spec).map(({ name }) => selectedHash(world.services[name])),
  ]
  return hashes.includes(podHashOf(rs))
}
