import { createHmac, randomBytes } from 'node:crypto'
import type { History } from './store.ts'

/** Stand-ins for secret values: equal values of one name have equal prints, and nothing leads back from a print (ADR 11). */
export interface SecretPrints {
  /** The form that is stored: the same in every session that writes to one history file. */
  stored(name: string, value: string): string
  /** The form that is shown, from a stored one: made with a key that dies with the process (UI-DIFF-3). */
  shown(stored: string): string
}

const keyBytes = 32
const storedLength = 16
const shownLength = 8
const keyRow = 'printKey'

export const printsWith = (keys: { readonly file: string; readonly session: string }): SecretPrints => ({
  stored: (name, value) => hmac(keys.file, `${name}\0${value}`).slice(0, storedLength),
  shown: (stored) => hmac(keys.session, stored).slice(0, shownLength),
})

const hmac = (key: string, text: string): string => createHmac('sha256', key).update(text).digest('hex')

/** As much of a history as the key of its prints needs. */
type PrintsFile = Pick<History, 'all' | 'add'>

const opened = new WeakMap<PrintsFile, SecretPrints>()

/** The prints of one history file. Its key is made when the file has none; every call for one history gives the same prints. */
export function secretPrints(history: PrintsFile): SecretPrints {
  const known = opened.get(history)
  if (known !== undefined) return known
  const made = printsWith({ file: storedKey(history) ?? makeKey(history), session: newKey() })
  opened.set(history, made)
  return made
}

function storedKey(history: PrintsFile): string | undefined {
  const value = history.all('SELECT value FROM meta WHERE name = ?', keyRow)[0]?.['value']
  return typeof value === 'string' ? value : undefined
}

/** Where another process made one at the same time, the first of the two stands. */
function makeKey(history: PrintsFile): string {
  const made = newKey()
  history.add([{ table: 'meta', name: keyRow, value: made }])
  return storedKey(history) ?? made
}

const newKey = (): string => randomBytes(keyBytes).toString('hex')
