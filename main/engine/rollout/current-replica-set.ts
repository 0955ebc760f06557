import type { ReplicaSet } from '#api/apps.ts'
import type { Rollout } from '#api/rollout.ts'
import { templatesEqual } from '#engine/pod-template/template-equal.ts'
import { podHashOf } from './replica-set/facts.ts'

/**
 * The ReplicaSet of the Rollout's template, if there is one yet.
 *
 * By hash label first; else by comparing templates, which is what finds it after an undo (the template comes back with
 * API server defaults) or after a controller that hashed otherwise (REC-37, REC-39).
 *
 * @param replicaSets owned ones, oldest first
 */
export function findCurrentRS(
  replicaSets: readonly ReplicaSet[],
  rollout: Rollout,
  computedPodHash: string,
): ReplicaSet | undefined {
  const template = rollout.spec.template
  if (template === undefined) return undefined
  return (
    replicaSets.find((rs) => podHashOf(rs) === computedPodHash) ??
    replicaSets.find((rs) => templatesEqual(rs, template))
  )
}
