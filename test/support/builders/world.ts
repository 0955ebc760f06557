import type { RolloutWorld } from '#engine/world.ts'
import { aRollout } from './rollout.ts'

/** A world that holds a Rollout and nothing else, unless said otherwise. */
export const aWorld = (parts: Partial<RolloutWorld> = {}): RolloutWorld => ({
  rollout: aRollout(),
  replicaSets: [],
  pods: [],
  services: {},
  workload: undefined,
  ...parts,
})
