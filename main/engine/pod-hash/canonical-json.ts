import { isRecord } from '#engine/normalise/typed-value.ts'
import { assertNever } from '#lib/assert.ts'
import { type Field, type FieldOrder, type FieldType, fieldsOf } from './field-order.ts'

export interface JsonStyle {
  /** How an ObjectMeta without `creationTimestamp` reads: left out, or `null` as up to release 1.8 (REC-43). */
  readonly absentCreationTimestamp: 'omitted' | 'null'
}

/**
 * The text Go's encoder gives for a value of `type`, byte for byte (REC-42): struct fields in declaration order, map keys
 * sorted by code point, omission by flag, no white space. `value` must come from `typedValue`.
 */
export function canonicalJson(order: FieldOrder, type: FieldType, value: unknown, style: JsonStyle): string {
  switch (type.kind) {
    case 'string':
      return quoted(typeof value === 'string' ? value : '')
    case 'quantity':
      return quoted(typeof value === 'string' ? value : '0')
    case 'time':
      return typeof value === 'string' ? quoted(value) : 'null'
    case 'int':
    case 'number':
      return String(value ?? 0)
    case 'bool':
      return String(value ?? false)
    case 'intOrString':
      return typeof value === 'string' ? quoted(value) : String(value ?? 0)
    case 'raw':
      return rawJson(value)
    case 'list':
      return Array.isArray(value)
        ? `[${value.map((each) => canonicalJson(order, type.of, each, style)).join()}]`
        : 'null'
    case 'map':
      return isRecord(value) ? sortedObject(value, (each) => canonicalJson(order, type.of, each, style)) : 'null'
    case 'struct':
      return structJson(order, fieldsOf(order, type.name), isRecord(value) ? value : {}, style)
    default:
      return assertNever(type)
  }
}

function structJson(
  order: FieldOrder,
  fields: readonly Field[],
  value: Readonly<Record<string, unknown>>,
  style: JsonStyle,
): string {
  const members = fields.flatMap((field) => {
    const at = value[field.name]
    if (isOmitted(field, at, style)) return []
    const text = field.pointer && at === undefined ? 'null' : canonicalJson(order, field.type, at, style)
    return [`${quoted(field.name)}:${text}`]
  })
  return `{${members.join()}}`
}

/** Values are left out already by `typedValue`; what is absent now is either omitted or written as its zero. */
function isOmitted(field: Field, value: unknown, style: JsonStyle): boolean {
  if (value !== undefined || !field.omitEmpty) return false
  if (field.pointer) return true
  if (field.type.kind === 'time') return style.absentCreationTimestamp === 'omitted'
  return field.type.kind !== 'struct' && field.type.kind !== 'quantity'
}

/** Untyped JSON: keys sorted at every level, numbers in their shortest form. */
function rawJson(value: unknown): string {
  if (typeof value === 'string') return quoted(value.toWellFormed())
  if (Array.isArray(value)) return `[${value.map(rawJson).join()}]`
  if (isRecord(value)) return sortedObject(value, rawJson)
  return value === undefined ? 'null' : JSON.stringify(value)
}

function sortedObject(value: Readonly<Record<string, unknown>>, write: (each: unknown) => string): string {
  const keys = Object.keys(value).sort(byCodePoint)
  return `{${keys.map((key) => `${quoted(key)}:${write(value[key])}`).join()}}`
}

/** Byte order of UTF-8 is code point order; JavaScript's own order differs beyond U+FFFF. */
export function byCodePoint(a: string, b: string): number {
  const [left, right] = [[...a], [...b]]
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const difference = (left[i]?.codePointAt(0) ?? 0) - (right[i]?.codePointAt(0) ?? 0)
    if (difference !== 0) return difference
  }
  return left.length - right.length
}

/** `JSON.stringify` escapes as Go does, but for the characters Go keeps away from HTML and JavaScript. */
const quoted = (text: string): string => JSON.stringify(text).replace(/[<>&\u2028\u2029]/g, escaped)

const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
