import type { Rollout } from '#api/rollout.ts'
import { invalid, type SpecError } from '#engine/rollout/validation/spec-error.ts'
import type { EpochMs } from '#lib/clock.ts'
import { failure, success } from '#lib/outcome.ts'
import { canaryMappingName, type MappingError, setMappingWeight, weightOf, weightText } from './ambassador-mapping.ts'
import type { Refusal, Router, RouterEvent, RouterRequest, RouterResult } from './router.ts'
import { findRoute, notFoundText, type RouteRef, type Routes } from './routes.ts'

/**
 * Mappings of Ambassador: beside each one another for the canary, which has the weight and is made and deleted with it (AMB-1…7). It has
 * no owner, so it stays when the Rollout is deleted.
 */
export const ambassador: Router = {
  type: 'Ambassador',
  reads: (rollout) => mappingRefs(rollout).flatMap((ref) => [ref, { ...ref, name: canaryMappingName(ref.name) }]),
  missing,
  mismatch,
  setWeight,
  refused,
}

const mappingsPath = 'spec.strategy.canary.trafficRouting.ambassador.mappings'

const mappingRefs = ({ metadata, spec }: Rollout): readonly RouteRef[] =>
  (spec.strategy?.canary?.trafficRouting?.ambassador?.mappings ?? []).map((name) => ({
    kind: 'mappings',
    namespace: metadata.namespace ?? '',
    name,
  }))

/** REF-8. */
function missing(rollout: Rollout, routes: Routes): SpecError | undefined {
  const refs = mappingRefs(rollout)
  if (refs.length === 0) return invalid(mappingsPath, undefined, 'must provide at least one mapping')
  const lost = refs.find((ref) => findRoute(routes, ref) === undefined)
  return lost && invalid(mappingsPath, lost.name, notFoundText(routes, lost))
}

/** REF-21. */
function mismatch(rollout: Rollout, routes: Routes): SpecError | undefined {
  const weighed = mappingRefs(rollout).find((ref) => {
    const mapping = findRoute(routes, ref)
    return mapping !== undefined && weightOf(mapping) !== 0
  })
  return weighed && invalid('spec.weight', weighed.name, weightText(weighed.name))
}

/**
 * An error of one Mapping stops none of the others (AMB-2). The Event tells a change, where the reference tells each pass.
 */
function setWeight(request: RouterRequest, routes: Routes): RouterResult {
  const errors: MappingError[] = []
  const goingAt: EpochMs[] = []
  let done = routes
  let isChanged = false
  for (const ref of mappingRefs(request.rollout)) {
    const step = setMappingWeight(ref, request, done)
    if (!step.ok) errors.push(step.error)
    else {
      done = step.value.routes
      isChanged ||= step.value.isChanged
      if (step.value.goesAt !== undefined) goingAt.push(step.value.goesAt)
    }
  }
  const events = [...(isChanged ? [weightEvent(request.weight)] : []), ...errors.map(({ event }) => event)]
  if (errors.length > 0) return failure({ message: messageOf(errors), events, routes: done })
  const until = Math.max(...goingAt)
  const why = 'canary mappings without weight are deleted once every proxy has heard of it'
  return success({ routes: done, events, ...(goingAt.length > 0 && { unfinished: { until, why } }) })
}

const weightEvent = (weight: number): RouterEvent => ({
  type: 'Normal',
  reason: 'CanaryMappingWeightUpdate',
  message: `Set canary mapping weight to ${weight}`,
})

function messageOf(errors: readonly MappingError[]): string {
  const [first, ...others] = errors.map(({ message }) => message)
  return others.length === 0
    ? (first ?? '')
    : `${errors.length} errors found: ${errors.map(({ message }) => `[${message}]`).join('')}`
}

/** AMB-4, AMB-5. One that cannot be deleted has no weight any more, so the pass goes on (AMB-6). */
function refused(verb: 'create' | 'update' | 'delete', { name }: RouteRef): Refusal {
  switch (verb) {
    case 'create':
      return { error: '', event: { reason: 'CanaryMappingCreationError', before: 'Error creating canary mapping: ' } }
    case 'update': {
      const before = `Error updating canary mapping ${JSON.stringify(name)}: `
      return { error: '', event: { reason: 'CanaryMappingUpdateError', before } }
    }
    case 'delete': {
      const before = `Error deleting canary mapping ${JSON.stringify(name)}: `
      return { error: '', isTolerated: true, event: { reason: 'CanaryMappingCleanupError', before } }
    }
  }
}
