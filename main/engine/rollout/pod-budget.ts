import type { RolloutSpec } from '#api/rollout.ts'
import { resolveAmount } from '#lib/int-or-string.ts'
import { defaultSurge, defaultUnavailable, replicasOf } from './spec-defaults.ts'

/** How far the number of pods may stray from `spec.replicas` while an update runs (CAN-10, CAN-11). */
export interface PodBudget {
  readonly surge: number
  readonly unavailable: number
  readonly maxPods: number
  readonly minAvailable: number
}

export function podBudget(spec: RolloutSpec): PodBudget {
  const replicas = replicasOf(spec)
  const { surge, unavailable } = resolve(spec, replicas)
  return { surge, unavailable, maxPods: replicas + surge, minAvailable: replicas - unavailable }
}

function resolve(spec: RolloutSpec, replicas: number): { surge: number; unavailable: number } {
  const canary = spec.strategy?.canary
  const surge = resolveAmount(canary?.maxSurge ?? defaultSurge, replicas, 'up')
  const unavailable = resolveAmount(canary?.maxUnavailable ?? defaultUnavailable, replicas, 'down')
  if (surge === undefined || unavailable === undefined) return { surge: 0, unavailable: 0 }
  // With neither spare nor missing pods allowed nothing could ever move.
  const atLeastOne = surge === 0 && unavailable === 0 ? 1 : unavailable
  return { surge, unavailable: Math.min(atLeastOne, replicas) }
}
