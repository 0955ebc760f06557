import { annotations as keys } from '#api/keys.ts'
import type { EpochMs } from '#lib/clock.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import { formatSeconds, parseTime } from '#lib/rfc3339.ts'
import { fieldAt, textAt, withFieldAt, withSpecAt } from './route-json.ts'
import type { RouterEvent, RouterRequest } from './router.ts'
import {
  findRoute,
  notFoundText,
  type RouteObject,
  type RouteRef,
  type Routes,
  withoutRoute,
  withRoute,
} from './routes.ts'

/** How long the canary Mapping stays without weight before it is deleted, so that every proxy has heard of it (AMB-6). */
const weightlessMs = 5000

export interface MappingStep {
  readonly routes: Routes
  readonly isChanged: boolean
  /** The canary Mapping has no weight and goes then. */
  readonly goesAt?: EpochMs
}

export interface MappingError {
  readonly message: string
  readonly event: RouterEvent
}

/** AMB-3. */
export const canaryMappingName = (name: string): string => `${name.slice(0, 246)}-canary`

export const weightOf = (mapping: RouteObject): number => {
  const weight = fieldAt(mapping.spec, 'weight')
  return typeof weight === 'number' ? weight : 0
}

export const weightText = (name: string): string => `Ambassador mapping ${JSON.stringify(name)} can not define weight`

/** Gives the canary of one Mapping its weight: makes it, changes it, or lets it go (AMB-4…6). */
export function setMappingWeight(
  base: RouteRef,
  request: RouterRequest,
  routes: Routes,
): Outcome<MappingStep, MappingError> {
  const ref = { ...base, name: canaryMappingName(base.name) }
  const mapping = findRoute(routes, ref)
  if (mapping === undefined)
    return request.weight === 0 ? success({ routes, isChanged: false }) : createCanary(base, ref, request, routes)
  return success(request.weight === 0 ? retire(ref, mapping, request, routes) : reweigh(ref, mapping, request, routes))
}

/** A copy of the base for the canary Service (AMB-4). */
function createCanary(
  base: RouteRef,
  ref: RouteRef,
  { canaryService, stableService, weight }: RouterRequest,
  routes: Routes,
): Outcome<MappingStep, MappingError> {
  const original = findRoute(routes, base)
  if (original === undefined) {
    const text = `Ambassador mapping ${JSON.stringify(base.name)} not found`
    return failure({ message: notFoundText(routes, base), event: warning('AmbassadorMappingNotFound', text) })
  }
  if (weightOf(original) !== 0) {
    const message = weightText(base.name)
    return failure({ message, event: warning('AmbassadorMappingConfigError', message) })
  }
  const { apiVersion, kind, spec } = original
  const service = textAt(spec, 'service').replace(stableService, () => canaryService)
  const canary: RouteObject = {
    apiVersion,
    kind,
    metadata: { name: ref.name, namespace: ref.namespace },
    spec: withFieldAt(withFieldAt(spec, ['service'], service), ['weight'], weight),
  }
  return success({ routes: withRoute(routes, ref, canary), isChanged: true })
}

/** The rest of the spec is not taken from the base again (AMB-5). */
function reweigh(ref: RouteRef, mapping: RouteObject, { weight }: RouterRequest, routes: Routes): MappingStep {
  const changed = withSince(withSpecAt(mapping, ['weight'], weight), undefined)
  return changed === mapping
    ? { routes, isChanged: false }
    : { routes: withRoute(routes, ref, changed), isChanged: weightOf(mapping) !== weight }
}

/**
 * Without weight for a while, then gone (AMB-6). Since when is noted on the Mapping itself, in whole seconds and rather too late. Differs
 * from the reference, which stands still meanwhile, and waits once more whenever it was ended in that time.
 */
function retire(ref: RouteRef, mapping: RouteObject, { now }: RouterRequest, routes: Routes): MappingStep {
  const latest = formatSeconds(now + 999)
  const noted = textAt(mapping.metadata.annotations, keys.weightlessSince)
  const since = parseTime(noted)
  const isValid = since !== undefined && since <= (parseTime(latest) ?? now) && fieldAt(mapping.spec, 'weight') === 0
  const goesAt = ((isValid ? since : parseTime(latest)) ?? now) + weightlessMs
  if (isValid && now >= goesAt) return { routes: withoutRoute(routes, ref), isChanged: false }
  if (isValid) return { routes, isChanged: false, goesAt }
  const changed = withSince(withSpecAt(mapping, ['weight'], 0), latest)
  return { routes: withRoute(routes, ref, changed), isChanged: weightOf(mapping) !== 0, goesAt }
}

function withSince(mapping: RouteObject, since: string | undefined): RouteObject {
  const { annotations = {} } = mapping.metadata
  const { [keys.weightlessSince]: noted, ...others } = annotations
  if (noted === since) return mapping
  const next = since === undefined ? others : { ...others, [keys.weightlessSince]: since }
  return { ...mapping, metadata: { ...mapping.metadata, annotations: next } }
}

const warning = (reason: string, message: string): RouterEvent => ({ type: 'Warning', reason, message })
