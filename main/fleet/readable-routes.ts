import type { Rollout } from '#api/rollout.ts'
import type { RouteKind } from '#api/route-kinds.ts'
import { routersOf } from '#engine/traffic/routers.ts'
import { noRoutes, type RouteQuery, type RouteRef, type Routes } from '#engine/traffic/routes.ts'
import type { Failure } from '#lib/failure.ts'
import type { Cluster } from '#main/cluster/cluster.ts'
import { newReads, observeRead } from '#main/controller/observe-routes.ts'

/** As much of a cluster as what is shown of a Rollout is read from: that of now, or of a time that is past. */
export type ReadCluster = Pick<Cluster, 'context' | 'cache' | 'served'> & {
  readonly client: Pick<Cluster['client'], 'istioCluster'>
}

/** The route objects of a Rollout, as far as they can be read. */
export interface ReadableRoutes {
  readonly routes: Routes
  /** Of kinds that are in a cache. */
  readonly reads: readonly (RouteRef | RouteQuery)[]
  readonly unread: ReadonlyMap<RouteKind, Unread>
  /** The cluster that has the Istio objects, where that is another one (IST-3). */
  readonly istioCluster: string | undefined
}

export type Unread = Failure | { readonly kind: 'NotSynced' }

/**
 * As `observeRoutes`, but a kind that cannot be read is left out and told, for a page is worth having without. `undefined` where no router
 * splits. Begins to watch the kinds that are needed.
 */
export function readableRoutes(cluster: ReadCluster, rollout: Rollout): ReadableRoutes | undefined {
  if (routersOf(rollout).length === 0) return undefined
  const unread = new Map<RouteKind, Unread>()
  let asked: readonly (RouteRef | RouteQuery)[] = []
  let routes = noRoutes
  for (;;) {
    const reads = newReads(rollout, { routes, reads: asked })
    if (reads.length === 0) break
    for (const read of reads) {
      const outcome = observeRead(cluster, read, routes)
      if (outcome.ok) routes = outcome.value
      else unread.set(read.kind, outcome.error)
    }
    asked = [...asked, ...reads]
  }
  const isServed = ({ kind }: RouteRef | RouteQuery): boolean => cluster.served.of(kind).state === 'served'
  return { routes, reads: asked.filter(isServed), unread, istioCluster: cluster.client.istioCluster }
}
