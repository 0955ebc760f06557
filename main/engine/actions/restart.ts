import { replicasOf } from '#engine/rollout/spec-defaults.ts'
import { patchRollout } from '#engine/rollout/write.ts'
import { parseGoDuration } from '#lib/go-duration.ts'
import { failure, success } from '#lib/outcome.ts'
import { formatSeconds } from '#lib/rfc3339.ts'
import type { Planner } from './action-plan.ts'

/** A hundred years: beyond, the text is a slip. */
const delayMsMax = 100 * 365 * 86_400_000

/**
 * ACT-81, after a delay if one is given (ACT-80). `now` should be the API server's time: it is compared with creation times of
 * pods (ACT-83). Tells when it last was, as the dashboard's button does (ACT-150).
 */
export const planRestart: Planner = ({ rollout, parameters, now }) => {
  const { delay = '0s' } = parameters
  const delayMs = parseGoDuration(delay)
  if (!delayMs.ok || Math.abs(delayMs.value) > delayMsMax) return failure({ reason: `invalid duration "${delay}"` })
  const restartAt = formatSeconds(now + delayMs.value)
  const { restartedAt } = rollout.status ?? {}
  const why = { because: 'ACT-81', summary: `Restart pods created before ${restartAt}` }
  return success({
    writes: [patchRollout(rollout, { spec: { restartAt } }, why)],
    effects: [
      `Pods created before ${restartAt} are evicted and replaced, a few at a time`,
      restartedAt === undefined ? 'They were never restarted before' : `They were last restarted at ${restartedAt}`,
    ],
    warnings: replicasOf(rollout.spec) === 1 ? ['There is one replica: it is down while its pod is replaced'] : [],
    message: `rollout '${rollout.metadata.name}' restarts in ${delay}`,
  })
}
