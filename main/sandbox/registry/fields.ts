import type { KubeObject } from '#api/meta.ts'

/** A JSON object whose shape is not known here. */
export type Fields = Readonly<Record<string, unknown>>

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The members of an object of any kind. */
export const fieldsOf = (object: KubeObject): Fields => object as unknown as Fields

/** The way back, once the caller has made sure that it still is an object of the API. */
export const objectOf = (fields: Fields): KubeObject => fields as unknown as KubeObject

/** A value as one text: scalars as they are, anything with parts as JSON, nothing as the empty text. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value
  return value === undefined || value === null ? '' : JSON.stringify(value)
}

/** The value at a path of member names; `undefined` when any part is absent. */
export function fieldAt(value: unknown, path: readonly string[]): unknown {
  let node = value
  for (const name of path) {
    if (!isFields(node) || !Object.hasOwn(node, name)) return undefined
    node = node[name]
  }
  return node
}

/** A copy with the value at the path set, or removed when it is `undefined`. */
export function withField(fields: Fields, path: readonly string[], value: unknown): Fields {
  const [name, ...rest] = path
  if (name === undefined) return fields
  const inner = fields[name]
  const next = rest.length === 0 ? value : withField(isFields(inner) ? inner : {}, rest, value)
  if (next !== undefined) return { ...fields, [name]: next }
  const { [name]: _removed, ...kept } = fields
  return kept
}

/** Adds the members that are absent; those present win. */
export const withDefaults = (fields: Fields, defaults: Fields): Fields => ({ ...defaults, ...fields })

/** `change` applied to a member that is an object; anything else stays as it is. */
export function mapField(fields: Fields, name: string, change: (member: Fields) => Fields): Fields {
  const member = fields[name]
  return isFields(member) ? { ...fields, [name]: change(member) } : fields
}

/** `change` applied to each item of a member that is a list of objects. */
export function mapItems(fields: Fields, name: string, change: (item: Fields) => Fields): Fields {
  const items = fields[name]
  if (!Array.isArray(items)) return fields
  return { ...fields, [name]: items.map((item: unknown) => (isFields(item) ? change(item) : item)) }
}

/** `.spec.replicas` as the path of a CRD, without list indexes. */
export const parseFieldPath = (text: string): readonly string[] => text.split('.').filter((part) => part !== '')
