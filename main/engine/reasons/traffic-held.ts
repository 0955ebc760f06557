import { routerRequest } from '#engine/rollout/canary/router-request.ts'
import { isStableUp, stableNeed } from '#engine/rollout/canary/stable-capacity.ts'
import { wantedWeight } from '#engine/rollout/canary/wanted-weight.ts'
import { availableOf } from '#engine/rollout/replica-set/facts.ts'
import { assess, hasCurrentRS, type Release } from '#engine/rollout/situation.ts'
import type { StatusFacts } from '#engine/status/status-facts.ts'
import { isUpdating } from '#engine/status/status-facts.ts'
import { replicaSetWaitedFor } from '#engine/traffic/istio/destination-rule.ts'
import { routersOf } from '#engine/traffic/routers.ts'
import type { Reason } from '#lib/reason.ts'

/** Why a router is not where the update wants it; `undefined` where it is, and outside of an update. */
export function trafficHeld(facts: StatusFacts): Reason | undefined {
  if (!isUpdating(facts) || routersOf(facts.rollout).length === 0) return undefined
  // Nothing here depends on the time.
  const situation = assess(facts.world, 0)
  if (!hasCurrentRS(situation)) return undefined
  return stableTooSmall(situation) ?? subsetsWait(situation) ?? notVerified(situation)
}

/** TR-21. */
function stableTooSmall(release: Release): Reason | undefined {
  const { stableRS, status } = release
  const { weight } = wantedWeight(release)
  const written = status.canary?.weights?.canary.weight ?? 0
  if (stableRS === undefined || weight === written || isStableUp(release, weight)) return undefined
  const values = { need: stableNeed(release, weight), available: availableOf(stableRS) }
  const object = { kind: 'ReplicaSet', name: stableRS.metadata.name }
  return { cause: 'stableTooSmall', object, since: undefined, values }
}

/** IST-18. */
function subsetsWait(release: Release): Reason | undefined {
  const wanted = wantedWeight(release)
  const asked = { weight: wanted.weight, canaryHash: wanted.canaryHash, destinations: [] }
  const name = routersOf(release.rollout)
    .filter(({ type }) => type === 'Istio')
    .map((router) => replicaSetWaitedFor(routerRequest(router, release, asked)))
    .find((each) => each !== undefined)
  if (name === undefined) return undefined
  return { cause: 'subsetsWait', object: { kind: 'ReplicaSet', name }, since: undefined, values: { name } }
}

/** TR-29. */
function notVerified({ rollout, status }: Release): Reason | undefined {
  const weights = status.canary?.weights
  if (weights?.verified !== false) return undefined
  const object = { kind: 'Rollout', name: rollout.metadata.name }
  return { cause: 'notVerified', object, since: undefined, values: { weight: weights.canary.weight } }
}
