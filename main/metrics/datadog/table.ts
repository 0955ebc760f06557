import * as v from 'valibot'
import { jsonText } from '#engine/expr/json-text.ts'
import { fromJson } from '#engine/expr/values.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import { plainDecimal, plainDecimals } from '../plain-decimal.ts'
import type { Reading } from '../provider.ts'
import { optionalText, readShape } from '../read-shape.ts'

const column = v.object({
  name: optionalText,
  type: optionalText,
  values: v.nullish(v.array(v.unknown()), []),
})
type Column = v.InferOutput<typeof column>
const answer = v.nullish(
  v.looseObject({
    data: v.nullish(
      v.looseObject({
        errors: optionalText,
        attributes: v.nullish(v.looseObject({ columns: v.nullish(v.array(column)) })),
      }),
    ),
  }),
)

interface Group {
  readonly name: string
  readonly value: number
}

/** A v2 answer is a table: its first column of numbers counts, and columns of groups name its rows (PRV-509). */
export function readTable(json: unknown): Outcome<Reading, string> {
  const read = readShape(answer, 'body', json)
  if (!read.ok) return failure(`Could not parse JSON body: ${read.error}`)
  const { errors = '', attributes } = read.value?.data ?? {}
  if (errors !== '') return failure(`There were errors in your query: ${errors}`)
  const columns = attributes?.columns ?? []
  const groups = columns.filter(({ type }) => type === 'group')
  const numbers = columns.find(({ type }) => type === 'number' || type === '')
  const rows = numbers === undefined ? success([]) : readRows(numbers, groups)
  if (!rows.ok) return rows
  const [first] = rows.value
  if (first === undefined) return success({ result: null, value: '[]' })
  if (groups.length === 0) return success({ result: first.value, value: plainDecimal(first.value) })
  const values = Float64Array.from(rows.value, ({ value }) => value)
  return success({ result: values, value: plainDecimals(values), metadata: groupsShown(rows.value) })
}

/** Rows without a number are left out, with their group. */
function readRows(numbers: Column, groups: readonly Column[]): Outcome<readonly Group[], string> {
  const rows: Group[] = []
  for (const [at, value] of numbers.values.entries()) {
    if (value === null) continue
    if (typeof value !== 'number' || !Number.isFinite(value)) return failure(numberText(value, numbers.name))
    const name = groups.length === 0 ? '' : groupName(groups, at)
    if (name === undefined) return failure(`could not parse group label at index ${at}`)
    rows.push({ name, value })
  }
  return success(rows)
}

const labels = v.pipe(v.array(v.nullable(v.string(), '')), v.minLength(1))

function groupName(groups: readonly Column[], at: number): string | undefined {
  const parts = groups.map(({ values }) => v.safeParse(labels, values[at]))
  return parts.every((each) => each.success) ? parts.flatMap((each) => each.output).join(',') : undefined
}

function numberText(value: unknown, column: string): string {
  const raw = JSON.stringify(value)
  const kind = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value
  const cause = `json: cannot unmarshal ${kind} into Go value of type float64`
  return `could not parse numeric value ${JSON.stringify(raw)} in column ${JSON.stringify(column)}: ${cause}`
}

const groupsMax = 100

/** For people: of many groups the lowest and the highest, so that the one that decided is among them. */
function groupsShown(groups: readonly Group[]): Readonly<Record<string, string>> {
  if (groups.length <= groupsMax) return { groups: groupsText(groups) }
  const sorted = groups.toSorted((a, b) => a.value - b.value)
  const shown = [...sorted.slice(0, groupsMax / 2), ...sorted.slice(-groupsMax / 2)]
  return { groups: groupsText(shown), groups_truncated: 'true' }
}

const groupsText = (groups: readonly Group[]): string => jsonText(fromJson(groups))
