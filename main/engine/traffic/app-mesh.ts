import { labels } from '#api/keys.ts'
import type { Rollout } from '#api/rollout.ts'
import type { AppMeshRouting } from '#api/traffic-routing.ts'
import { invalid, type SpecError } from '#engine/rollout/validation/spec-error.ts'
import { failure, success } from '#lib/outcome.ts'
import { routerError, withNodeWeights } from './app-mesh-router.ts'
import { fieldAt, textAt, withSpecAt } from './route-json.ts'
import type { Router, RouterError, RouterRequest, RouterResult } from './router.ts'
import { findRoute, notFoundText, type RouteObject, type RouteRef, type Routes, withRoute } from './routes.ts'

/** Virtual nodes of App Mesh, between which the VirtualRouter of a VirtualService splits (APM-1…3). */
export const appMesh: Router = {
  type: 'AppMesh',
  reads,
  unusable,
  missing,
  mismatch,
  updateHash,
  setWeight,
}

/** The VirtualService, its router once it is known, and the two nodes. */
function reads(rollout: Rollout, routes: Routes): readonly RouteRef[] {
  const service = serviceRef(rollout)
  const found = findRoute(routes, service)
  const router = found && routerRef(found, service)
  return [service, ...(router === undefined ? [] : [router]), ...nodeRefs(rollout)].filter(({ name }) => name !== '')
}

const configOf = ({ spec }: Rollout): AppMeshRouting => spec.strategy?.canary?.trafficRouting?.appMesh ?? {}

const serviceRef = (rollout: Rollout): RouteRef => ({
  kind: 'meshVirtualServices',
  namespace: rollout.metadata.namespace ?? '',
  name: configOf(rollout).virtualService?.name ?? '',
})

/** Stable, then canary. */
function nodeRefs(rollout: Rollout): readonly [stable: RouteRef, canary: RouteRef] {
  const { stableVirtualNodeRef, canaryVirtualNodeRef } = configOf(rollout).virtualNodeGroup ?? {}
  const refTo = (name = ''): RouteRef => ({
    kind: 'meshVirtualNodes',
    namespace: rollout.metadata.namespace ?? '',
    name,
  })
  return [refTo(stableVirtualNodeRef?.name), refTo(canaryVirtualNodeRef?.name)]
}

/** Which VirtualRouter a VirtualService uses; in its own namespace unless it says so. */
function routerRef(service: RouteObject, { namespace }: RouteRef): RouteRef | undefined {
  const ref = fieldAt(service.spec, 'provider', 'virtualRouter', 'virtualRouterRef')
  const name = textAt(ref, 'name')
  const told = textAt(ref, 'namespace')
  return name === '' ? undefined : { kind: 'meshVirtualRouters', namespace: told === '' ? namespace : told, name }
}

const notAssociated = 'Virtual-service is not associated with virtual-router'

function unusable(rollout: Rollout, routes: Routes): string | undefined {
  const service = findRoute(routes, serviceRef(rollout))
  return service !== undefined && routerRef(service, serviceRef(rollout)) === undefined ? notAssociated : undefined
}

const servicePath = 'spec.strategy.canary.trafficRouting.appmesh.virtualService'

/** REF-9. */
function missing(rollout: Rollout, routes: Routes): SpecError | undefined {
  if (configOf(rollout).virtualService === undefined)
    return invalid(servicePath, undefined, 'must provide virtual-service')
  const ref = serviceRef(rollout)
  const service = findRoute(routes, ref)
  const router = service && routerRef(service, ref)
  const lost = service === undefined ? ref : router && findRoute(routes, router) === undefined ? router : undefined
  return lost && invalid(servicePath, `${ref.name}.${ref.namespace}`, notFoundText(routes, lost))
}

/** REF-22. */
function mismatch(rollout: Rollout, routes: Routes): SpecError | undefined {
  const service = findRoute(routes, serviceRef(rollout))
  const ref = service && routerRef(service, serviceRef(rollout))
  const router = ref && findRoute(routes, ref)
  return router && routerError(router)
}

/**
 * Points the nodes at the hashes, stable first (APM-1). Two nodes may not select the same pods, so the canary node selects none when
 * there is no canary of its own.
 * Differs from the reference while the canary node still has weight: it selects no pods before the weight has gone. Here it stays as it is
 * until then, which is for one pass.
 */
function updateHash({ rollout, stableHash, canaryHash }: RouterRequest, routes: Routes): RouterResult {
  const [stable, canary] = nodeRefs(rollout)
  const ofStable = stableHash === '' ? 'stable-hash' : stableHash
  const hasCanary = canaryHash !== '' && canaryHash !== ofStable
  const targets: readonly (readonly [RouteRef, string])[] = [
    [stable, ofStable],
    ...(hasCanary || !hasWeight(rollout, canary, routes)
      ? [[canary, hasCanary ? canaryHash : 'canary-hash'] as const]
      : []),
  ]
  let done = routes
  for (const [ref, hash] of targets) {
    const node = findRoute(done, ref)
    if (node === undefined) return failure({ ...lack('VirtualNode', ref.name, rollout), routes: done })
    const changed = withSpecAt(node, ['podSelector', 'matchLabels', labels.podTemplateHash], hash)
    if (changed !== node) done = withRoute(done, ref, changed)
  }
  return success({ routes: done, events: [] })
}

/** A route of the VirtualRouter sends requests to this node. */
function hasWeight(rollout: Rollout, node: RouteRef, routes: Routes): boolean {
  const ref = serviceRef(rollout)
  const service = findRoute(routes, ref)
  const routerAt = service && routerRef(service, ref)
  const router = routerAt && findRoute(routes, routerAt)
  const named = configOf(rollout).virtualService?.routes ?? []
  const emptied =
    router && withNodeWeights(router, named, { namespace: ref.namespace, weights: new Map([[node.name, 0]]) })
  return emptied?.ok === true && emptied.value !== router
}

/** APM-2, APM-3. */
function setWeight({ rollout, weight }: RouterRequest, routes: Routes): RouterResult {
  const ref = serviceRef(rollout)
  const service = findRoute(routes, ref)
  if (service === undefined) return failure(lack('VirtualService', ref.name, rollout))
  const routerAt = routerRef(service, ref)
  if (routerAt === undefined) return failure({ message: notAssociated, events: [] })
  const router = findRoute(routes, routerAt)
  if (router === undefined) return failure(lack('VirtualRouter', ref.name, rollout))
  const [stable, canary] = nodeRefs(rollout)
  const weights = new Map([
    [canary.name, weight],
    [stable.name, 100 - weight],
  ])
  const named = configOf(rollout).virtualService?.routes ?? []
  const changed = withNodeWeights(router, named, { namespace: ref.namespace, weights })
  if (!changed.ok) return failure({ message: changed.error, events: [] })
  return success({
    routes: changed.value === router ? routes : withRoute(routes, routerAt, changed.value),
    events: [],
  })
}

const lackErrors = {
  VirtualNode: 'Virtual-node is missing',
  VirtualService: 'Virtual-service is missing',
  VirtualRouter: 'Virtual-router is missing',
}

/** A router is told by the name of its VirtualService (APM-2). */
function lack(kind: keyof typeof lackErrors, name: string, { metadata }: Rollout): RouterError {
  const what = kind === 'VirtualRouter' ? 'VirtualRouter for' : kind
  const message = `${what} \`${name}\` not found in namespace \`${metadata.namespace ?? ''}\``
  return { message: lackErrors[kind], events: [{ type: 'Warning', reason: `${kind}NotFound`, message }] }
}
