import { goJson } from '#lib/go-json.ts'
import { ExprError } from './expr-error.ts'
import { elementsOf, formatTime, isList, isMap, isTime, type List, orderTexts, type Value } from './values.ts'

/**
 * JSON as Go writes it: keys sorted by their bytes, `<`, `>`, `&` and the two line separators escaped, `-0` kept (ANA-1316).
 * @param indent spaces per level; 0: compact. @throws ExprError for NaN and infinities
 */
export const jsonText = (value: Value, indent = 0): string => written(value, indent, '')

function written(value: Value, indent: number, margin: string): string {
  const inner = margin + ' '.repeat(indent)
  if (isList(value)) {
    const items = elementsOf(value).map((each) => written(each, indent, inner))
    return enclosed('[', items, ']', { indent, margin, inner })
  }
  if (!isMap(value)) return scalar(value)
  const members = [...value]
    .toSorted(([a], [b]) => orderTexts(a, b))
    .map(([key, each]) => `${goJson(key)}:${indent === 0 ? '' : ' '}${written(each, indent, inner)}`)
  return enclosed('{', members, '}', { indent, margin, inner })
}

function enclosed(
  open: string,
  items: readonly string[],
  close: string,
  { indent, margin, inner }: { readonly indent: number; readonly margin: string; readonly inner: string },
): string {
  if (indent === 0 || items.length === 0) return `${open}${items.join(',')}${close}`
  return `${open}\n${inner}${items.join(`,\n${inner}`)}\n${margin}${close}`
}

function scalar(value: Exclude<Value, List | ReadonlyMap<string, Value>>): string {
  if (typeof value === 'string') return goJson(value)
  // Whole numbers beyond 2^53 lose digits, as no JSON reader would keep them.
  if (typeof value === 'bigint') return String(Number(value))
  if (value === null || typeof value === 'boolean') return String(value)
  if (typeof value === 'object') return isTime(value) ? goJson(formatTime(value)) : String(value.ns)
  if (!Number.isFinite(value)) throw new ExprError('json: unsupported value: NaN')
  return Object.is(value, -0) ? '-0' : String(value)
}
