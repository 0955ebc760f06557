import { patchRollout } from '#engine/rollout/write.ts'
import { success } from '#lib/outcome.ts'
import type { Planner } from './action-plan.ts'
import { gitOpsWarnings } from './gitops-owner.ts'

/** ACT-70. */
export const planPause: Planner = ({ rollout }) =>
  success({
    writes: [patchRollout(rollout, { spec: { paused: true } }, { because: 'ACT-70', summary: 'Set spec.paused' })],
    effects: ['Scaling and steps stop where they are until Resume', 'Traffic weights stay as they are'],
    warnings: gitOpsWarnings(rollout),
    message: `rollout '${rollout.metadata.name}' paused`,
  })
