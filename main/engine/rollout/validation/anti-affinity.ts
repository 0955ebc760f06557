import type { AntiAffinity } from '#api/rollout.ts'
import { invalid, type SpecError } from './spec-error.ts'

/** API-99f, API-99g, API-116. */
export function antiAffinityError(antiAffinity: AntiAffinity | undefined): SpecError | undefined {
  if (antiAffinity === undefined) return undefined
  const preferred = antiAffinity.preferredDuringSchedulingIgnoredDuringExecution
  const isPreferred = preferred !== undefined
  const isRequired = antiAffinity.requiredDuringSchedulingIgnoredDuringExecution !== undefined
  const path = 'spec.strategy.antiAffinity'
  if (isPreferred === isRequired) {
    const value = `antiAffinity.PreferredDuringSchedulingIgnoredDuringExecution: ${isPreferred} antiAffinity.RequiredDuringSchedulingIgnoredDuringExecution: ${isRequired}`
    return invalid(path, value, 'AntiAffinity must have exactly one strategy listed')
  }
  const weight = preferred?.weight
  return weight !== undefined && (weight < 1 || weight > 100)
    ? invalid(`${path}.weight`, weight, 'AntiAffinity weight must be between 1-100')
    : undefined
}
