import { replicasOf } from '#engine/rollout/spec-defaults.ts'
import { patchRollout } from '#engine/rollout/write.ts'
import { success } from '#lib/outcome.ts'
import { formatSeconds } from '#lib/rfc3339.ts'
import type { Planner } from './action-plan.ts'

/** ACT-81, without a delay. `now` should be the API server's time: it is compared with creation times of pods (ACT-83). */
export const planRestart: Planner = ({ rollout, now }) => {
  const restartAt = formatSeconds(now)
  const why = { because: 'ACT-81', summary: `Restart pods created before ${restartAt}` }
  return success({
    writes: [patchRollout(rollout, { spec: { restartAt } }, why)],
    effects: [`Pods created before ${restartAt} are evicted and replaced, a few at a time`],
    warnings: replicasOf(rollout.spec) === 1 ? ['There is one replica: it is down while its pod is replaced'] : [],
    message: `rollout '${rollout.metadata.name}' restarts in 0s`,
  })
}
