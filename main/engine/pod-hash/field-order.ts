import { assert } from '#lib/assert.ts'

/** What a field holds. Structs are named; the table they come from says what is inside. */
export type FieldType =
  | { readonly kind: Scalar }
  | { readonly kind: 'list'; readonly of: FieldType }
  | { readonly kind: 'map'; readonly of: FieldType }
  | { readonly kind: 'struct'; readonly name: string }

type Scalar = 'string' | 'int' | 'number' | 'bool' | 'time' | 'quantity' | 'intOrString' | 'raw'

export interface Field {
  readonly name: string
  readonly type: FieldType
  /** Absent means nil; present is always written, even when it points to a zero. */
  readonly pointer: boolean
  readonly omitEmpty: boolean
}

/** The fields of one struct. */
export interface Struct {
  /** In declaration order. */
  readonly fields: readonly Field[]
  readonly names: ReadonlySet<string>
}

/** Each struct by its name. */
export type FieldOrder = ReadonlyMap<string, Struct>

const scalars: ReadonlySet<string> = new Set<Scalar>([
  'string',
  'int',
  'number',
  'bool',
  'time',
  'quantity',
  'intOrString',
  'raw',
])

/**
 * Reads a table of `Type: 'field field …'`. A field is its JSON name, then `*` for a pointer, `?` when left out while
 * empty, and `:type` unless it is a string. Types: `[T]` a list, `{T}` a map with string keys, a scalar, or a struct of
 * the table. Throws when a struct is missing: the tables are part of the program.
 */
export function readFieldOrder(table: Readonly<Record<string, string>>): FieldOrder {
  const order = new Map<string, Struct>()
  for (const [name, notation] of Object.entries(table)) {
    const fields = notation.trim().split(/\s+/).filter(Boolean).map(readField)
    order.set(name, { fields, names: new Set(fields.map((field) => field.name)) })
  }
  for (const { fields } of order.values()) for (const field of fields) assertKnown(order, field.type)
  return order
}

function readField(notation: string): Field {
  const parts = /^([^:*?]+)(\*?)(\??)(?::(.+))?$/.exec(notation)
  assert(parts !== null, `field notation ${notation} is well formed`)
  const [, name = '', pointer, omitEmpty, type = 'string'] = parts
  return { name, type: readType(type), pointer: pointer === '*', omitEmpty: omitEmpty === '?' }
}

export function readType(notation: string): FieldType {
  const inner = notation.slice(1, -1)
  if (notation.startsWith('[')) return { kind: 'list', of: readType(inner) }
  if (notation.startsWith('{')) return { kind: 'map', of: readType(inner) }
  return isScalar(notation) ? { kind: notation } : { kind: 'struct', name: notation }
}

const isScalar = (name: string): name is Scalar => scalars.has(name)

function assertKnown(order: FieldOrder, type: FieldType): void {
  if (type.kind === 'list' || type.kind === 'map') return assertKnown(order, type.of)
  if (type.kind === 'struct') assert(order.has(type.name), `type ${type.name} is in the table`)
}

/** A struct of the table. */
export function structOf(order: FieldOrder, name: string): Struct {
  const struct = order.get(name)
  assert(struct !== undefined, `type ${name} is in the table`)
  return struct
}
