import { annotations } from '#api/keys.ts'
import type { Resource } from '#api/resources.ts'
import type { Rollout } from '#api/rollout.ts'
import type { PatchWrite } from '#engine/decision.ts'
import { isRecord } from '#engine/normalise/typed-value.ts'
import { textAt } from '../route-json.ts'
import type { RouteObject } from '../routes.ts'
import { subsetsOf, withHashLabel } from './destination-rule.ts'

/** What becomes of a DestinationRule that a Rollout marked as its own (IST-36, IST-37). */
export type DestinationRuleFate =
  | { readonly kind: 'leave' }
  /** This Rollout names it: it is for it to say what the subsets select. */
  | { readonly kind: 'reconcile'; readonly rollout: Rollout }
  | { readonly kind: 'release'; readonly write: PatchWrite }

interface Surroundings {
  /** Those of its namespace, as they were read; a Rollout that is missing here is gone. */
  readonly rollouts: readonly Rollout[]
  /** How the cluster serves DestinationRules. */
  readonly resource: Resource
}

/**
 * Whether a DestinationRule still has its Rollout, and how to let it go when it has none: else its subsets would select pods of one
 * revision for ever. Subsets that were made for an Experiment stay, without a hash, as in the reference.
 */
export function destinationRuleFate(rule: RouteObject, { rollouts, resource }: Surroundings): DestinationRuleFate {
  const { name, namespace, uid, resourceVersion } = rule.metadata
  const manager = rule.metadata.annotations?.[annotations.managedByRollouts] ?? ''
  if (manager === '') return { kind: 'leave' }
  const rollout = rollouts.find((each) => each.metadata.name === manager && textAt(each, ...nameOfRule) === name)
  if (rollout !== undefined) return { kind: 'reconcile', rollout }
  const write: PatchWrite = {
    kind: 'patch',
    ref: { resource, namespace, name },
    patchType: 'merge',
    body: {
      metadata: { annotations: { [annotations.managedByRollouts]: null } },
      ...withoutHashes(rule),
    },
    precondition: { ...(uid !== undefined && { uid }), ...(resourceVersion !== undefined && { resourceVersion }) },
    because: 'IST-37',
    summary: `Release DestinationRule ${name}: no Rollout points its subsets at pods any more`,
  }
  return { kind: 'release', write }
}

/** Where a Rollout names its DestinationRule. */
const nameOfRule = ['spec', 'strategy', 'canary', 'trafficRouting', 'istio', 'destinationRule', 'name']

/** All subsets, for a merge patch replaces lists as a whole; nothing when none has a hash. */
function withoutHashes(rule: RouteObject): { readonly spec?: { readonly subsets: readonly unknown[] } } {
  const before = subsetsOf(rule) ?? []
  const subsets = before.map((subset) => (isRecord(subset) ? withHashLabel(subset, '') : subset))
  return subsets.every((subset, i) => subset === before[i]) ? {} : { spec: { subsets } }
}
