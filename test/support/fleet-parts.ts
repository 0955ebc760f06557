import type { RolloutParts } from '#main/fleet/rollout-parts.ts'
import { aRollout } from './builders/rollout.ts'

/** The parts of `shop/web` in `eu`: the Rollout and nothing else, unless said otherwise. */
export const someParts = (parts: Partial<RolloutParts> = {}): RolloutParts => ({
  context: 'eu',
  rollout: aRollout(),
  replicaSets: [],
  pods: [],
  services: {},
  events: [],
  analysisRuns: [],
  experiments: [],
  workload: undefined,
  ...parts,
})
