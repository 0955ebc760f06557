import { ExprError } from '#engine/expr/expr-error.ts'
import type { Value } from '#engine/expr/values.ts'

/** An object of the cluster as conditions and templates see it: whole numbers are ints, so that they print as they are written. */
export function fromKube(json: unknown): Value {
  if (json === null || json === undefined) return null
  if (typeof json === 'number') return Number.isSafeInteger(json) ? BigInt(json) : json
  if (typeof json === 'boolean' || typeof json === 'string') return json
  if (Array.isArray(json)) return json.map(fromKube)
  if (typeof json === 'object') return new Map(Object.entries(json).map(([key, value]) => [key, fromKube(value)]))
  throw new ExprError(`a ${typeof json} is no value`)
}
