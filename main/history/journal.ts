import * as v from 'valibot'
import { parseClusterKey, parseKey } from '#contract/keys.ts'
import { migrationActionNames } from '#contract/migration-views.ts'
import { clusterActionNames } from '#contract/ownership-views.ts'
import type { SearchProblem } from '#contract/search-terms.ts'
import { type ActionName, actionNames, type HistoryActionView, type RolloutKey } from '#contract/views.ts'
import type { EpochMs } from '#lib/clock.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import { type Database, type DatabaseFailure, openDatabase } from './database.ts'
import { storeRow } from './history-row.ts'
import {
  type ActionTarget,
  journalRow,
  ownershipRow,
  type RecordedAction,
  type RecordedOwnership,
} from './journal-entry.ts'
import { resultText } from './moments.ts'
import type { HistoryQuery, SearchQuery } from './reader.ts'
import { readJson } from './record-body.ts'
import { fitsPattern, parseSearch, type SearchTerm } from './search-terms.ts'
import { secretPrints } from './secret-prints.ts'
import { defaultMaxBytes, type History } from './store.ts'

/**
 * Journals one action without keeping the file open: for the command line, beside a window that may have it open as well (ACT-15).
 * Waits up to 2 s for a lock. Nothing is moved or mended here: a file that cannot be used is left as it is.
 */
export function appendAction(
  path: string,
  target: ActionTarget,
  action: RecordedAction,
  at: EpochMs,
): Outcome<void, DatabaseFailure> {
  return append(path, (db) => {
    const prints = secretPrints({
      all: (sql, ...values) => db.all(sql, ...values),
      add: (rows) => rows.forEach((row) => storeRow(db, row)),
    })
    storeRow(db, journalRow(target, action, at, prints))
  })
}

/** The same of who drives a cluster. */
export const appendOwnership = (
  path: string,
  recorded: RecordedOwnership,
  at: EpochMs,
): Outcome<void, DatabaseFailure> => append(path, (db) => storeRow(db, ownershipRow(recorded, at)))

function append(path: string, store: (db: Database) => void): Outcome<void, DatabaseFailure> {
  const opened = openDatabase(path, { mode: 'append', maxBytes: defaultMaxBytes })
  if (!opened.ok) return opened
  const db = opened.value
  const done = db.transaction(() => store(db))
  db.close()
  return done
}

/** Rows read for one answer at most; all that retention keeps. */
const scanMax = 50_000
const pageSize = 500

/** The actions that a person asks for; there are no images and outcomes of actions. */
export function searchActions(
  history: Pick<History, 'all'>,
  { filter = '', ...query }: SearchQuery,
  now: EpochMs,
): Outcome<readonly HistoryActionView[], SearchProblem> {
  const terms = parseSearch(filter, now)
  if (!terms.ok) return terms
  for (const { kind: field } of terms.value)
    if (field === 'image' || field === 'outcome') return failure({ kind: 'notHere', field })
  return success(listActions(history, { ...query, terms: terms.value }))
}

/**
 * Actions of people, sent or refused, newest first: those within a recorded rollout and those outside of any. The words of the
 * filter are looked for in action and result as well, and `before` is the time of the action.
 */
export function listActions(history: Pick<History, 'all'>, query: HistoryQuery): readonly HistoryActionView[] {
  const found: HistoryActionView[] = []
  const wanted = matcherOf(query)
  let last = { at: query.before ?? Number.MAX_SAFE_INTEGER, id: 0 }
  for (let read = 0; read < scanMax && found.length < query.limit; read += pageSize) {
    const rows = pageBefore(history, last)
    const actions = rows.flatMap((row) => readAction(row) ?? [])
    found.push(...actions.filter(wanted).slice(0, query.limit - found.length))
    const end = rows.at(-1)
    if (end === undefined || rows.length < pageSize) break
    last = { at: Number(end['at']), id: Number(end['id']) }
  }
  return found
}

const pageBefore = (history: Pick<History, 'all'>, { at, id }: { readonly at: EpochMs; readonly id: number }) =>
  history.all(
    'SELECT id, at, key, body FROM journal WHERE at < ? OR (at = ? AND id < ?) ORDER BY at DESC, id DESC LIMIT ?',
    at,
    at,
    id,
    pageSize,
  )

function matcherOf({ terms = [], name, namespace, contexts }: HistoryQuery): (action: HistoryActionView) => boolean {
  return (action) => {
    if (name !== undefined && action.name !== name) return false
    if (namespace !== undefined && action.namespace !== namespace) return false
    if (contexts !== undefined && !contexts.includes(action.context)) return false
    return terms.every((term) => fits(action, term))
  }
}

function fits(action: HistoryActionView, term: SearchTerm): boolean {
  switch (term.kind) {
    case 'text':
      return searchText(action).includes(term.text)
    case 'app':
      return isLike(action.name, term.anyOf)
    case 'cluster':
      return isLike(action.context, term.anyOf)
    case 'namespace':
      return isLike(action.namespace, term.anyOf)
    case 'actor':
      return isLike(
        `${action.actor} ${action.user ?? ''}`,
        term.anyOf.map((each) => `*${each}*`),
      )
    case 'since':
      return action.at >= term.at
    case 'before':
      return action.at < term.at
    default:
      return false
  }
}

const isLike = (text: string, patterns: readonly string[]): boolean => patterns.some((each) => fitsPattern(text, each))

const searchText = ({
  name,
  namespace,
  context,
  action,
  actor,
  host = '',
  user = '',
  reason,
  result,
}: HistoryActionView): string =>
  [name, namespace, context, action, actor, host, user, reason, result].join('\n').toLowerCase()

/** Actions that another process journalled about one rollout, oldest first; `after` and `since` leave out what is known. */
export function foreignActions(
  history: History,
  key: RolloutKey,
  { after, since }: { readonly after: number; readonly since: EpochMs },
): readonly { readonly row: number; readonly action: RolloutActionView }[] {
  const rows = history.all(
    'SELECT id, at, key, body FROM journal WHERE key = ? AND at >= ? AND id > ? ORDER BY id LIMIT ?',
    key,
    since,
    after,
    pageSize,
  )
  return rows.flatMap((row) => {
    const action = readAction(row)
    return action?.via === 'cli' && isOfRollout(action) ? [{ row: Number(row['id']), action }] : []
  })
}

/** Of one rollout, not of a whole cluster. */
export type RolloutActionView = HistoryActionView & { readonly action: ActionName }

const isOfRollout = (view: HistoryActionView): view is RolloutActionView =>
  actionNames.some((each) => each === view.action)

const failureSchema = v.object({ kind: v.string(), message: v.optional(v.string(), '') })
const refusalSchema = v.variant('kind', [
  v.object({ kind: v.literal('notOpen'), reason: v.string() }),
  v.object({ kind: v.literal('movedOn'), changed: v.array(v.string()) }),
  v.object({ kind: v.literal('failed'), failure: failureSchema }),
  v.object({ kind: v.literal('unknownTarget') }),
])

/** Entries of earlier versions have none. */
const absentText = v.pipe(
  v.nullish(v.string()),
  v.transform((text) => text ?? undefined),
)

const entrySchema = v.object({
  action: v.picklist([...actionNames, ...clusterActionNames, ...migrationActionNames]),
  actor: v.string(),
  host: absentText,
  user: absentText,
  reason: v.string(),
  setAside: absentText,
  via: v.optional(v.picklist(['window', 'cli']), 'window'),
  result: v.union([v.object({ sent: v.literal(true) }), v.object({ sent: v.literal(false), refusal: refusalSchema })]),
})

function addressOf(key: string) {
  const context = parseClusterKey(key)
  return context === undefined ? parseKey(key) : { context, namespace: '', name: '' }
}

/** `undefined` for a row that cannot be read: one damaged row must not hide the others. */
function readAction({ id, at, key, body }: Record<string, unknown>): HistoryActionView | undefined {
  const parsed = v.safeParse(entrySchema, readJson(body))
  const address = addressOf(String(key))
  if (!parsed.success || address === undefined) return undefined
  const { result, ...entry } = parsed.output
  return {
    id: String(id),
    at: Number(at),
    key: String(key),
    ...address,
    ...entry,
    sent: result.sent,
    result: resultText(result),
  }
}
