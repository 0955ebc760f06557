import * as v from 'valibot'
import { failure, type Outcome, success } from '#lib/outcome.ts'

/**
 * The block of a provider, or what a server answered, in the shape that is needed of it.
 *
 * Failure  which member is of another type: `job.spec: expected Object`. It never holds a value, which may be a secret.
 */
export function readShape<Schema extends v.GenericSchema>(
  schema: Schema,
  name: string,
  value: unknown,
): Outcome<v.InferOutput<Schema>, string> {
  const parsed = v.safeParse(schema, value)
  if (parsed.success) return success(parsed.output)
  const [issue] = parsed.issues
  const path = v.getDotPath(issue)
  return failure(`${path === null ? name : `${name}.${path}`}: expected ${issue.expected ?? 'another type'}`)
}

/** Absent is empty, as in Go. */
export const optionalText = v.nullish(v.string(), '')
export const optionalFlag = v.nullish(v.boolean(), false)
