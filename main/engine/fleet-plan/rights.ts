import { rbacName, resources } from '#api/resources.ts'
import type { Rollout } from '#api/rollout.ts'
import { type NeededRight, neededRights } from '#engine/actions/needed-rights.ts'
import type { PlannedChange } from './document.ts'

/**
 * What the acts of a plan take at a member, there and back: notes, holds, its change and the undo of it, promotions, aborts, retries
 * (3.4.2, 3.4.4).
 */
export function planRights(change: PlannedChange, rollout: Rollout): readonly NeededRight[] {
  const changes = change.kind === 'gate' ? [] : ([change.kind, 'undo'] as const)
  const all = [...(['pause', 'abort', ...changes] as const).flatMap((action) => neededRights(action, rollout))]
  const keys = all.map(rightWords)
  return all.filter((right, index) => keys.indexOf(rightWords(right)) === index)
}

/** `patch rollouts/status`. */
export const rightWords = ({ verb, resource, subresource }: NeededRight): string => {
  const name = resource.group === resources.rollouts.group ? resource.plural : rbacName(resource)
  return `${verb} ${name}${subresource === undefined ? '' : `/${subresource}`}`
}
