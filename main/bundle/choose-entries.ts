import type { EpochMs } from '#lib/clock.ts'
import { type ChainEntry, type ChainName, type ChainPlace, chainNames, contentHash } from '#main/history/chain.ts'
import { headOf, placesOf, type StoredHead } from '#main/history/chain-store.ts'
import type { History } from '#main/history/store.ts'
import type { BundleRow } from './format.ts'

type Reader = Pick<History, 'all'>

/** One entry of the record, while it is decided whether it goes along. */
export interface ChosenEntry extends ChainEntry {
  readonly name: ChainName
}

/**
 * The chosen entries of a stretch of time with what proves them: from the first to the last, those in between that are not chosen as digests,
 * so that nothing can be taken out of a bundle, and nothing is told of them (ADR 20).
 */
export function* chosenEntries(
  history: Reader,
  range: { readonly from: EpochMs; readonly until: EpochMs },
  isWanted: (entry: ChosenEntry) => boolean,
): Generator<BundleRow, void> {
  for (const name of chainNames) {
    const head = headOf(history, name)
    if (head !== undefined) yield* rowsOf(history, name, head, range, isWanted)
  }
}

type EntryRow = Extract<BundleRow, { readonly row: 'entry' | 'withheld' }>

/** One by one, so that others get their turn in between; where the chain begins and ends is told last. */
function* rowsOf(
  history: Reader,
  name: ChainName,
  head: StoredHead,
  { from, until }: { readonly from: EpochMs; readonly until: EpochMs },
  isWanted: (entry: ChosenEntry) => boolean,
): Generator<BundleRow, void> {
  const [ids] = history.all(
    `SELECT min(id) AS first, max(id) AS last FROM ${name} WHERE at BETWEEN ? AND ?`,
    from,
    until,
  )
  const [after, end] = [Number(ids?.['first'] ?? 0) - 1, Number(ids?.['last'] ?? -1)]
  let first: number | undefined
  let last = head.last
  let between: EntryRow[] = []
  for (const place of placesOf(history, name, after)) {
    if (place.id > end) break
    const { entry } = place
    const isIn = entry !== undefined && entry.at >= from && entry.at <= until && isWanted({ name, ...entry })
    if (isIn) {
      yield* between
      yield entryRow(name, place.id, entry, place.link)
      first ??= place.id
      last = place.id
      between = []
    } else if (first !== undefined) between.push(...withheldRow(name, place))
  }
  yield chainRow(history, name, head, { first: first ?? head.last + 1, last })
}

const entryRow = (chain: ChainName, id: number, entry: ChainEntry, link: ChainPlace['link']): EntryRow => ({
  row: 'entry',
  chain,
  id,
  ...entry,
  ...(link?.salt !== undefined && { salt: link.salt }),
  ...(link !== undefined && { hash: link.hash }),
})

/** One that is gone leaves a hole, also in the bundle. */
function withheldRow(chain: ChainName, { id, entry, link }: ChainPlace): readonly EntryRow[] {
  if (entry === undefined) return []
  const content = contentHash(chain, id, entry, link?.salt ?? '')
  return [{ row: 'withheld', chain, id, content, ...(link !== undefined && { hash: link.hash }) }]
}

function chainRow(
  history: Reader,
  name: ChainName,
  head: StoredHead,
  { first, last }: { readonly first: number; readonly last: number },
): BundleRow {
  const linkAt = (id: number): string => {
    if (id < head.first) return head.anchor
    const [link] = history.all('SELECT hash FROM link WHERE name = ? AND id = ?', name, id)
    return link === undefined ? head.anchor : String(link['hash'])
  }
  const { beganAt, takenOver } = head
  return { row: 'chain', name, first, anchor: linkAt(first - 1), last, head: linkAt(last), beganAt, takenOver }
}
