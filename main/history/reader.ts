import type { PodTemplateSpec } from '#api/core.ts'
import type { HistoryEntryView, HistoryRecordView, RolloutKey } from '#contract/views.ts'
import type { EpochMs } from '#lib/clock.ts'
import { readJson, readMoment, readRun, type StoredRun } from './record-body.ts'
import type { History } from './store.ts'

export interface HistoryQuery {
  /** Words, all of which must occur in application, namespace, context, versions, outcome, actor or reason. */
  readonly filter?: string | undefined
  readonly name?: string | undefined
  readonly namespace?: string | undefined
  readonly contexts?: readonly string[] | undefined
  /** Only what began before this. */
  readonly before?: EpochMs | undefined
  readonly limit: number
}

/** More words than this are not looked at: each is one more condition of the query. */
const filterWordsMax = 8
const momentsMax = 20_000

/** Recorded rollouts, newest first. */
export function listHistory(history: History, query: HistoryQuery): readonly HistoryEntryView[] {
  const words = searchWords(query.filter ?? '').slice(0, filterWordsMax)
  const { name, namespace, contexts } = query
  const conditions: readonly (readonly [sql: string, values: readonly (string | number)[]])[] = [
    ['startedAt < ?', [query.before ?? Number.MAX_SAFE_INTEGER]],
    ...words.map((word) => [`search LIKE ? ESCAPE '!'`, [`%${word.replaceAll(/[!%_]/g, '!$&')}%`]] as const),
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
const isOneOf = (field: 'name' | 'namespace' | 'context', values: readonly string[] | undefined) =>
  values === undefined
    ? []
    : [
        [
          `json_extract(body, '$.entry.${field}') IN (SELECT value FROM json_each(?))`,
          [JSON.stringify(values)],
        ] as const,
      ]

const searchWords = (text: string): readonly string[] => text.toLowerCase().split(/\s+/).filter(Boolean)

/** What `filter` is matched with. */
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
