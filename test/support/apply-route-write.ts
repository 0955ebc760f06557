import { routeKindOf } from '#api/route-kinds.ts'
import type { CreateWrite, DeleteWrite, PatchWrite, Write } from '#engine/decision.ts'
import { findRoute, type RouteRef, type Routes, withoutRoute, withRoute } from '#engine/traffic/routes.ts'
import { assert } from '#lib/assert.ts'
import { patched } from './patched.ts'

type RouteWrite = CreateWrite | PatchWrite | DeleteWrite

/** Services are none: they are the Rollout's own. */
export const isRouteWrite = (write: Write): write is RouteWrite =>
  write.kind !== 'event' &&
  write.kind !== 'evict' &&
  write.kind !== 'update' &&
  ![undefined, 'services'].includes(routeKindOf(write.ref.resource))

/** What an API server makes of one write to a route object. */
export function applyRouteWrite(routes: Routes, write: RouteWrite): Routes {
  const ref = refOf(write)
  const present = findRoute(routes, ref)
  switch (write.kind) {
    case 'create': {
      assert(present === undefined, `${ref.name} is created once`)
      const metadata = { ...write.object.metadata, uid: `uid-${ref.name}`, resourceVersion: '1' }
      return withRoute(routes, ref, { ...write.object, metadata })
    }
    case 'delete':
      assert(present?.metadata.uid === write.precondition.uid, `${ref.name} is the one that was to go`)
      return withoutRoute(routes, ref)
    case 'patch':
      assert(present !== undefined, `${ref.name} exists`)
      return withRoute(routes, ref, patched(present, write.body, undefined, write.precondition))
  }
}

function refOf({ ref: { resource, namespace = '', name } }: RouteWrite): RouteRef {
  const kind = routeKindOf(resource)
  assert(kind !== undefined, `${resource.kind} is a route object`)
  return { kind, namespace, name }
}
