import type { ReplicaSet } from '#api/apps.ts'
import { annotations } from '#api/keys.ts'
import { annotationOf } from '#engine/rollout/replica-set/facts.ts'
import type { EpochMs } from '#lib/clock.ts'
import { rolesOf } from '#main/fleet/detail/revisions.ts'
import type { RolloutFacts } from '#main/fleet/rollout-facts.ts'
import { shownDelay } from './shown-age.ts'
import type { Colour } from './text-table.ts'

export type Tag = 'stable' | 'canary' | 'active' | 'preview' | 'ping' | 'pong'

/** What a ReplicaSet is to its Rollout, in the order of the INFO column (VIEW-91…94). */
export function tagsOf(replicaSet: ReplicaSet, facts: RolloutFacts): readonly Tag[] {
  const roles = rolesOf(replicaSet, facts)
  if (roles.length === 0 || facts.rollout.spec.strategy?.canary?.pingPong === undefined) return roles
  const stableIsPing = facts.status.canary?.stablePingPong === 'ping'
  return [...roles, roles.includes('stable') === stableIsPing ? 'ping' : 'pong']
}

/** The INFO column (VIEW-94). */
export function infoOf(replicaSet: ReplicaSet, tags: readonly Tag[], now: EpochMs): string {
  const deadline = annotationOf(replicaSet, annotations.scaleDownDeadline)
  return [...tags, ...(deadline === undefined ? [] : [shownDelay(deadline, now)])].join(',')
}

/** VIEW-126. */
export const tagColours: Readonly<Record<Tag, Colour>> = {
  stable: 'green',
  active: 'green',
  canary: 'yellow',
  preview: 'brightBlue',
  ping: 'brightBlue',
  pong: 'brightBlue',
}

/** The last tag decides (VIEW-95). */
export function colourOf(tags: readonly Tag[]): Colour | undefined {
  const last = tags.at(-1)
  return last === undefined ? undefined : tagColours[last]
}
