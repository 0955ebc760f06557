import { annotations, labels } from '#api/keys.ts'
import type { RolloutSpec } from '#api/rollout.ts'
import type { Situation } from '../situation.ts'
import { invalid, type SpecError } from './spec-error.ts'

/** API-120…122: every Service that the strategy names exists, selects these pods, and belongs to no other Rollout. */
export function serviceError(situation: Situation): SpecError | undefined {
  const named = referencedServices(situation.spec)
  const missing = named.find(({ name }) => situation.world.services[name] === undefined)
  if (missing !== undefined) return invalid(missing.path, missing.name, `service "${missing.name}" not found`)
  for (const each of named) {
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
  const unmatched = Object.entries(service?.spec?.selector ?? {}).find(
    ([key, value]) => key !== labels.podTemplateHash && templateLabels[key] !== value,
  )
  if (unmatched !== undefined)
    return invalid(path, name, `Service "${name}" has unmatch label "${unmatched[0]}" in rollout`)
  const owner = service?.metadata.annotations?.[annotations.managedByRollouts]
  return owner !== undefined && owner !== rollout.metadata.name
    ? invalid(path, name, `Service "${name}" is managed by another Rollout`)
    : undefined
}
