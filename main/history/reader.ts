import type { PodTemplateSpec } from '#api/core.ts'
import type { SearchProblem } from '#contract/search-terms.ts'
import type { HistoryEntryView, HistoryRecordView, RolloutKey } from '#contract/views.ts'
import type { EpochMs } from '#lib/clock.ts'
import { type Outcome, success } from '#lib/outcome.ts'
import { readJson, readMoment, readRun, type StoredRun } from './record-body.ts'
import { type Condition, searchConditions } from './search-conditions.ts'
import { parseSearch, type SearchTerm } from './search-terms.ts'
import type { History } from './store.ts'

export interface HistoryQuery {
  /** All of which have to hold; words occur in application, namespace, context, versions, outcome, actor, reason or timeline. */
  readonly terms?: readonly SearchTerm[] | undefined
  readonly name?: string | undefined
  readonly namespace?: string | undefined
  readonly contexts?: readonly string[] | undefined
  /** Only what began before this. */
  readonly before?: EpochMs | undefined
  readonly limit: number
}

const momentsMax = 20_000

/** A query as a person asks it. */
export interface SearchQuery extends Omit<HistoryQuery, 'terms'> {
  readonly filter?: string | undefined
}

/** The same of what a person typed (search-terms.ts). */
export function searchHistory(
  history: Pick<History, 'all'>,
  { filter = '', ...query }: SearchQuery,
  now: EpochMs,
): Outcome<readonly HistoryEntryView[], SearchProblem> {
  const terms = parseSearch(filter, now)
  return terms.ok ? success(listHistory(history, { ...query, terms: terms.value })) : terms
}

/** Recorded rollouts, newest first. */
export function listHistory(history: Pick<History, 'all'>, query: HistoryQuery): readonly HistoryEntryView[] {
  const { name, namespace, contexts } = query
  const conditions: readonly Condition[] = [
    ['startedAt < ?', [query.before ?? Number.MAX_SAFE_INTEGER]],
    ...searchConditions(query.terms ?? []),
    ...isOneOf('name', name === undefined ? undefined : [name]),
    ...isOneOf('namespace', namespace === undefined ? undefined : [namespace]),
    ...isOneOf('context', contexts),
  ]
  const rows = history.all(
    `SELECT body FROM run WHERE ${conditions.map(([sql]) => sql).join(' AND ')} ORDER BY startedAt DESC, id LIMIT ?`,
    ...conditions.flatMap(([, values]) => values),
    query.limit,
  )
  return rows.flatMap(({ body }) => readRun(body)?.entry ?? [])
}

/** `field` is a member of the entry. */
const isOneOf = (
  field: 'name' | 'namespace' | 'context',
  values: readonly string[] | undefined,
): readonly Condition[] =>
  values === undefined
    ? []
    : [[`json_extract(body, '$.entry.${field}') IN (SELECT value FROM json_each(?))`, [JSON.stringify(values)]]]

/** What words are matched with. */
export const searchText = (entry: HistoryEntryView): string => {
  const { name, namespace, context, fromVersion, toVersion, outcome, actor, reason } = entry
  const words = outcome.replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ')
  return [name, namespace, context, fromVersion, toVersion, outcome, words, actor, reason]
    .filter((each) => each !== undefined)
    .join('\n')
    .toLowerCase()
}

/** One run with its timeline, oldest moment first, and those of its two revisions whose template is stored, the older first. */
export function readRecord(history: History, id: string): HistoryRecordView | undefined {
  const [row] = history.all('SELECT body FROM run WHERE id = ?', id)
  const run = readRun(row?.['body'])
  if (run === undefined) return undefined
  const moments = history.all('SELECT body FROM moment WHERE runId = ? ORDER BY at, id LIMIT ?', id, momentsMax)
  return {
    entry: run.entry,
    timeline: moments.flatMap(({ body }) => readMoment(body) ?? []),
    revisions: revisionsOf(history, run),
  }
}

const revisionsOf = (history: History, { entry, uid, fromRevision }: StoredRun): HistoryRecordView['revisions'] =>
  [fromRevision, entry.revision].flatMap((revision) => {
    if (revision === undefined) return []
    const [row] = history.all(
      'SELECT version FROM template WHERE key = ? AND uid = ? AND revision = ?',
      entry.key,
      uid,
      revision,
    )
    return row === undefined ? [] : [{ revision, version: textOf(row['version']) }]
  })

export interface StoredTemplate {
  /** Redacted. */
  readonly template: PodTemplateSpec
  readonly capturedAt: EpochMs
  readonly version: string | undefined
}

/** The pod template of a revision; of several Rollouts that bore the name one after the other, the latest. */
export function storedTemplate(history: History, key: RolloutKey, revision: number): StoredTemplate | undefined {
  const [row] = history.all(
    'SELECT body, capturedAt, version FROM template WHERE key = ? AND revision = ? ORDER BY capturedAt DESC LIMIT 1',
    key,
    revision,
  )
  const template = readJson(row?.['body'])
  if (row === undefined || !isTemplate(template)) return undefined
  return { template, capturedAt: Number(row['capturedAt']), version: textOf(row['version']) }
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

function isTemplate(value: unknown): value is PodTemplateSpec {
  if (typeof value !== 'object' || value === null) return false
  if (!('spec' in value)) return true
  const { spec } = value
  return typeof spec === 'object' && spec !== null && 'containers' in spec && Array.isArray(spec.containers)
}
