import type { ReplicaSet } from '#api/apps.ts'
import type { KubeObject } from '#api/meta.ts'
import { resources } from '#api/resources.ts'
import { type RouteKind, routeKindOf } from '#api/route-kinds.ts'
import type { EventWrite, PatchWrite, Write } from '#engine/decision.ts'
import { findRoute, noRoutes, type Routes, withoutRoute, withRoute } from '#engine/traffic/routes.ts'
import type { RolloutWorld } from '#engine/world.ts'
import type { EpochMs } from '#lib/clock.ts'
import { applyJsonPatch } from '#lib/json-patch.ts'
import { applyMergePatch } from '#lib/merge-patch.ts'
import { formatSeconds } from '#lib/rfc3339.ts'

/** The world once these writes have taken effect at `now`, and nothing else has happened. Events change nothing. */
export const worldAfter = (world: RolloutWorld, writes: readonly Write[], now: EpochMs): RolloutWorld =>
  writes.reduce((before, write) => afterWrite(before, write, now), world)

function afterWrite(world: RolloutWorld, write: Write, now: EpochMs): RolloutWorld {
  const kind = write.kind === 'event' ? undefined : routeKindOf(write.ref.resource)
  if (write.kind !== 'event' && kind !== undefined && kind !== 'services')
    return { ...world, routes: routesAfter(world.routes ?? noRoutes, write, kind, now) }
  switch (write.kind) {
    case 'event':
      return world
    case 'create':
      return { ...world, replicaSets: [...world.replicaSets, asCreated(write.object, now) as ReplicaSet] }
    case 'delete':
    case 'evict':
      return changed(world, write.ref, () => undefined)
    case 'update':
      return changed(world, write.ref, () => write.object)
    case 'patch':
      return changed(world, write.ref, (object) => patched(object, write))
  }
}

function routesAfter(routes: Routes, write: Exclude<Write, EventWrite>, kind: RouteKind, now: EpochMs): Routes {
  const ref = { kind, namespace: write.ref.namespace ?? '', name: write.ref.name }
  const present = findRoute(routes, ref)
  switch (write.kind) {
    case 'create':
      return withRoute(routes, ref, asCreated(write.object, now))
    case 'update':
      return withRoute(routes, ref, write.object)
    case 'patch':
      return present === undefined ? routes : withRoute(routes, ref, patched(present, write))
    case 'delete':
    case 'evict':
      return withoutRoute(routes, ref)
  }
}

/** Puts what `change` makes of the object in its place; takes it out when that is nothing. */
function changed(
  world: RolloutWorld,
  { resource, name }: { readonly resource: { readonly plural: string }; readonly name: string },
  change: (object: KubeObject) => KubeObject | undefined,
): RolloutWorld {
  const inList = <O extends KubeObject>(list: readonly O[]): readonly O[] =>
    list.flatMap((object) => (object.metadata.name === name ? ((change(object) as O | undefined) ?? []) : [object]))
  switch (resource.plural) {
    case resources.rollouts.plural:
      return { ...world, rollout: (change(world.rollout) ?? world.rollout) as RolloutWorld['rollout'] }
    case resources.replicaSets.plural:
      return { ...world, replicaSets: inList(world.replicaSets) }
    case resources.pods.plural:
      return { ...world, pods: inList(world.pods) }
    case resources.services.plural: {
      const services = inList(Object.values(world.services)).map((service) => [service.metadata.name, service] as const)
      return { ...world, services: Object.fromEntries(services) }
    }
    default:
      return { ...world, workload: world.workload && (change(world.workload) as RolloutWorld['workload']) }
  }
}

/** A new spec is a new generation. A patch that does not fit changes nothing. */
function patched(object: KubeObject, { body, patchType, subresource }: PatchWrite): KubeObject {
  const json = patchType === 'json' ? applyJsonPatch(object, body) : undefined
  const after = (json === undefined ? applyMergePatch(object, body) : json.ok ? json.value : object) as WithSpec
  if (subresource === 'status' || after.spec === (object as WithSpec).spec) return after
  return { ...after, metadata: { ...after.metadata, generation: (after.metadata.generation ?? 0) + 1 } }
}

type WithSpec = KubeObject & { readonly spec?: unknown }

/** What the API server adds. */
const asCreated = (object: KubeObject, now: EpochMs): KubeObject => ({
  ...object,
  metadata: {
    ...object.metadata,
    uid: `foreseen-${object.metadata.name}`,
    generation: 1,
    creationTimestamp: formatSeconds(now),
  },
})
