import type { EpochMs } from '#lib/clock.ts'
import { readJson } from './record-body.ts'
import type { History } from './store.ts'

export interface ExportQuery {
  readonly contexts?: readonly string[] | undefined
  /** Nothing earlier. */
  readonly since?: EpochMs | undefined
}

interface Line {
  readonly at: EpochMs
  readonly value: Readonly<Record<string, unknown>>
}

const pageSize = 500

/**
 * The whole record, oldest first, one JSON text a line: `"record":"action"` is what a person asked for and what came of it,
 * `"record":"write"` a request that this machine sent to a cluster, with the code of its answer.
 */
export function* exportRecord(history: Pick<History, 'all'>, query: ExportQuery = {}): Generator<string> {
  const actions = linesOf(history, 'journal', 'action', query)
  const writes = linesOf(history, 'written', 'write', query)
  let [action, write] = [actions.next(), writes.next()]
  while (action.done !== true || write.done !== true) {
    const isAction = write.done === true || (action.done !== true && action.value.at <= write.value.at)
    const next = isAction ? action : write
    if (next.done !== true) yield JSON.stringify(next.value.value)
    if (isAction) action = actions.next()
    else write = writes.next()
  }
}

function* linesOf(
  history: Pick<History, 'all'>,
  table: 'journal' | 'written',
  record: 'action' | 'write',
  { contexts, since = 0 }: ExportQuery,
): Generator<Line, undefined> {
  const sql = `SELECT id, at, body FROM ${table} WHERE at > ? OR (at = ? AND id > ?) ORDER BY at, id LIMIT ${pageSize}`
  let last = { at: since, id: 0 }
  for (let isMore = true; isMore; ) {
    const rows = history.all(sql, last.at, last.at, last.id)
    for (const row of rows) {
      last = { at: Number(row['at']), id: Number(row['id']) }
      // A row that cannot be read is shown as it is: an export leaves out nothing.
      const body = readJson(row['body']) ?? { unreadable: String(row['body']) }
      const value = { record, id: last.id, time: new Date(last.at).toISOString(), ...(body as object) }
      if (contexts === undefined || contexts.includes(String(readContext(body)))) yield { at: last.at, value }
    }
    isMore = rows.length === pageSize
  }
  return undefined
}

const readContext = (body: unknown): unknown => (body as { readonly context?: unknown }).context
