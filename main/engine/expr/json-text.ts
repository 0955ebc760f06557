import { ExprError } from './expr-error.ts'
import { elementsOf, isList, isMap, type Value } from './values.ts'

/**
 * JSON as Go writes it: keys sorted by their bytes, `<`, `>`, `&` and the two line separators escaped, `-0` kept (ANA-1316).
 * @param indent spaces per level; 0: compact. @throws ExprError for NaN and infinities
 */
export function jsonText(value: Value, indent = 0): string {
  return JSON.stringify(plain(value), undefined, indent).replaceAll(
    /[<>&\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** Objects without a prototype, their keys in order. Whole numbers beyond 2^53 lose digits, as no JSON reader would keep them. */
function plain(value: Value): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) throw new ExprError('json: unsupported value: NaN')
  if (typeof value === 'bigint') return Number(value)
  if (isList(value)) return elementsOf(value).map(plain)
  if (!isMap(value)) return value
  const object: Record<string, unknown> = Object.create(null)
  for (const [key, member] of [...value].toSorted(([a], [b]) => (a < b ? -1 : 1))) object[key] = plain(member)
  return object
}
