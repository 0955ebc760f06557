import { annotations, labels } from '#api/keys.ts'
import type { RolloutSpec } from '#api/rollout.ts'
import type { Situation } from '../situation.ts'
import { invalid, type SpecError } from './spec-error.ts'

/** API-120: every Service that the strategy names exists. */
export function missingService({ spec, world }: Situation): SpecError | undefined {
  const missing = referencedServices(spec).find(({ name }) => world.services[name] === undefined)
  return missing && invalid(missing.path, missing.name, `service "${missing.name}" not found`)
}

/**
 * API-121, API-122: they select these pods, and belong to no other Rollout. Differs from the reference, which names any one of several
 * labels that do not match (REF-11): here it is the first by name.
 */
export function serviceError(situation: Situation): SpecError | undefined {
  for (const each of referencedServices(situation.spec)) {
    const error = mismatch(situation, each)
    if (error !== undefined) return error
  }
  return undefined
}

interface NamedService {
  readonly path: string
  readonly name: string
}

/** Services the strategy names, in the order in which they are looked up. */
export function referencedServices({ strategy }: RolloutSpec): readonly NamedService[] {
  const { blueGreen, canary } = strategy ?? {}
  const all: readonly (readonly [string, string | undefined])[] = [
    ['blueGreen.activeService', blueGreen?.activeService],
    ['blueGreen.previewService', blueGreen?.previewService],
    ['canary.stableService', canary?.stableService],
    ['canary.canaryService', canary?.canaryService],
    ['canary.pingPong.pingService', canary?.pingPong?.pingService],
    ['canary.pingPong.pongService', canary?.pingPong?.pongService],
  ]
  return all.flatMap(([path, name]) =>
    name === undefined || name === '' ? [] : [{ path: `spec.strategy.${path}`, name }],
  )
}

function mismatch({ world, rollout, spec }: Situation, { path, name }: NamedService): SpecError | undefined {
  const service = world.services[name]
  const templateLabels = spec.template?.metadata?.labels ?? {}
  const selector = service?.spec?.selector ?? {}
  const unmatched = Object.keys(selector)
    .toSorted()
    .find((key) => key !== labels.podTemplateHash && templateLabels[key] !== selector[key])
  if (unmatched !== undefined)
    return invalid(path, name, `Service "${name}" has unmatch label "${unmatched}" in rollout`)
  const owner = service?.metadata.annotations?.[annotations.managedByRollouts]
  return owner !== undefined && owner !== rollout.metadata.name
    ? invalid(path, name, `Service "${name}" is managed by another Rollout`)
    : undefined
}
