import type { RolloutKey } from '#contract/views.ts'
import type { PastRun } from '#engine/forecast/past-runs.ts'
import { readMoment, readRun } from './record-body.ts'
import type { History } from './store.ts'

const runsMax = 20
const stepsMax = 1_000

/** The last updates of a Rollout that were seen to be completed, newest first, for a forecast of the next. */
export function pastRuns(history: History, key: RolloutKey): readonly PastRun[] {
  const rows = history.all(
    `SELECT id, body FROM run WHERE key = ? AND json_extract(body, '$.entry.outcome') = 'Completed'
       AND json_extract(body, '$.entry.backFilled') IS NULL
     ORDER BY startedAt DESC LIMIT ?`,
    key,
    runsMax,
  )
  return rows.flatMap(({ id, body }): readonly PastRun[] => {
    const { startedAt = 0, endedAt } = readRun(body)?.entry ?? {}
    if (endedAt === undefined || typeof id !== 'string') return []
    return [{ durationMs: endedAt - startedAt, ...stepsOf(history, id, startedAt) }]
  })
}

function stepsOf(history: History, id: string, startedAt: number): Omit<PastRun, 'durationMs'> {
  const rows = history.all(
    `SELECT body FROM moment WHERE runId = ? AND json_extract(body, '$.kind') = 'step' ORDER BY at, id LIMIT ?`,
    id,
    stepsMax,
  )
  const reachedMs = new Map<number, number>()
  let stepCount = 0
  for (const { body } of rows) {
    const moment = readMoment(body)
    if (moment?.kind !== 'step') continue
    stepCount = moment.stepCount
    if (!reachedMs.has(moment.stepIndex)) reachedMs.set(moment.stepIndex, moment.at - startedAt)
  }
  return { stepCount, reachedMs }
}
