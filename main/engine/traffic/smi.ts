import { apiVersionOf } from '#api/resources.ts'
import type { Rollout } from '#api/rollout.ts'
import { isRecord } from '#engine/normalise/typed-value.ts'
import { isControlledBy } from '#engine/ownership.ts'
import { ownerReferenceTo } from '#engine/rollout/claim.ts'
import { jsonEqual } from '#lib/json-patch.ts'
import { failure, success } from '#lib/outcome.ts'
import type { Router, RouterRequest, RouterResult } from './router.ts'
import { findRoute, type RouteObject, type RouteRef, type Routes, resourceOf, withRoute } from './routes.ts'

/**
 * A TrafficSplit of the Service Mesh Interface, made for the Rollout and deleted with it (SMI-4, SMI-6). Linkerd splits by it who calls
 * its `spec.service` (SMI-7).
 */
export const smi: Router = {
  type: 'SMI',
  reads: (rollout) => [splitRef(rollout)],
  unusable: (_rollout, routes) => unsupported(versionOf(routes)),
  setWeight,
  refused: (verb, { name }) =>
    verb === 'create'
      ? {
          error: '',
          event: {
            type: 'Normal',
            reason: 'TrafficSplitNotCreated',
            before: `TrafficSplit \`${name}\` failed creation: `,
          },
        }
      : { error: '' },
}

const versions = ['v1alpha1', 'v1alpha2', 'v1alpha3']

const versionOf = (routes: Routes): string => resourceOf(routes, 'trafficSplits').version

/** SMI-2. */
const unsupported = (version: string): string | undefined =>
  versions.includes(version) ? undefined : `Unsupported TrafficSplit API version \`${version}\``

/** SMI-1. */
function splitRef({ metadata, spec }: Rollout): RouteRef {
  const asked = spec.strategy?.canary?.trafficRouting?.smi?.trafficSplitName ?? ''
  return {
    kind: 'trafficSplits',
    namespace: metadata.namespace ?? '',
    name: asked === '' ? metadata.name : asked,
  }
}

function setWeight(request: RouterRequest, routes: Routes): RouterResult {
  const unusable = unsupported(versionOf(routes))
  if (unusable !== undefined) return failure({ message: unusable, events: [] })
  const ref = splitRef(request.rollout)
  const split = findRoute(routes, ref)
  if (split === undefined) {
    const message = `TrafficSplit \`${ref.name}\` created`
    const events = [{ type: 'Normal', reason: 'TrafficSplitCreated', message } as const]
    return success({ routes: withRoute(routes, ref, newSplit(ref, request, routes)), events })
  }
  if (!isControlledBy(split, request.rollout))
    return failure({ message: `Rollout does not own TrafficSplit \`${ref.name}\``, events: [] })
  const spec = changedSpec(split.spec, request, versionOf(routes))
  const isSame = jsonEqual(spec, split.spec)
  return success({ routes: isSame ? routes : withRoute(routes, ref, { ...split, spec }), events: [] })
}

function newSplit({ namespace, name }: RouteRef, request: RouterRequest, routes: Routes): RouteObject {
  const resource = resourceOf(routes, 'trafficSplits')
  return {
    apiVersion: apiVersionOf(resource),
    kind: resource.kind,
    metadata: { name, namespace, ownerReferences: [ownerReferenceTo(request.rollout)] },
    spec: wantedSpec(request, resource.version),
  }
}

/** All that the version of the API knows is as it should be: whom the split is for, matches included, which only v1alpha3 has (SMI-5). */
function changedSpec(spec: unknown, request: RouterRequest, version: string): object {
  if (!isRecord(spec)) return wantedSpec(request, version)
  const { matches, ...others } = spec
  const kept = version === 'v1alpha3' || matches === undefined ? others : spec
  return { ...kept, ...wantedSpec(request, version) }
}

/** Canary, templates of an Experiment, stable with the rest of 100, in this order (SMI-3). The first version has weights as text. */
function wantedSpec(request: RouterRequest, version: string): object {
  const { canaryService, stableService, destinations, weight, rollout } = request
  const root = rollout.spec.strategy?.canary?.trafficRouting?.smi?.rootService ?? ''
  const rest = destinations.reduce((left, destination) => left - destination.weight, 100 - weight)
  const backend = (service: string, share: number) => ({
    service,
    weight: version === 'v1alpha1' ? String(share) : share,
  })
  return {
    service: root === '' ? stableService : root,
    backends: [
      backend(canaryService, weight),
      ...destinations.map(({ serviceName = '', weight: own }) => backend(serviceName, own)),
      backend(stableService, rest),
    ],
  }
}
