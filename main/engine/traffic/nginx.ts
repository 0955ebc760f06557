import { resources } from '#api/resources.ts'
import type { Rollout } from '#api/rollout.ts'
import type { NginxRouting, TrafficRouting } from '#api/traffic-routing.ts'
import { controlledBy, isControlledBy } from '#engine/ownership.ts'
import { jsonEqual } from '#lib/json-patch.ts'
import { failure, success } from '#lib/outcome.ts'
import { inTurn } from './in-turn.ts'
import {
  type BackendForm,
  backendForm,
  ingressClassKey,
  ingressNotFound,
  ingressRef,
  pathsOf,
  rulesOf,
  withPaths,
} from './ingress.ts'
import {
  absentIngress,
  configError,
  ingressNames,
  ingressWithoutService,
  isNamed,
  type NamedIngresses,
  noRulesText,
} from './ingress-references.ts'
import { fieldAt } from './route-json.ts'
import type { Router, RouterRequest, RouterResult } from './router.ts'
import { findRoute, type RouteObject, type Routes, resourceOf, withRoute } from './routes.ts'

/**
 * NGINX Ingress: beside each stable Ingress, which is only read, a canary Ingress that ingress-nginx gives a share of the requests. It is
 * made once and stays, with weight 0, until it goes with its Rollout (NGX-11). Headers and cookies are static annotations (NGX-12).
 */
export const nginx: Router = {
  type: 'Nginx',
  reads: (rollout) =>
    stableNames(rollout)
      .filter((name) => name !== '')
      .flatMap((name) => [ingressRef(rollout, name), ingressRef(rollout, canaryName(rollout, name))]),
  missing: (rollout, routes) =>
    // With an ALB its Ingresses alone are looked up; ours are missed once they are to be written (REF-5).
    configError(named(rollout)) ??
    (routingOf(rollout).alb === undefined ? absentIngress(named(rollout), rollout, routes) : undefined),
  mismatch: (rollout, routes) => {
    const { alb } = routingOf(rollout)
    const { ingress: one, ingresses: several } = alb ?? {}
    const own = stableNames(rollout)
    const looked = alb === undefined ? own : own.filter((name) => isNamed({ router: 'alb', one, several }, name))
    const service = rollout.spec.strategy?.canary?.stableService ?? ''
    return ingressWithoutService({ named: named(rollout), names: looked, service }, rollout, routes)
  },
  setWeight: (request, routes) =>
    inTurn(stableNames(request.rollout), routes, (name, soFar) => setWeight(name, request, soFar)),
  refused: (verb, { name }) => ({
    error: `error ${verb === 'create' ? 'creating' : 'patching'} canary ingress \`${name}\`: `,
  }),
}

const routingOf = ({ spec }: Rollout): TrafficRouting => spec.strategy?.canary?.trafficRouting ?? {}
const configOf = (rollout: Rollout): NginxRouting => routingOf(rollout).nginx ?? {}

function named(rollout: Rollout): NamedIngresses {
  const { stableIngress, stableIngresses } = configOf(rollout)
  return { router: 'nginx', one: stableIngress, several: stableIngresses }
}
const stableNames = (rollout: Rollout): readonly string[] => ingressNames(named(rollout))

const suffix = '-canary'
const nameMax = 253

/** NGX-2. */
const canaryName = ({ metadata }: Rollout, stable: string): string =>
  `${`${metadata.name}-${stable}`.slice(0, nameMax - suffix.length)}${suffix}`

function setWeight(stableName: string, request: RouterRequest, routes: Routes): RouterResult {
  const { rollout, weight } = request
  const stable = findRoute(routes, ingressRef(rollout, stableName))
  if (stable === undefined)
    return refusal(
      `error retrieving stableIngress \`${stableName}\` from cache: ${ingressNotFound(routes, stableName)}`,
    )
  const ref = ingressRef(rollout, canaryName(rollout, stableName))
  const spec = canarySpec(stable, request, backendForm(routes))
  // The reference names `stableIngress` here, which is nothing when there are several.
  if (spec === undefined) return refusal(noRulesText(stableName, request.stableService))
  const annotations = canaryAnnotations(stable, request)
  const existing = findRoute(routes, ref)
  if (existing === undefined) {
    const message = `Creating canary ingress \`${ref.name}\` with weight \`${weight}\``
    return success({
      routes: withRoute(routes, ref, newCanary(ref.name, { rollout, routes, annotations, spec })),
      events: [{ type: 'Normal', reason: 'CreatingCanaryIngress', message }],
    })
  }
  if (!isControlledBy(existing, rollout))
    return refusal(`canary ingress \`${ref.name}\` controlled by different object`)
  const kept = { ...existing.metadata.annotations, ...annotations }
  if (jsonEqual(kept, existing.metadata.annotations) && jsonEqual(spec, existing.spec))
    return success({ routes, events: [] })
  const message = `Updating Ingress \`${ref.name}\` to desiredWeight '${weight}'`
  return success({
    routes: withRoute(routes, ref, { ...existing, metadata: { ...existing.metadata, annotations: kept }, spec }),
    events: [{ type: 'Normal', reason: 'PatchingCanaryIngress', message }],
  })
}

const refusal = (message: string) => failure({ message, events: [] })

function newCanary(
  name: string,
  {
    rollout,
    routes,
    annotations,
    spec,
  }: {
    readonly rollout: Rollout
    readonly routes: Routes
    readonly annotations: Readonly<Record<string, string>>
    readonly spec: unknown
  },
): RouteObject {
  const { group, version, kind } = resourceOf(routes, 'ingresses')
  const { namespace } = rollout.metadata
  return {
    apiVersion: `${group}/${version}`,
    kind,
    metadata: {
      name,
      ...(namespace !== undefined && { namespace }),
      annotations,
      ownerReferences: [controlledBy(resources.rollouts, rollout)],
    },
    spec,
  }
}

/**
 * The rules of the stable Ingress that lead to stable, leading to canary (NGX-4); `undefined` when there is none. A rule without `http` and
 * a path with a resource backend do not lead there. Differs from the reference, which they crash (NGX-5).
 */
function canarySpec(stable: RouteObject, request: RouterRequest, form: BackendForm): unknown {
  const rules = rulesOf(stable)
    .filter((rule) => pathsOf(rule).some((path) => form.serviceOf(path) === request.stableService))
    .map((rule) =>
      withPaths(rule, (paths) =>
        paths.map((path) =>
          form.serviceOf(path) === request.stableService ? form.withService(path, request.canaryService) : path,
        ),
      ),
    )
  if (rules.length === 0) return undefined
  const [tls, ingressClassName] = [fieldAt(stable.spec, 'tls'), fieldAt(stable.spec, 'ingressClassName')]
  return { ...(ingressClassName != null && { ingressClassName }), ...(tls != null && { tls }), rules }
}

/** NGX-4, later ones win. */
function canaryAnnotations(stable: RouteObject, { rollout, weight }: RouterRequest): Readonly<Record<string, string>> {
  const { annotationPrefix, additionalIngressAnnotations = {}, canaryIngressAnnotations } = configOf(rollout)
  const prefix = annotationPrefix || 'nginx.ingress.kubernetes.io'
  const { maxTrafficWeight } = routingOf(rollout)
  const ingressClass = stable.metadata.annotations?.[ingressClassKey]
  const additional = Object.entries(additionalIngressAnnotations).map(
    ([key, value]) => [key.startsWith(prefix) ? key : `${prefix}/${key}`, value] as const,
  )
  return {
    ...(ingressClass !== undefined && { [ingressClassKey]: ingressClass }),
    ...Object.fromEntries(additional),
    ...canaryIngressAnnotations,
    [`${prefix}/canary`]: 'true',
    [`${prefix}/canary-weight`]: `${weight}`,
    ...(maxTrafficWeight !== undefined && { [`${prefix}/canary-weight-total`]: `${maxTrafficWeight}` }),
  }
}
