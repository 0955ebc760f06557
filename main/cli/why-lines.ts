import { currentRuns } from '#engine/rollout/analysis/runs.ts'
import { statusFacts } from '#engine/status/status-facts.ts'
import type { EpochMs } from '#lib/clock.ts'
import { adviceText, type Reason, reasonText } from '#lib/reason.ts'
import { type Driver, whoDrives } from '#main/controller/who-drives.ts'
import { whyOf } from '#main/fleet/view/why.ts'
import { runLine } from './analysis-row.ts'
import { shownDuration } from './shown-age.ts'
import { readShown, type ShownRollout } from './shown-rollout.ts'
import type { Target } from './targets.ts'

/**
 * Why a Rollout is where it is, a line for each reason (VIEW-224), by a few requests. Empty when it is Healthy, and when its objects
 * may not be read.
 * @param now the API server's time
 */
export async function whyLines(target: Target, name: string, now: EpochMs): Promise<readonly string[]> {
  const shown = await readShown(target, name)
  if (!shown.ok) return []
  const facts = statusFacts({ services: {}, workload: undefined, ...shown.value })
  if (whyOf(facts).length === 0) return []
  const driving = drivingReason(await whoDrives(target.client, now))
  const reasons = whyOf(facts, { driving, rounds: [] }).map((reason) => whyLine(reason, now))
  return [...reasons, ...analysisLines(shown.value)]
}

/** The analyses it waits for, and those that did not pass. */
const analysisLines = ({ rollout, analysisRuns }: ShownRollout): readonly string[] =>
  Object.values(currentRuns(rollout.status ?? {}, analysisRuns))
    .filter((run) => run.status?.phase !== 'Successful')
    .map(runLine)

function drivingReason({ engine, holder }: Driver): Reason | undefined {
  const about = { object: undefined, since: undefined }
  if (engine === 'observed') return { cause: 'nobodyDrives', ...about, values: {} }
  if (engine !== 'inCluster' || holder === undefined) return undefined
  return { cause: 'drivenElsewhere', ...about, values: { holder } }
}

/** `Why: 1 of 2 pods … (Pod web-1, for 5m). Advice.` */
function whyLine(reason: Reason, now: EpochMs): string {
  const { object, since } = reason
  const facts = [
    ...(object === undefined ? [] : [`${object.kind} ${object.name}`]),
    ...(since === undefined ? [] : [`for ${shownDuration(now - since)}`]),
  ]
  const aside = facts.length === 0 ? '' : ` (${facts.join(', ')})`
  const advice = adviceText(reason)
  return `Why: ${reasonText(reason)}${aside}${advice === undefined ? '' : ` ${advice}`}`
}
