import type { Rollout } from '#api/rollout.ts'
import { stepsOf } from '#engine/rollout/spec-defaults.ts'

/** `Canary`, `BlueGreen`, or empty (VIEW-70). */
export function strategyOf({ spec }: Rollout): 'Canary' | 'BlueGreen' | '' {
  if (spec.strategy?.canary !== undefined) return 'Canary'
  return spec.strategy?.blueGreen === undefined ? '' : 'BlueGreen'
}

/** `2/5`: steps done of all (VIEW-71); empty where there are none. */
export function stepOf(rollout: Rollout): string {
  const index = rollout.status?.currentStepIndex
  const { length } = stepsOf(rollout)
  return index === undefined || length === 0 ? '' : `${index}/${length}`
}
