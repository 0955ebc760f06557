import type { Write } from '#engine/decision.ts'
import { availableOf, podHashOf } from '../replica-set/facts.ts'
import { ensureService, selectedHash, serviceNamed, switchService } from '../services.ts'
import type { Release } from '../situation.ts'
import { servicePair } from './service-pair.ts'
import type { TrafficOutcome } from './traffic.ts'
import type { WantedWeight } from './wanted-weight.ts'
import { isRollingBackToStable } from './wanted-weight.ts'

/**
 * CAN-45: stable on stable, canary on the current ReplicaSet, or back on stable while aborted. For a canary without a router.
 * At full weight stable has no pods. The reference leaves its Service there, which then answers nobody until the promotion; here it
 * moves on to the current ReplicaSet before the last stable pod goes, and back once stable has pods again.
 */
export function planServices(
  release: Release,
  { emptiesStable }: { readonly emptiesStable: boolean },
): readonly Write[] {
  const { stableService, canaryService } = release.spec.strategy?.canary ?? {}
  const { currentRS, stableRS } = release
  const canaryRS = release.isAborted ? stableRS : currentRS
  return [
    ...ensureService(release, serviceNamed(release, stableService), emptiesStable ? currentRS : stableRS, 'CAN-45'),
    ...ensureService(release, serviceNamed(release, canaryService), canaryRS, 'CAN-45'),
  ]
}

/**
 * Services of a canary whose traffic a router splits: ping or pong, then stable, then canary (SVC-7, SVC-14); before what splits the
 * traffic between them (TR-7).
 * Differs from the reference while aborted, where every pass points the canary Service at the canary and then back at stable (SVC-10):
 * here only the last of it is written.
 */
export function planRoutedServices(release: Release, { returnsService }: WantedWeight): readonly Write[] {
  const { spec, currentRS, stableRS, isAborted } = release
  const { stableService, canaryService } = spec.strategy?.canary ?? {}
  const canary = serviceNamed(release, canaryService)
  const leavesCanary = isAborted || isRollingBackToStable(release)
  return [
    ...(availableOf(currentRS) > 0 || stableRS === undefined ? turn(release) : []),
    ...ensureService(release, serviceNamed(release, stableService), stableRS, 'SVC-7'),
    ...(leavesCanary ? [] : ensureService(release, canary, currentRS, 'SVC-7')),
    ...(returnsService ? pointAt(release, canaryService, podHashOf(stableRS), 'SVC-10') : []),
  ]
}

/**
 * Ping or pong turns to a canary without pods once no requests go that way: pods may need their Service to become ready (SVC-14).
 * Differs from the reference, which turns it first of all, with the weight that the canary before had.
 */
export const planTurnToEmpty = (release: Release, { isSteered, weights }: TrafficOutcome): readonly Write[] =>
  availableOf(release.currentRS) === 0 && release.stableRS !== undefined && isSteered && weights?.canary.weight === 0
    ? turn(release)
    : []

function turn(release: Release): readonly Write[] {
  const { spec, status, rollout, currentRS, isFullyPromoted } = release
  if (spec.strategy?.canary?.pingPong === undefined || isFullyPromoted) return []
  return pointAt(release, servicePair(rollout, status, true).canary, podHashOf(currentRS), 'SVC-14')
}

/** At once, whether or not the pods there are available. */
function pointAt(release: Release, name: string | undefined, hash: string, because: string): readonly Write[] {
  const service = serviceNamed(release, name)
  if (service === undefined || hash === '' || selectedHash(service) === hash) return []
  return switchService(release, service, hash, because)
}
