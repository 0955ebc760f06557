import * as v from 'valibot'
import { jsonText } from '#engine/expr/json-text.ts'
import { fromJson } from '#engine/expr/values.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import { plainDecimal } from '../plain-decimal.ts'
import type { Reading } from '../provider.ts'
import { readShape } from '../read-shape.ts'

/** A null is 0, as in the reference. */
const number = v.nullable(v.number(), 0)
const answer = v.nullish(
  v.looseObject({ series: v.nullish(v.array(v.object({ pointlist: v.nullish(v.array(v.array(number)), null) }))) }),
)

/** The last point of the first series of a v1 answer (PRV-508). */
export function readSeries(json: unknown): Outcome<Reading, string> {
  const read = readShape(answer, 'body', json)
  if (!read.ok) return failure(`Could not parse JSON body: ${read.error}`)
  const series = read.value?.series ?? null
  const point = series?.[0]?.pointlist?.at(-1)
  if (point === undefined) return success({ result: null, value: jsonText(fromJson(series)) })
  const [, value] = point
  if (point.length !== 2 || value === undefined) return failure('Datapoint does not have 2 values')
  return success({ result: value, value: plainDecimal(value) })
}
