import * as v from 'valibot'
import type { EpochMs } from '#lib/clock.ts'
import { readJson } from './record-body.ts'
import type { History } from './store.ts'

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

/** One row of the record of writes, as it is listed. Without a code no answer came. */
export type WrittenView = Omit<v.InferOutput<typeof entry>, 'renewals'> & {
  readonly id: number
  readonly at: EpochMs
  /** More than one only for renewals of a lease. */
  readonly count: number
}

export interface WrittenQuery {
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

/** One damaged row must not hide the others. */
function readWritten({ id, at, body }: Record<string, unknown>): readonly WrittenView[] {
  const parsed = v.safeParse(entry, readJson(body))
  if (!parsed.success) return []
  const { renewals, ...rest } = parsed.output
  return [{ id: Number(id), at: Number(at), ...rest, count: renewals?.count ?? 1 }]
}
