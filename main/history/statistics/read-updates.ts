import { readMoment, readRun } from '../record-body.ts'
import type { History } from '../store.ts'
import { endsInGap, type Gap, type PastUpdate } from './past-update.ts'

const pageSize = 100

/**
 * All recorded updates, oldest first: as many as retention keeps. In pages, with a `pause` after each, for everything else of main
 * waits meanwhile.
 */
export async function readUpdates(
  history: Pick<History, 'all'>,
  pause: () => Promise<void>,
): Promise<readonly PastUpdate[]> {
  const updates: PastUpdate[] = []
  const ids = history.all('SELECT id FROM run ORDER BY startedAt, id').map(({ id }) => String(id))
  for (let from = 0; from < ids.length; from += pageSize) {
    updates.push(...pageOf(history, ids.slice(from, from + pageSize)))
    await pause()
  }
  return updates
}

function pageOf(history: Pick<History, 'all'>, ids: readonly string[]): readonly PastUpdate[] {
  const wanted = JSON.stringify(ids)
  const marks = marksOf(history, wanted)
  // The words of its timeline are most of a body, and are not needed.
  const rows = history.all(
    `SELECT id, json_remove(body, '$.words') AS body, json_extract(body, '$.entry.backFilled') AS backFilled
     FROM run WHERE id IN (SELECT value FROM json_each(?)) ORDER BY startedAt, id`,
    wanted,
  )
  return rows.flatMap(({ id, body, backFilled }): readonly PastUpdate[] => {
    const run = readRun(body)
    if (run === undefined) return []
    const { entry, uid, podHash } = run
    const { degraded = [], gaps = [] } = marks.get(String(id)) ?? {}
    const degradedAt = degraded.find((at) => at > entry.startedAt)
    const isUnseen = Boolean(backFilled) || endsInGap(entry.endedAt, gaps)
    return [{ entry, uid, podHash, degradedAt, isUnseen }]
  })
}

interface Marks {
  readonly degraded: number[]
  readonly gaps: Gap[]
}

/** What the timelines say of failures and of what was missed. The texts are those of record-body.ts: most moments are not parsed. */
function marksOf(history: Pick<History, 'all'>, ids: string): ReadonlyMap<string, Marks> {
  const rows = history.all(
    `SELECT runId, body FROM moment WHERE runId IN (SELECT value FROM json_each(?))
       AND (instr(body, '"status":"Degraded"') > 0 OR instr(body, '"kind":"gap"') > 0)
     ORDER BY at, id`,
    ids,
  )
  const marks = new Map<string, Marks>()
  for (const { runId, body } of rows) {
    const moment = readMoment(body)
    const own = marks.get(String(runId)) ?? { degraded: [], gaps: [] }
    marks.set(String(runId), own)
    if (moment?.kind === 'status') own.degraded.push(moment.at)
    if (moment?.kind === 'gap') own.gaps.push({ at: moment.at, until: moment.until })
  }
  return marks
}
