import { annotations, labels } from '#api/keys.ts'
import type { TrafficWeight } from '#api/rollout.ts'
import type { IstioRouting } from '#api/traffic-routing.ts'
import { isRecord } from '#engine/normalise/typed-value.ts'
import { availableOf, podHashOf, sizeOf } from '#engine/rollout/replica-set/facts.ts'
import { jsonEqual } from '#lib/json-patch.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import { textAt, withSpecAt } from '../route-json.ts'
import type { RouterEvent, RouterRequest, RouterResult } from '../router.ts'
import { findRoute, notFoundText, type RouteObject, type RouteRef, type Routes, withRoute } from '../routes.ts'
import { destinationRuleRef, istioRoutingOf } from './addressing.ts'
import { notFoundEvent } from './operation.ts'

/**
 * Points the subsets of the DestinationRule at the pods of canary and stable (IST-18…21).
 *
 * Differs from the reference, which fails the whole pass while pods are waited for, and which writes the same object again and again when
 * a subset has fields besides name and labels.
 */
export function updateHash(request: RouterRequest, routes: Routes): RouterResult {
  const waitedFor = replicaSetWaitedFor(request)
  if (waitedFor !== undefined) {
    const delayed = `delaying destination rule switch: ReplicaSet ${waitedFor} not fully available`
    return success({ routes, events: [], delayed })
  }
  const { destinationRule: config } = istioRoutingOf(request.rollout)
  const ref = destinationRuleRef(request.rollout)
  if (config === undefined || ref === undefined) return success({ routes, events: [] })
  const rule = foundRule(ref, routes)
  if (!rule.ok) return rule
  const pointed = pointedAtHashes(rule.value, config, request)
  if (!pointed.ok) return failure({ message: pointed.error, events: [] })
  if (jsonEqual(pointed.value, rule.value)) return success({ routes, events: [] })
  return success({ routes: withRoute(routes, ref, pointed.value), events: [updatedEvent(config, request)] })
}

/**
 * The ReplicaSet whose pods would be missing once subsets select them (IST-18). With Services of canary and stable nobody has to wait:
 * those are switched once there are pods. A canary that is left needs none.
 */
export function replicaSetWaitedFor(request: RouterRequest): string | undefined {
  const { canaryService = '', stableService = '' } = request.rollout.spec.strategy?.canary ?? {}
  if (canaryService !== '' || stableService !== '') return undefined
  const isCanaryLeft = request.isAborted || request.isRollingBackToStable
  const hashes = [request.stableHash, request.canaryHash]
  const waitedFor = request.replicaSets.find((rs) => {
    const hash = podHashOf(rs)
    if (hash === '' || !hashes.includes(hash) || (isCanaryLeft && hash === request.canaryHash)) return false
    return availableOf(rs) < sizeOf(rs)
  })
  return waitedFor?.metadata.name
}

/** IST-4. */
export function foundRule(ref: RouteRef, routes: Routes) {
  const rule = findRoute(routes, ref)
  return rule === undefined
    ? failure({ message: notFoundText(routes, ref), events: [notFoundEvent(ref)] })
    : success(rule)
}

type RuleConfig = NonNullable<IstioRouting['destinationRule']>

/**
 * Marked as ours, each subset with the hash of whom it is for, without subsets that are for nobody, and with those of an Experiment
 * (IST-20). A name that canary and stable have in common is the canary's (IST-22).
 */
function pointedAtHashes(rule: RouteObject, config: RuleConfig, request: RouterRequest): Outcome<RouteObject, string> {
  const subsets = subsetsOf(rule)
  if (subsets === undefined) return failure(`DestinationRule ${rule.metadata.name}: spec.subsets is not a list`)
  const hashes = new Map([
    ...request.destinations.map(
      ({ serviceName = '', podTemplateHash = '' }) => [serviceName, podTemplateHash] as const,
    ),
    [config.stableSubsetName ?? '', request.stableHash],
    [config.canarySubsetName ?? '', request.canaryHash],
  ])
  hashes.delete('')
  const kept = subsets.flatMap((subset) => {
    const hash = hashes.get(nameOfSubset(subset))
    return hash === undefined || !isRecord(subset) ? [] : [withHashLabel(subset, hash)]
  })
  const next = [...kept, ...missingSubsets(request.destinations, new Set(subsets.map(nameOfSubset)))]
  const { metadata } = rule
  const notes = { ...metadata.annotations, [annotations.managedByRollouts]: request.rollout.metadata.name }
  const pointed = jsonEqual(next, subsets) ? rule : withSpecAt(rule, ['subsets'], next)
  return success({ ...pointed, metadata: { ...metadata, annotations: notes } })
}

/** By name. Without a hash there are no pods to select. */
function missingSubsets(destinations: readonly TrafficWeight[], names: ReadonlySet<string>): readonly unknown[] {
  return destinations
    .flatMap(({ serviceName: name = '', podTemplateHash: hash = '' }) =>
      name === '' || hash === '' ? [] : [{ name, hash }],
    )
    .filter(({ name }) => !names.has(name))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, hash }) => ({ name, labels: { [labels.podTemplateHash]: hash } }))
}

/** Empty when there are none; `undefined` when they cannot be read. */
export function subsetsOf({ spec }: RouteObject): readonly unknown[] | undefined {
  const subsets = isRecord(spec) ? (spec['subsets'] ?? []) : (spec ?? [])
  return Array.isArray(subsets) ? subsets : undefined
}

const nameOfSubset = (subset: unknown): string => textAt(subset, 'name')

/** The subset selects by this hash; by none when it is `''`. */
export function withHashLabel(
  subset: Readonly<Record<string, unknown>>,
  hash: string,
): Readonly<Record<string, unknown>> {
  const before = isRecord(subset['labels']) ? subset['labels'] : {}
  if (hash !== '') return { ...subset, labels: { ...before, [labels.podTemplateHash]: hash } }
  if (!Object.hasOwn(before, labels.podTemplateHash)) return subset
  const { [labels.podTemplateHash]: _, ...others } = before
  return { ...subset, labels: others }
}

function updatedEvent(config: RuleConfig, { canaryHash, stableHash }: RouterRequest): RouterEvent {
  const { name = '', canarySubsetName: canary = '', stableSubsetName: stable = '' } = config
  const message = `DestinationRule ${name} subset updated (${canary}: ${canaryHash}, ${stable}: ${stableHash})`
  return { type: 'Normal', reason: 'UpdatedDestinationRule', message }
}
