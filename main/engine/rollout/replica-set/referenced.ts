import type { ReplicaSet } from '#api/apps.ts'
import type { RolloutSpec } from '#api/rollout.ts'
import { routedHashes } from '#engine/traffic/routed-hashes.ts'
import { noRoutes } from '#engine/traffic/routes.ts'
import { selectedHash } from '../services.ts'
import type { Situation } from '../situation.ts'
import { referencedServices } from '../validation/services.ts'
import { podHashOf } from './facts.ts'

/**
 * Status, a Service or a router still points at it: it must not be scaled down as an old one (REC-117, SVC-26). Of ping and pong one
 * selects the pods of the revision before until the next update, and holds nobody.
 */
export function isReferenced({ status, spec, world }: Situation, rs: ReplicaSet): boolean {
  const hashes = [
    status.stableRS,
    status.currentPodHash,
    status.blueGreen?.activeSelector,
    status.blueGreen?.previewSelector,
    status.canary?.weights?.canary.podTemplateHash,
    status.canary?.weights?.stable.podTemplateHash,
    ...referencedServices(spec).flatMap(({ name }) =>
      isPingOrPong(spec, name) ? [] : [selectedHash(world.services[name])],
    ),
    ...routedHashes(world.routes ?? noRoutes),
  ]
  return hashes.includes(podHashOf(rs))
}

function isPingOrPong({ strategy }: RolloutSpec, name: string): boolean {
  const { pingPong, stableService, canaryService } = strategy?.canary ?? {}
  return [pingPong?.pingService, pingPong?.pongService].includes(name) && ![stableService, canaryService].includes(name)
}
