import type { SearchProblem } from '#contract/search-terms.ts'
import type { Bucket, StatisticsView } from '#contract/statistics-views.ts'
import type { EpochMs } from '#lib/clock.ts'
import { type Outcome, success } from '#lib/outcome.ts'
import { searchConditions } from '../search-conditions.ts'
import { parseSearch, type SearchTerm } from '../search-terms.ts'
import type { History } from '../store.ts'
import { type Change, changesOf } from './changes.ts'
import { figuresBy } from './figures-by.ts'
import { readUpdates } from './read-updates.ts'
import { troublesOf } from './troubles.ts'

export interface StatisticsQuery {
  readonly filter?: string | undefined
  readonly name?: string | undefined
  readonly namespace?: string | undefined
  readonly contexts?: readonly string[] | undefined
  readonly since: EpochMs
  readonly bucket: Bucket
  readonly troubles: number
}

/** What a search comes to: figures, and the failures with why. All of the record is looked at, for what is found follows from others. */
export async function statisticsOf(
  history: Pick<History, 'all'>,
  { filter = '', since, bucket, troubles, ...only }: StatisticsQuery,
  now: EpochMs,
  pause: () => Promise<void>,
): Promise<Outcome<StatisticsView, SearchProblem>> {
  const terms = parseSearch(filter, now)
  if (!terms.ok) return terms
  const wanted = terms.value.length === 0 ? undefined : idsOf(history, terms.value)
  const changes = changesOf(await readUpdates(history, pause)).filter(
    ({ entry }) => wanted?.has(entry.id) !== false && isOf(entry, only) && isWithin(entry.endedAt ?? now, since, now),
  )
  const figures = figuresBy(changes, { since, until: now, bucket })
  return success({ ...figures, troubles: troublesOf(history, changes, troubles) })
}

const idsOf = (history: Pick<History, 'all'>, terms: readonly SearchTerm[]): ReadonlySet<string> => {
  const conditions = searchConditions(terms)
  const rows = history.all(
    `SELECT id FROM run WHERE ${conditions.map(([sql]) => sql).join(' AND ')}`,
    ...conditions.flatMap(([, values]) => values),
  )
  return new Set(rows.map(({ id }) => String(id)))
}

const isOf = (
  entry: Change['entry'],
  { name, namespace, contexts }: Pick<StatisticsQuery, 'name' | 'namespace' | 'contexts'>,
): boolean =>
  (name === undefined || entry.name === name) &&
  (namespace === undefined || entry.namespace === namespace) &&
  (contexts === undefined || contexts.includes(entry.context))

const isWithin = (at: EpochMs, since: EpochMs, until: EpochMs): boolean => since <= at && at <= until
