import type { KubeObject } from '#api/meta.ts'
import type { Resource } from '#api/resources.ts'
import type { Rollout } from '#api/rollout.ts'
import { routersOf } from '#engine/traffic/routers.ts'
import { noRoutes, type RouteQuery, type RouteRef, type Routes, routesWith } from '#engine/traffic/routes.ts'
import type { Failure } from '#lib/failure.ts'
import { matchesSelector } from '#lib/label-selector.ts'
import { type Outcome, success } from '#lib/outcome.ts'
import type { ClusterClient } from '#main/cluster/client.ts'
import { findServed } from '#main/cluster/served-kinds.ts'
import { isRouteQuery, newReads } from './observe-routes.ts'

/** The route objects of one Rollout, asked of the API server by somebody who keeps no caches; `undefined` when it has no router. */
export async function readRoutes(
  client: ClusterClient,
  rollout: Rollout,
): Promise<Outcome<Routes | undefined, Failure>> {
  if (routersOf(rollout).length === 0) return success(undefined)
  let found = { routes: noRoutes, reads: [] as readonly (RouteRef | RouteQuery)[] }
  for (let reads = newReads(rollout, found); reads.length > 0; reads = newReads(rollout, found)) {
    for (const read of reads) {
      const served = await findServed(client, read.kind)
      if (served.state === 'failed') return { ok: false, error: served.failure }
      if (served.state !== 'served') continue
      const objects = await ask(client, served.resource, read)
      if (!objects.ok) return objects
      found = { ...found, routes: routesWith(found.routes, read.kind, served.resource, objects.value) }
    }
    found = { ...found, reads: [...found.reads, ...reads] }
  }
  return success(found.routes)
}

async function ask(
  client: ClusterClient,
  resource: Resource,
  read: RouteRef | RouteQuery,
): Promise<Outcome<readonly KubeObject[], Failure>> {
  if (isRouteQuery(read)) {
    const listed = await client.list(resource, { namespace: read.namespace })
    if (!listed.ok) return listed
    return success(listed.value.items.filter((each) => matchesSelector(read.labelSelector ?? {}, each.metadata.labels)))
  }
  const got = await client.get(resource, { namespace: read.namespace, name: read.name })
  if (got.ok) return success([got.value])
  // As in the caches, a record of old versions is done without by who may not read it (GW-20).
  const isAbsent = got.error.kind === 'NotFound' || (read.kind === 'configMaps' && got.error.kind === 'Forbidden')
  return isAbsent ? success([]) : got
}
