import { isRecord } from '#engine/normalise/typed-value.ts'
import { assertNever } from '#lib/assert.ts'
import { goJson } from '#lib/go-json.ts'
import { quantityValue } from '#lib/quantity.ts'
import { type Field, type FieldOrder, type FieldType, structOf } from './field-order.ts'

/**
 * What the text is for. `hash` is the text of release 1.9. `legacyHash` is that of releases up to 1.8, where an absent
 * `creationTimestamp` reads `null` (REC-43). `comparison` writes quantities by value and an absent list as an empty one,
 * so that two texts are equal when the API calls the objects equal (REC-44).
 */
export type JsonPurpose = 'hash' | 'legacyHash' | 'comparison'

/**
 * The text Go's encoder gives for a value of `type`, byte for byte (REC-42): struct fields in declaration order, map keys
 * sorted by code point, omission by flag, no white space. `value` must come from `typedValue`.
 */
export function canonicalJson(order: FieldOrder, type: FieldType, value: unknown, purpose: JsonPurpose): string {
  switch (type.kind) {
    case 'string':
      return goJson(typeof value === 'string' ? value : '')
    case 'quantity':
      return goJson(quantityText(typeof value === 'string' ? value : '0', purpose))
    case 'time':
      return typeof value === 'string' ? goJson(value) : 'null'
    case 'int':
    case 'number':
      return String(typeof value === 'number' ? value : 0)
    case 'bool':
      return String(value === true)
    case 'intOrString':
      return typeof value === 'string' ? goJson(value) : String(typeof value === 'number' ? value : 0)
    case 'raw':
      return rawJson(value)
    case 'list':
      return Array.isArray(value)
        ? `[${value.map((each) => canonicalJson(order, type.of, each, purpose)).join()}]`
        : absentList(purpose)
    case 'map':
      return isRecord(value) ? sortedObject(value, (each) => canonicalJson(order, type.of, each, purpose)) : 'null'
    case 'struct':
      return structJson(order, structOf(order, type.name).fields, isRecord(value) ? value : {}, purpose)
    default:
      return assertNever(type)
  }
}

function structJson(
  order: FieldOrder,
  fields: readonly Field[],
  value: Readonly<Record<string, unknown>>,
  purpose: JsonPurpose,
): string {
  const members = fields.flatMap((field) => {
    const at = value[field.name]
    if (isOmitted(field, at, purpose)) return []
    const text = field.pointer && at === undefined ? 'null' : canonicalJson(order, field.type, at, purpose)
    return [`${goJson(field.name)}:${text}`]
  })
  return `{${members.join()}}`
}

/** Values are left out already by `typedValue`; what is absent now is either omitted or written as its zero. */
function isOmitted(field: Field, value: unknown, purpose: JsonPurpose): boolean {
  if (value !== undefined || !field.omitEmpty) return false
  if (field.pointer) return true
  if (field.type.kind === 'time') return purpose !== 'legacyHash'
  return field.type.kind !== 'struct' && field.type.kind !== 'quantity'
}

const quantityText = (text: string, purpose: JsonPurpose): string =>
  purpose === 'comparison' ? quantityValue(text) : text

const absentList = (purpose: JsonPurpose): string => (purpose === 'comparison' ? '[]' : 'null')

/** Untyped JSON: keys sorted at every level, numbers in their shortest form. */
function rawJson(value: unknown): string {
  if (typeof value === 'string') return goJson(value.toWellFormed())
  if (Array.isArray(value)) return `[${value.map(rawJson).join()}]`
  if (isRecord(value)) return sortedObject(value, rawJson)
  return value === undefined ? 'null' : JSON.stringify(value)
}

function sortedObject(value: Readonly<Record<string, unknown>>, write: (each: unknown) => string): string {
  const keys = Object.keys(value).sort(byCodePoint)
  return `{${keys.map((key) => `${goJson(key)}:${write(value[key])}`).join()}}`
}

/** Byte order of UTF-8 is code point order; JavaScript's own order differs beyond U+FFFF. */
export function byCodePoint(a: string, b: string): number {
  const [left, right] = [Array.from(a), Array.from(b)]
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const difference = (left[i]?.codePointAt(0) ?? 0) - (right[i]?.codePointAt(0) ?? 0)
    if (difference !== 0) return difference
  }
  return left.length - right.length
}
