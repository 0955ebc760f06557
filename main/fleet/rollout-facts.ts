import { type StatusFacts, statusFacts } from '#engine/status/status-facts.ts'
import type { RolloutParts } from './rollout-parts.ts'

/** What more than one projection asks of the parts, derived once. */
export interface RolloutFacts extends StatusFacts {
  readonly parts: RolloutParts
}

export const factsOf = (parts: RolloutParts): RolloutFacts => ({ ...statusFacts(parts), parts })
