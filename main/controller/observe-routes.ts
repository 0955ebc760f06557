import type { Rollout } from '#api/rollout.ts'
import { routeReads } from '#engine/traffic/route-reads.ts'
import { noRoutes, type RouteQuery, type RouteRef, type Routes, routeKey, routesWith } from '#engine/traffic/routes.ts'
import type { Failure } from '#lib/failure.ts'
import { matchesSelector } from '#lib/label-selector.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import type { Cluster } from '#main/cluster/cluster.ts'

/** The objects that a Rollout's routers look at, and which those are. */
export interface ObservedRoutes {
  readonly routes: Routes
  readonly reads: readonly (RouteRef | RouteQuery)[]
}

/**
 * The route objects of one Rollout, from the cluster's caches. A kind that the cluster does not serve has no objects. `NotSynced` while a
 * cache that is needed is not filled; the failure where it cannot be.
 */
export function observeRoutes(
  cluster: Pick<Cluster, 'cache' | 'served'>,
  rollout: Rollout,
  verifiesTargets = false,
): Outcome<ObservedRoutes, Failure | { readonly kind: 'NotSynced' }> {
  let found: ObservedRoutes = { routes: noRoutes, reads: [] }
  const more = () => newReads(rollout, found, verifiesTargets)
  for (let reads = more(); reads.length > 0; reads = more()) {
    for (const read of reads) {
      const outcome = observeRead(cluster, read, found.routes)
      if (!outcome.ok) return outcome
      found = { routes: outcome.value, reads: [...found.reads, read] }
    }
  }
  return success(found)
}

/** More than any Rollout has. */
const readsMax = 200

/** What the routers want to look at beside what they have seen: with each object they may know of others. */
export function newReads(
  rollout: Rollout,
  { routes, reads }: ObservedRoutes,
  verifiesTargets = false,
): ObservedRoutes['reads'] {
  if (reads.length >= readsMax) return []
  const known = new Set(reads.map(readKey))
  return routeReads(rollout, routes, verifiesTargets).filter((read) => !known.has(readKey(read)))
}

export const isRouteQuery = (read: RouteRef | RouteQuery): read is RouteQuery => !('name' in read)

const readKey = (read: RouteRef | RouteQuery): string =>
  isRouteQuery(read) ? `${read.kind} ${read.namespace} ${JSON.stringify(read.labelSelector ?? {})}` : routeKey(read)

/** The routes with what one read finds in the caches. */
export function observeRead(
  cluster: Pick<Cluster, 'cache' | 'served'>,
  read: RouteRef | RouteQuery,
  routes: Routes,
): Outcome<Routes, Failure | { readonly kind: 'NotSynced' }> {
  const served = cluster.served.of(read.kind)
  if (served.state === 'asked') return failure({ kind: 'NotSynced' })
  if (served.state === 'failed') return failure(served.failure)
  if (served.state === 'notServed') return success(routes)
  const cache = cluster.cache(read.kind)
  if (!cache.synced) {
    // A record of old versions: without the right to read it, nobody has it (GW-20).
    if (read.kind === 'configMaps' && cache.failure?.kind === 'Forbidden') return success(routes)
    return failure(cache.failure ?? { kind: 'NotSynced' })
  }
  const objects = isRouteQuery(read)
    ? cache
        .inNamespace(read.namespace)
        .filter((each) => matchesSelector(read.labelSelector ?? {}, each.metadata.labels))
    : [cache.get(`${read.namespace}/${read.name}`)].flatMap((each) => each ?? [])
  return success(routesWith(routes, read.kind, served.resource, objects))
}
