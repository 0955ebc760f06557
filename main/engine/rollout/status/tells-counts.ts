import type { RolloutStatus } from '#api/rollout.ts'
import type { Conditions } from './condition-list.ts'

/** Numbers of pods, and the message that is made of them (REC-76). */
const counts: ReadonlySet<string> = new Set([
  'replicas',
  'updatedReplicas',
  'readyReplicas',
  'availableReplicas',
  'HPAReplicas',
  'message',
])

/**
 * A status patch that says nothing but how many pods there are by now, whether they are enough (condition Available), and that this
 * is progress (the time of condition Progressing). The phase, and whatever somebody decides by, stays as stored.
 */
export const tellsOnlyCounts = (stored: RolloutStatus, patch: Readonly<Record<string, unknown>>): boolean =>
  Object.entries(patch).every(([key, value]) =>
    key === 'conditions' ? sayTheSame(stored.conditions ?? [], value as Conditions | null) : counts.has(key),
  )

function sayTheSame(before: Conditions, after: Conditions | null): boolean {
  const verdicts = (conditions: Conditions) =>
    conditions
      .map(({ type, status, reason }) => (type === 'Available' ? type : `${type} ${status} ${reason}`))
      .toSorted()
      .join()
  return verdicts(before) === verdicts(after ?? [])
}
