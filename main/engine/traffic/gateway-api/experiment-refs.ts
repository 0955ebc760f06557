import { fieldAt, listAt } from '../route-json.ts'
import type { RouterRequest } from '../router.ts'
import { findRoute, type RouteQuery, type Routes } from '../routes.ts'
import { hasRefTo, refsOf, serviceOf, withRefs, withWeights } from './route-rules.ts'

/** The Services of Experiments have names that only their status tells, so all of the namespace are looked at while there is one. */
export const servicesToRead = ({ rollout }: Pick<RouterRequest, 'rollout'>): readonly RouteQuery[] =>
  (rollout.status?.canary?.currentExperiment ?? '') === ''
    ? []
    : [{ kind: 'services', namespace: rollout.metadata.namespace ?? '' }]

/**
 * Gives the templates of an Experiment their weights, in the first rule that splits between stable and canary (GW-21, GW-22), and takes
 * out those of the stored weights that get none any more (GW-23); others' refs stay. A Service that is not there gets no ref.
 *
 * Differs from the reference, which leaves canary's weight out of account (stable gets 100 − Σ), never changes a weight it once gave, and
 * leaves the refs behind when an Experiment ends, for it forgets them in the same write.
 */
export function withDestinations(
  rules: readonly unknown[],
  request: RouterRequest,
  routes: Routes,
  isDriven: (rule: unknown) => boolean,
): readonly unknown[] {
  const { stableService, canaryService, destinations, weight, maxWeight } = request
  const index = rules.findIndex(
    (rule) => isDriven(rule) && (hasRefTo(rule, stableService) || hasRefTo(rule, canaryService)),
  )
  const wanted = new Map(
    destinations.flatMap(({ serviceName = '', weight: own }) => (serviceName === '' ? [] : [[serviceName, own]])),
  )
  const rest = [...wanted.values()].reduce((left, own) => left - own, maxWeight - weight)
  if (index < 0) return rules
  const gone = goneServices(request, wanted)
  const refs = refsOf(rules[index])
  const kept = refs.filter((ref) => !gone.includes(serviceOf(ref)))
  const added = [...wanted].flatMap(([name, own]) =>
    refs.some((ref) => serviceOf(ref) === name) ? [] : newRef(name, own, request, routes),
  )
  const changed = withRefs(rules[index], [...kept, ...added])
  return rules.with(index, withWeights(changed, new Map([...wanted, [stableService, Math.max(0, rest)]])))
}

/** Of the weights as they were stored last: what is not wanted now. */
const goneServices = (
  { rollout, stableService, canaryService }: RouterRequest,
  wanted: ReadonlyMap<string, number>,
): readonly string[] =>
  (rollout.status?.canary?.weights?.additional ?? [])
    .flatMap(({ serviceName = '' }) => (serviceName === '' ? [] : [serviceName]))
    .filter((name) => !wanted.has(name) && name !== stableService && name !== canaryService)

function newRef(name: string, weight: number, { rollout }: RouterRequest, routes: Routes): readonly unknown[] {
  const { namespace = '' } = rollout.metadata
  const service = findRoute(routes, { kind: 'services', namespace, name })
  return service === undefined ? [] : [{ name, namespace, port: portOf(service), weight }]
}

/** The port named `http`, else the first one. */
function portOf(service: unknown): unknown {
  const ports = listAt(service, 'spec', 'ports')
  const named = ports.find((port) => fieldAt(port, 'name') === 'http')
  return fieldAt(named ?? ports[0], 'port') ?? 8080
}
