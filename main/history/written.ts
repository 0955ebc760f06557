import * as v from 'valibot'
import type { WrittenDetailView, WrittenPage, WrittenView } from '#contract/record-views.ts'
import { readJson } from './record-body.ts'
import type { History } from './store.ts'
import { wantedBy } from './written-filter.ts'

const text = v.pipe(
  v.nullish(v.string()),
  v.transform((value) => value ?? undefined),
)
const number = v.pipe(
  v.nullish(v.number()),
  v.transform((value) => value ?? undefined),
)
const entry = v.object({
  context: v.string(),
  verb: v.string(),
  resource: v.string(),
  subresource: text,
  namespace: text,
  name: v.string(),
  code: number,
  by: v.picklist(['person', 'engine']),
  user: text,
  account: v.string(),
  host: v.string(),
  action: text,
  rule: text,
  summary: text,
  reason: text,
  renewals: v.nullish(v.object({ count: v.number() })),
})

const detail = v.object({
  via: v.optional(v.picklist(['window', 'cli'])),
  problem: text,
  resourceVersion: text,
  request: v.nullish(
    v.object({ type: v.string(), body: v.optional(v.unknown()), bytes: v.optional(v.number()), sha256: text }),
  ),
  renewals: v.nullish(v.object({ since: v.number() })),
})

interface WrittenQuery {
  readonly contexts?: readonly string[] | undefined
  readonly namespace?: string | undefined
  readonly name?: string | undefined
  readonly limit: number
}

const pageSize = 500

/** What this machine wrote to clusters, newest first. */
export function listWritten(history: Pick<History, 'all'>, query: WrittenQuery): readonly WrittenView[] {
  const found: WrittenView[] = []
  let before = Number.MAX_SAFE_INTEGER
  for (let isMore = true; isMore && found.length < query.limit; ) {
    const rows = history.all('SELECT id, at, body FROM written WHERE id < ? ORDER BY id DESC LIMIT ?', before, pageSize)
    found.push(...rows.flatMap(readWritten).filter((each) => isWanted(each, query)))
    before = Number(rows.at(-1)?.['id'] ?? 0)
    isMore = rows.length === pageSize
  }
  return found.slice(0, query.limit)
}

const isWanted = ({ context, namespace, name }: WrittenView, query: WrittenQuery): boolean =>
  (query.contexts === undefined || query.contexts.includes(context)) &&
  (query.namespace === undefined || query.namespace === namespace) &&
  (query.name === undefined || query.name === name)

export interface PageQuery {
  readonly filter?: string | undefined
  readonly context?: string | undefined
  readonly by?: 'person' | 'engine' | undefined
  readonly before?: number | undefined
  readonly limit: number
}

/** So much is read for one page at most, for everything else of main waits meanwhile. */
const scanMax = { rows: 5_000, characters: 16_000_000 }

/** A page of the same. It ends early where little matches; `next` tells where to go on. */
export function pageOfWritten(history: Pick<History, 'all'>, query: PageQuery): WrittenPage {
  const { context = '', limit } = query
  const isMatch = wantedBy(query)
  const rows: WrittenView[] = []
  let before = query.before ?? Number.MAX_SAFE_INTEGER
  let [scanned, characters] = [0, 0]
  while (scanned < scanMax.rows && characters < scanMax.characters) {
    const read = history.all(
      "SELECT id, at, body FROM written WHERE id < ? AND (? = '' OR context = ?) ORDER BY id DESC LIMIT ?",
      before,
      context,
      context,
      Math.min(pageSize, limit),
    )
    for (const row of read) {
      before = Number(row['id'])
      scanned++
      characters += String(row['body']).length
      rows.push(...readWritten(row).filter(isMatch))
      if (rows.length === limit) return { rows, next: before }
    }
    if (read.length < Math.min(pageSize, limit)) return { rows, next: undefined }
  }
  return { rows, next: before }
}

/** `undefined`: there is none, or it cannot be read. */
export function readWrite(history: Pick<History, 'all'>, id: number): WrittenDetailView | undefined {
  const [row] = history.all('SELECT id, at, body FROM written WHERE id = ?', id)
  const [written] = row === undefined ? [] : readWritten(row)
  const parsed = v.safeParse(detail, readJson(row?.['body']))
  if (written === undefined || !parsed.success) return undefined
  const { request, renewals, via, problem, resourceVersion } = parsed.output
  const { type = '', body, bytes, sha256 } = request ?? {}
  const shown = typeof body === 'string' || body === undefined ? body : JSON.stringify(body, undefined, 2)
  return {
    ...written,
    via,
    problem,
    resourceVersion,
    body: request ? { type, text: shown, sha256, bytes } : undefined,
    since: renewals?.since,
  }
}

export const writtenContexts = (history: Pick<History, 'all'>): readonly string[] =>
  history.all('SELECT DISTINCT context FROM written ORDER BY context').map(({ context }) => String(context))

/** One damaged row must not hide the others. */
function readWritten({ id, at, body }: Record<string, unknown>): readonly WrittenView[] {
  const parsed = v.safeParse(entry, readJson(body))
  if (!parsed.success) return []
  const { renewals, ...rest } = parsed.output
  return [{ id: Number(id), at: Number(at), ...rest, count: renewals?.count ?? 1 }]
}
