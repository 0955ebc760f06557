import * as v from 'valibot'
import { readJson, readMoment, readRun } from '#main/history/record-body.ts'
import { type BundleRow, time } from './format.ts'
import { isTooDeep } from './json-depth.ts'

/** What is wrong inside a row: its body has to be what its columns say, and what Argosy itself would have written. */
export function checkRow(row: BundleRow, depthMax: number): string | undefined {
  switch (row.row) {
    case 'run':
      return checkRun(row)
    case 'moment':
      return checkMoment(row)
    case 'version':
      return row.form === 'gone' ? undefined : checkBody(row, depthMax, row.form === 'whole' ? object : patch)
    case 'template':
      return checkBody(row, depthMax, v.record(v.string(), v.unknown()))
    case 'plan':
    case 'planEvent':
      return checkBody(row, depthMax, record) ?? (hasWildNumber(readJson(row.body)) ? wildNumber : undefined)
    case 'entry':
      // What was damaged before it was exported is shown as it is.
      return isTooDeep(Buffer.from(row.body), depthMax) || hasWildNumber(readJson(row.body)) ? wildNumber : undefined
    default:
      return undefined
  }
}

const record = v.record(v.string(), v.unknown())
const label = v.pipe(
  v.string(),
  v.maxLength(1024),
  v.check((value) => value.isWellFormed()),
)
const object = v.looseObject({
  metadata: v.looseObject({
    name: label,
    namespace: v.optional(label),
    uid: v.optional(label),
    labels: v.optional(v.record(v.string(), v.string())),
    annotations: v.optional(v.record(v.string(), v.string())),
  }),
})
/** Only what makes no more of what is there: copies of copies would grow without bound. */
const patch = v.array(
  v.looseObject({ op: v.picklist(['add', 'remove', 'replace']), path: v.pipe(v.string(), v.maxLength(4096)) }),
)

function checkBody({ body }: { readonly body: string }, depthMax: number, schema: v.GenericSchema): string | undefined {
  if (isTooDeep(Buffer.from(body), depthMax)) return `its body is nested deeper than ${depthMax}`
  return v.is(schema, readJson(body)) ? undefined : 'its body is not of this kind'
}

function checkRun({ id, key, startedAt, body }: Extract<BundleRow, { readonly row: 'run' }>): string | undefined {
  const run = readRun(body)
  if (run === undefined) return 'its body is not of this kind'
  const { entry, seenAt } = run
  const isSame = entry.id === id && entry.key === key && entry.startedAt === startedAt
  return isSame && areTimes(seenAt, entry.endedAt) ? undefined : 'its body says something else'
}

function checkMoment({ at, body }: Extract<BundleRow, { readonly row: 'moment' }>): string | undefined {
  const moment = readMoment(body)
  if (moment === undefined) return 'its body is not of this kind'
  const isTime = areTimes(moment.kind === 'gap' ? moment.until : undefined)
  return moment.at === at && isTime && !hasWildNumber(moment) ? undefined : 'its body says something else'
}

const areTimes = (...times: readonly (number | undefined)[]): boolean =>
  times.every((each) => each === undefined || v.is(time, each))

const wildNumber = 'its body is nested too deep or holds a number that is none of a record'
/** The largest number of milliseconds that a date takes. */
const numberMax = 8.64e15

const hasWildNumber = (value: unknown): boolean =>
  typeof value === 'number'
    ? !(Math.abs(value) <= numberMax)
    : typeof value === 'object' && value !== null && Object.values(value).some(hasWildNumber)
