import { int32, int64, intOrString, map, opaque, type Schema, text, time } from './schema.ts'

/**
 * Types as one line of fields each. `name` is a text and `name:int` says otherwise; `!` after the name makes it required,
 * `=value` after the type gives a default. `[]` makes a list that is replaced whole, `[set]` one of values that are their
 * own key, `[name,port]` one whose items are told apart by these fields. A capital letter begins a type of the table;
 * `@atomic` before its fields says that it is only ever replaced whole.
 */
export type FieldTable = Readonly<Record<string, string>>

/** How a type is read: by the definition of a custom kind, or by a server that has the kind built in. */
export type Reading =
  /** What is required must be there, and defaults are filled in. */
  | 'custom'
  /** Any field may be absent or null, and lists repeat themselves: the rules of built-in kinds are not the schema's. */
  | 'builtIn'

/** A number with a unit, such as 500m or 2Gi. */
const quantity: Schema = {
  ...intOrString(),
  pattern: String.raw`^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([EPTGMK]i|[numkMGTPE]|[eE][+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+))?$`,
}

const scalars: Readonly<Record<string, Schema>> = {
  text: text(),
  time: time(),
  int: int32(),
  long: int64(),
  bool: { type: 'boolean' },
  intOrText: intOrString(),
  map: map(),
  atomicMap: { ...map(), 'x-kubernetes-map-type': 'atomic' },
  quantity,
  quantities: map('', quantity),
  any: opaque(),
  /** Not even known to be an object. */
  anything: { 'x-kubernetes-preserve-unknown-fields': true },
}

/** Reads the types of one table, each at most once; `undefined` for a name that is not in it. */
export function fieldTypes(table: FieldTable, reading: Reading): (name: string) => Schema | undefined {
  const built = new Map<string, Schema>()
  const nullable: Schema = reading === 'builtIn' ? { nullable: true } : {}

  const type = (name: string): Schema | undefined => {
    const known = built.get(name)
    const fields = Object.hasOwn(table, name) ? table[name] : undefined
    if (known !== undefined || fields === undefined) return known
    const words = fields.split(/\s+/).filter(Boolean)
    const parsed = words.filter((word) => word !== atomic).map(parse)
    const required = reading === 'custom' ? parsed.filter((each) => each.required).map((each) => each.name) : []
    const properties = Object.fromEntries(parsed.map((each) => [each.name, each.schema]))
    const schema: Schema = {
      type: 'object',
      properties,
      ...(required.length > 0 && { required }),
      ...mapType(words),
      ...nullable,
    }
    built.set(name, schema)
    return schema
  }

  const parse = (field: string) => {
    const [, name = '', mark = '', of = 'text', list, initial] =
      /^(\w+)(!?)(?::(\w+))?(?:\[([\w,]*)\])?(?:=(.*))?$/.exec(field) ?? []
    const one = Object.hasOwn(scalars, of) ? scalars[of] : type(of)
    const items: Schema = { ...one, ...(reading === 'custom' && initial !== undefined && defaultOf(of, initial)) }
    const schema = list === undefined ? items : listOf(items, reading === 'custom' ? list : undefined)
    return { name, required: mark === '!', schema: { ...schema, ...nullable } }
  }
  return type
}

const atomic = '@atomic'
const mapType = (words: readonly string[]): Schema => (words[0] === atomic ? { 'x-kubernetes-map-type': 'atomic' } : {})

const defaultOf = (type: string, initial: string): Schema => ({
  default: type === 'bool' ? initial === 'true' : initial,
})

function listOf(items: Schema, keys: string | undefined): Schema {
  const base: Schema = { type: 'array', items }
  if (keys === undefined) return base
  if (keys === '') return { ...base, 'x-kubernetes-list-type': 'atomic' }
  if (keys === 'set') return { ...base, 'x-kubernetes-list-type': 'set' }
  return { ...base, 'x-kubernetes-list-map-keys': keys.split(','), 'x-kubernetes-list-type': 'map' }
}
