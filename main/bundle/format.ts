import * as v from 'valibot'
import { chainNames } from '#main/history/chain.ts'

/**
 * The rows of a bundle (docs/bundles.md): one JSON object a line, the header first, the end last. Everything is checked, for a bundle may come
 * from anybody: names that SQLite and URLs can hold, times that a calendar has, numbers that are whole.
 */
export const bundleFormat = 'argosy-bundle'
export const bundleVersion = 1

/** The last millisecond of the year 9999. */
const timeMax = 253_402_300_799_999
const whole = v.pipe(v.number(), v.safeInteger())
export const time = v.pipe(whole, v.minValue(0), v.maxValue(timeMax))
const text = v.pipe(
  v.string(),
  v.check((value) => value.isWellFormed() && !value.includes('\0'), 'it holds half a character or a zero byte'),
)
const name = v.pipe(text, v.maxLength(1024))
const hash = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/))
const count = v.pipe(whole, v.minValue(0))
const chain = v.picklist(chainNames)
/** JSON in a text, as it was stored: its bytes are what the chain proves. */
const body = text

export const header = v.strictObject({
  format: v.literal(bundleFormat),
  version: v.pipe(whole, v.minValue(1)),
  /** Of the Argosy that wrote it, and of its history file. */
  app: name,
  schema: count,
  capturedAt: time,
  by: v.strictObject({ account: name, host: name }),
  about: v.variant('kind', [
    v.strictObject({ kind: v.literal('rollout'), key: name, run: v.optional(name) }),
    v.strictObject({ kind: v.literal('plan'), id: name, name }),
    v.strictObject({ kind: v.literal('time') }),
  ]),
  contexts: v.pipe(v.array(name), v.maxLength(1000)),
  from: time,
  until: time,
})
export type BundleHeader = v.InferOutput<typeof header>

export const row = v.variant('row', [
  v.strictObject({ row: v.literal('run'), id: name, key: name, startedAt: time, search: text, body }),
  v.strictObject({ row: v.literal('moment'), runId: name, at: time, body, mark: v.optional(name) }),
  v.strictObject({
    row: v.literal('template'),
    key: name,
    uid: name,
    revision: whole,
    capturedAt: time,
    version: v.optional(name),
    body,
  }),
  v.strictObject({
    row: v.literal('object'),
    id: count,
    context: name,
    kind: name,
    namespace: name,
    name,
    uid: name,
    parent: name,
    goneAt: v.optional(time),
  }),
  v.strictObject({
    row: v.literal('version'),
    objectId: count,
    at: time,
    place: v.pipe(count, v.maxValue(100_000)),
    form: v.picklist(['whole', 'patch', 'gone']),
    body,
  }),
  v.strictObject({ row: v.literal('span'), context: name, since: time, until: time }),
  v.strictObject({ row: v.literal('plan'), id: name, context: name, namespace: name, body }),
  v.strictObject({ row: v.literal('planEvent'), planId: name, at: time, body }),
  v.strictObject({
    row: v.literal('chain'),
    name: chain,
    first: whole,
    anchor: hash,
    last: whole,
    head: hash,
    beganAt: time,
    takenOver: count,
  }),
  /** A link is missing where the record was damaged before it was exported. */
  v.strictObject({
    row: v.literal('entry'),
    chain,
    id: whole,
    at: time,
    subject: name,
    body,
    salt: v.optional(name),
    hash: v.optional(hash),
  }),
  v.strictObject({ row: v.literal('withheld'), chain, id: whole, content: hash, hash: v.optional(hash) }),
])
export type BundleRow = v.InferOutput<typeof row>

/** How many rows there are of each kind, to be counted up. */
export const noRows = (): Record<BundleRow['row'], number> => ({
  ...{ run: 0, moment: 0, template: 0, object: 0, version: 0, span: 0, plan: 0, planEvent: 0 },
  ...{ chain: 0, entry: 0, withheld: 0 },
})

/** How many rows came before, and the SHA-256 of all lines before this one. */
export const end = v.strictObject({ row: v.literal('end'), rows: count, sha256: hash })
export type BundleEnd = v.InferOutput<typeof end>

/** Why a bundle cannot be opened, or made. */
export interface BundleFault {
  readonly kind: 'NotABundle' | 'TooLarge' | 'Newer' | 'Damaged' | 'Malformed' | 'Locked' | 'WrongPassphrase' | 'File'
  readonly message: string
}
