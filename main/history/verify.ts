import { type ChainName, type ChainVerdict, chainNames, verifyChain } from './chain.ts'
import { headOf, placesOf, type StoredHead } from './chain-store.ts'
import type { History } from './store.ts'

/** What became of one chain of a history file. */
export interface ChainReport {
  readonly name: ChainName
  readonly head: StoredHead
  readonly verdict: ChainVerdict
}

/** Goes through the whole record (W10). Empty: the file is older than its chains. */
export const verifyHistory = (history: Pick<History, 'all'>): readonly ChainReport[] =>
  chainNames.flatMap((name) => {
    const head = headOf(history, name)
    return head === undefined ? [] : [{ name, head, verdict: verifyChain(name, head, placesOf(history, name)) }]
  })

/** Whether a hash that was noted down earlier is that of an entry: then nothing before it was rewritten. */
export const holdsHash = (history: Pick<History, 'all'>, name: ChainName, id: number, hash: string): boolean =>
  history.all('SELECT 1 FROM link WHERE name = ? AND id = ? AND hash = ?', name, id, hash).length > 0
