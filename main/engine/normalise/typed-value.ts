import { type Field, type FieldOrder, type FieldType, type Struct, structOf } from '#engine/pod-hash/field-order.ts'
import { assertNever } from '#lib/assert.ts'
import { canonicalQuantity } from '#lib/quantity.ts'
import { formatSeconds, parseTime } from '#lib/rfc3339.ts'

/** What reading left out: JSON paths such as `spec.template.spec.containers[0].imagePolicy`. */
export interface Dropped {
  /** Fields the API does not know. */
  readonly unknown: string[]
  /** Fields of the API whose value could not be read; they count as absent or zero (REC-20). */
  readonly malformed: string[]
}

export const nothingDropped = (): Dropped => ({ unknown: [], malformed: [] })

/**
 * Reads JSON into a type the way the API's libraries do, but never fails (REC-20, OPS-80): only known fields, in
 * declaration order; `null` is absent, and so is an empty value the API would leave out; quantities and times in
 * canonical text. A value of the wrong type is absent, or
 * the zero of its type inside a list or map. `undefined` when `input` itself is absent or unreadable.
 */
export function typedValue(
  order: FieldOrder,
  type: FieldType,
  input: unknown,
  path: string,
  dropped: Dropped,
): unknown {
  if (input === undefined || input === null) return undefined
  const value = readValue(order, type, input, path, dropped)
  if (value === undefined) dropped.malformed.push(path)
  return value
}

function readValue(order: FieldOrder, type: FieldType, input: unknown, path: string, dropped: Dropped): unknown {
  switch (type.kind) {
    case 'string':
      return typeof input === 'string' ? input.toWellFormed() : undefined
    case 'bool':
      return typeof input === 'boolean' ? input : undefined
    case 'int':
      return Number.isInteger(input) ? input : undefined
    case 'number':
      return typeof input === 'number' ? input : undefined
    case 'intOrString':
      return typeof input === 'string' || Number.isInteger(input) ? input : undefined
    case 'raw':
      return input
    case 'time':
      return readTime(input)
    case 'quantity':
      return readQuantity(input, path, dropped)
    case 'list':
      return readList(order, type.of, input, path, dropped)
    case 'map':
      return readMap(order, type.of, input, path, dropped)
    case 'struct':
      return readStruct(order, structOf(order, type.name), input, path, dropped)
    default:
      return assertNever(type)
  }
}

const wholeSeconds = '2026-01-15T10:00:00Z'

function readTime(input: unknown): string | undefined {
  const at = typeof input === 'string' ? parseTime(input) : undefined
  if (at === undefined || typeof input !== 'string') return undefined
  // As nearly all of them are written already.
  return input.length === wholeSeconds.length && input.endsWith('Z') ? input : formatSeconds(at)
}

function readQuantity(input: unknown, path: string, dropped: Dropped): string {
  const text = typeof input === 'string' || typeof input === 'number' ? canonicalQuantity(input) : undefined
  if (text === undefined) dropped.malformed.push(path)
  return text ?? '0'
}

function readList(order: FieldOrder, of: FieldType, input: unknown, path: string, dropped: Dropped): unknown {
  if (!Array.isArray(input)) return undefined
  return input.map((each, i) => typedValue(order, of, each, `${path}[${i}]`, dropped) ?? zeroOf(of))
}

function readMap(order: FieldOrder, of: FieldType, input: unknown, path: string, dropped: Dropped): unknown {
  if (!isRecord(input)) return undefined
  const entries = Object.entries(input).map(
    ([key, each]) =>
      [key, typedValue(order, of, each, `${path}[${JSON.stringify(key)}]`, dropped) ?? zeroOf(of)] as const,
  )
  return Object.fromEntries(entries)
}

function readStruct(
  order: FieldOrder,
  { fields, names }: Struct,
  input: unknown,
  path: string,
  dropped: Dropped,
): unknown {
  if (!isRecord(input)) return undefined
  const at = (name: string) => (path === '' ? name : `${path}.${name}`)
  for (const name of Object.keys(input)) if (!names.has(name)) dropped.unknown.push(at(name))
  const value: Record<string, unknown> = {}
  for (const field of fields) {
    if (!Object.hasOwn(input, field.name)) continue
    const read = typedValue(order, field.type, input[field.name], at(field.name), dropped)
    if (!isLeftOut(field, read)) value[field.name] = read
  }
  return value
}

/** Whether the API leaves the field out: flagged so, and empty in Go's sense. Structs and quantities never are. */
export function isLeftOut(field: Field, value: unknown): boolean {
  if (value === undefined) return true
  if (!field.omitEmpty || field.pointer) return false
  if (Array.isArray(value)) return field.type.kind === 'list' && value.length === 0
  if (isRecord(value)) return field.type.kind === 'map' && Object.keys(value).length === 0
  return field.type.kind !== 'quantity' && (value === '' || value === 0 || value === false)
}

/** What an element is when it is null or unreadable. */
function zeroOf(type: FieldType): unknown {
  switch (type.kind) {
    case 'string':
      return ''
    case 'bool':
      return false
    case 'int':
    case 'number':
    case 'intOrString':
      return 0
    case 'quantity':
      return '0'
    case 'struct':
    case 'map':
      return {}
    case 'list':
      return []
    case 'raw':
    case 'time':
      return null
    default:
      return assertNever(type)
  }
}

/** A JSON object: neither null nor a list. */
export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
