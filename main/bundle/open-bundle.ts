import type { Notice } from '#contract/views.ts'
import { assert } from '#lib/assert.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import {
  type ChainName,
  type ChainPlace,
  type ChainVerdict,
  chainNames,
  contentHash,
  verifyChain,
} from '#main/history/chain.ts'
import type { StoredHead } from '#main/history/chain-store.ts'
import { type Database, openDatabase } from '#main/history/database.ts'
import { storeRow } from '#main/history/history-row.ts'
import type { History } from '#main/history/store.ts'
import type { ChainReport } from '#main/history/verify.ts'
import { type BundleFault, type BundleHeader, type BundleRow, noRows } from './format.ts'
import { type BundleLimits, bundleLimits } from './limits.ts'
import { type ReadBundle, readBundle } from './read-bundle.ts'

/** A bundle that was read, checked, and put into a database of its own in memory. Nothing of it is written anywhere. */
export interface OpenBundle extends ReadBundle {
  readonly header: BundleHeader
  /** All that reads a history reads this one. */
  readonly history: History
  readonly chains: readonly ChainReport[]
  readonly counts: Readonly<Record<BundleRow['row'], number>>
}

/** What the rows take in the database, with its indices. */
const memoryFactor = 3

export async function openBundle(
  bytes: Uint8Array,
  limits: BundleLimits = bundleLimits,
): Promise<Outcome<OpenBundle, BundleFault>> {
  const opened = openDatabase(':memory:', { mode: 'write', maxBytes: limits.bytes * memoryFactor })
  assert(opened.ok, 'a database in memory opens')
  const db = opened.value
  const filling = new Filling(db)
  const read = await readBundle(bytes, (rows) => filling.take(rows), limits)
  const fault = read.ok ? filling.fault : read.error
  if (!read.ok || fault !== undefined) {
    db.close()
    return failure(fault ?? { kind: 'Malformed', message: 'It cannot be read.' })
  }
  const { counts } = filling
  return success({ ...read.value, history: readOnly(db), chains: filling.chains(), counts })
}

class Filling {
  readonly #db: Database
  readonly #heads = new Map<ChainName, StoredHead>()
  readonly #places: Readonly<Record<ChainName, ChainPlace[]>> = { journal: [], written: [] }
  readonly counts = noRows()
  fault: BundleFault | undefined

  constructor(db: Database) {
    this.#db = db
  }

  take(rows: readonly BundleRow[]): void {
    if (this.fault !== undefined) return
    const done = this.#db.transaction(() => rows.forEach((row) => this.#put(row)))
    if (!done.ok) this.fault = { kind: 'TooLarge', message: `It does not fit in memory: ${done.error.message}.` }
  }

  #put(row: BundleRow): void {
    this.counts[row.row]++
    const { row: table } = row
    switch (table) {
      case 'template':
        return storeRow(this.#db, { table, ...row, version: row.version })
      case 'object':
        return storeRow(this.#db, { table, ...row, goneAt: row.goneAt })
      case 'version':
        return storeRow(this.#db, { table, ...row, resourceVersion: '' })
      case 'plan':
        return storeRow(this.#db, { table, ...row, isDriven: false })
      case 'run':
      case 'moment':
      case 'span':
      case 'planEvent':
        return storeRow(this.#db, { table, ...row } as Parameters<typeof storeRow>[1])
      case 'chain':
        this.#heads.set(row.name, row)
        return undefined
      case 'entry':
        return this.#entry(row)
      case 'withheld':
        this.#places[row.chain].push({ ...placeOf(row, row.content), isWithheld: true })
        return undefined
      default:
        return row satisfies never
    }
  }

  /** With its own id, so that what is said of it can be compared with the file that it comes from. */
  #entry({ chain, id, at, subject, body, salt = '', hash }: Extract<BundleRow, { readonly row: 'entry' }>): void {
    const column = chain === 'journal' ? 'key' : 'context'
    this.#db.run(`INSERT OR IGNORE INTO ${chain} (id, at, ${column}, body) VALUES (?, ?, ?, ?)`, id, at, subject, body)
    // Row by row: of a whole bundle at once it would hold up everything else.
    const content = contentHash(chain, id, { at, subject, body }, salt)
    this.#places[chain].push(placeOf({ id, hash }, content))
  }

  chains(): readonly ChainReport[] {
    return chainNames.flatMap((name) => {
      const head = this.#heads.get(name)
      const verdict: ChainVerdict | undefined = head && verifyChain(name, head, this.#places[name])
      // Entries without a chain are proven by nothing.
      if (head === undefined || verdict === undefined) return this.#unproven(name)
      return [{ name, head, verdict }]
    })
  }

  #unproven(name: ChainName): readonly ChainReport[] {
    const [first] = this.#places[name]
    if (first === undefined) return []
    const head = { first: 0, anchor: '', last: 0, head: '', beganAt: 0, takenOver: 0 }
    return [{ name, head, verdict: { isUnbroken: false, id: first.id, what: 'inserted' } }]
  }
}

const placeOf = (
  { id, hash }: { readonly id: number; readonly hash?: string | undefined },
  content: string,
): ChainPlace => ({
  id,
  entry: undefined,
  content,
  link: hash === undefined ? undefined : { hash },
})

const none: readonly Notice[] = []

/** What is added goes nowhere. */
const readOnly = (db: Database): History => ({
  mode: 'memory',
  notices: none,
  onNotice: () => () => undefined,
  lost: 0,
  add: () => undefined,
  all: (sql, ...values) => db.all(sql, ...values),
  stored: (sql, ...values) => db.all(sql, ...values),
  close: () => db.close(),
})
