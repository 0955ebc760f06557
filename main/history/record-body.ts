import * as v from 'valibot'
import { actionNames, type HistoryEntryView, type HistoryMomentView } from '#contract/views.ts'
import type { EpochMs } from '#lib/clock.ts'

/** A run as stored: what is listed, and what is needed to continue it. */
export interface StoredRun {
  readonly entry: HistoryEntryView
  readonly uid: string
  readonly podHash: string
  readonly fromRevision: number | undefined
  /** Recording is complete up to here. */
  readonly seenAt: EpochMs
  /** What its moments say, for the search (told-words.ts). */
  readonly words: string
}

/** JSON has no `undefined`: absent facts are stored as null. */
const absent = <Input, Output>(schema: v.GenericSchema<Input, Output>) =>
  v.pipe(
    v.nullable(schema),
    v.transform((value) => value ?? undefined),
  )
const text = absent(v.string())
const number = absent(v.number())
const shownStatus = v.picklist(['Aborted', 'Inconclusive', 'Degraded', 'Paused', 'Progressing', 'Healthy', 'Unknown'])

const entry = v.object({
  id: v.string(),
  key: v.string(),
  context: v.string(),
  namespace: v.string(),
  name: v.string(),
  strategy: v.picklist(['canary', 'blueGreen', 'unknown']),
  fromVersion: text,
  toVersion: text,
  revision: number,
  outcome: v.picklist(['Completed', 'Aborted', 'RolledBack', 'Superseded', 'Deleted', 'Running']),
  startedAt: v.number(),
  endedAt: number,
  reason: text,
  actor: text,
  backFilled: v.optional(v.boolean()),
})

const run = v.object({
  entry,
  uid: v.string(),
  podHash: v.string(),
  fromRevision: number,
  seenAt: v.number(),
  // Runs of earlier versions have none.
  words: v.optional(v.string(), ''),
})

const common = { at: v.number(), who: v.string(), backFilled: v.optional(v.boolean()) }
const moment = v.variant('kind', [
  v.object({ ...common, kind: v.literal('status'), status: shownStatus, message: v.string() }),
  v.object({ ...common, kind: v.literal('weight'), setWeight: v.number(), actualWeight: v.number() }),
  v.object({ ...common, kind: v.literal('step'), stepIndex: v.number(), stepCount: v.number() }),
  v.object({ ...common, kind: v.literal('pods'), canary: v.number(), stable: v.number() }),
  v.object({
    ...common,
    kind: v.literal('action'),
    action: v.picklist(actionNames),
    reason: v.string(),
    result: v.string(),
  }),
  v.object({
    ...common,
    kind: v.literal('event'),
    reason: v.string(),
    message: v.string(),
    type: v.picklist(['Normal', 'Warning']),
    count: v.optional(v.number(), 1),
  }),
  v.object({ ...common, kind: v.literal('gap'), until: v.number(), why: v.string() }),
])

export const writeBody = (value: object): string =>
  JSON.stringify(value, (_name, member: unknown) => (member === undefined ? null : member))

/** `undefined` for a row that cannot be read: one damaged row must not hide the others. */
export const readRun = (body: unknown): StoredRun | undefined => read(run, body)

export const readMoment = (body: unknown): HistoryMomentView | undefined => read(moment, body)

function read<Output>(schema: v.GenericSchema<unknown, Output>, body: unknown): Output | undefined {
  const parsed = v.safeParse(schema, readJson(body))
  return parsed.success ? parsed.output : undefined
}

export function readJson(body: unknown): unknown {
  if (typeof body !== 'string') return undefined
  try {
    return JSON.parse(body)
  } catch {
    // Not JSON: unreadable like any other body of the wrong shape.
    return undefined
  }
}
