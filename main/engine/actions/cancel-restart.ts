import { patchRollout } from '#engine/rollout/write.ts'
import { success } from '#lib/outcome.ts'
import type { Planner } from './action-plan.ts'

/** Takes back a restart that is still to come (ACT-84). */
export const planCancelRestart: Planner = ({ rollout }) => {
  const { name } = rollout.metadata
  const because = 'ACT-84'
  return success({
    writes: [patchRollout(rollout, { spec: { restartAt: null } }, { because, summary: 'Unset spec.restartAt' })],
    effects: [`The restart at ${rollout.spec.restartAt ?? ''} does not happen: no pod is evicted for it`],
    warnings: [],
    message: `restart of rollout '${name}' cancelled`,
  })
}
