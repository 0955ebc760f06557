import type { TrafficWeight } from '#api/rollout.ts'
import type { IstioVirtualServiceRef } from '#api/traffic-routing.ts'
import { isRecord } from '#engine/normalise/typed-value.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import type { RouteObject } from '../routes.ts'
import { mirrorsAmong, selectRoutes } from './selected-routes.ts'
import { routesError, type Sides, sideOf } from './sides.ts'
import {
  type Destination,
  type Protocol,
  protocols,
  type Route,
  readRoutes,
  sectionOf,
  shortHost,
  withSection,
} from './virtual-service.ts'

/** Who gets how much of 100. */
export interface Split extends Sides {
  readonly weight: number
  readonly destinations: readonly TrafficWeight[]
}

/** The VirtualService with these weights in its selected routes (IST-12); the very same one when it has them. */
export function withWeights(
  object: RouteObject,
  config: IstioVirtualServiceRef,
  split: Split,
): Outcome<RouteObject, string> {
  let weighted = object
  for (const protocol of protocols) {
    const section = sectionOf(object, protocol)
    if (section === undefined) continue
    const next = weightedSection(protocol, section, config, split)
    if (!next.ok) return next
    if (next.value !== section) weighted = withSection(weighted, protocol, next.value)
  }
  return success(weighted)
}

/**
 * Differs from the reference, which gives weights to mirrors alone when there are some and no routes are configured (IST-9).
 */
function weightedSection(
  protocol: Protocol,
  section: readonly unknown[],
  config: IstioVirtualServiceRef,
  split: Split,
): Outcome<readonly unknown[], string> {
  const read = readRoutes(protocol, section)
  if (!read.ok) return read
  const routes = read.value
  const error = routesError(protocol, config, routes, split)
  if (error !== undefined) return failure(error)
  const selected = selectRoutes(protocol, config, routes, split.managed)
  if (!selected.ok) return selected
  const chosen = new Set([...selected.value, ...mirrorsAmong(routes, split.managed)])
  const next = section.map((route, i) => {
    const found = routes[i]
    return chosen.has(i) && found !== undefined && isRecord(route) ? weightedRoute(route, found, split) : route
  })
  return success(next.every((route, i) => route === section[i]) ? section : next)
}

/** Shares that keep their place, then those of an Experiment that were not there (IST-15, IST-16). */
function weightedRoute(route: Readonly<Record<string, unknown>>, { destinations }: Route, split: Split): unknown {
  const shares = Array.isArray(route['route']) ? (route['route'] as readonly unknown[]) : []
  if (shares.length === 0) return route
  const awaited = new Map(split.destinations.map(({ serviceName = '', weight }) => [serviceName, weight]))
  const stable = stableWeight(destinations, split)
  const kept = shares.flatMap((share, i) => {
    const destination = destinations[i]
    if (destination === undefined || shortHost(destination) === '') return [share]
    const weight = shareOf(destination, stable, awaited, split)
    if (weight === destination.weight) return [share]
    return weight === undefined ? [] : [{ ...(isRecord(share) && share), weight }]
  })
  const added = [...awaited]
    .filter(([, weight]) => weight !== 0)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([host, weight]) => ({ weight, destination: { host } }))
  const isSame = added.length === 0 && kept.length === shares.length && kept.every((share, i) => share === shares[i])
  return isSame ? route : { ...route, route: [...kept, ...added] }
}

/** What is left of 100; never negative, which Istio refuses (IST-14). */
function stableWeight(destinations: readonly Destination[], { weight, destinations: experiment, ...sides }: Split) {
  const additional = destinations.filter(({ subset }) => isAdditional(subset, sides))
  const taken = [...experiment, ...additional].reduce((sum, each) => sum + each.weight, weight)
  return Math.max(0, 100 - taken)
}

/**
 * What a destination shall have; `undefined` when it has to go, because requests on their way to it would be missing elsewhere (IST-15).
 * An Experiment's destination is taken off those that are `awaited`, so that the next one of the same host goes (IST-15a).
 */
function shareOf(
  destination: Destination,
  stable: number,
  awaited: Map<string, number>,
  split: Split,
): number | undefined {
  const side = sideOf(destination, split)
  if (side !== undefined) return side === 'canary' ? split.weight : stable
  const host = shortHost(destination)
  const ofExperiment = awaited.get(host)
  if (ofExperiment !== undefined) {
    awaited.delete(host)
    return ofExperiment
  }
  return isAdditional(destination.subset, split) || destination.weight === 0 ? destination.weight : undefined
}

const isAdditional = (subset: string, { additionalSubsets }: Pick<Split, 'additionalSubsets'>): boolean =>
  subset !== '' && additionalSubsets.includes(subset)
