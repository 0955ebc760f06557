import { type Fields, isFields } from './fields.ts'
import type { ServedKind } from './kinds.ts'
import { applyRule, isAtomic, type ListRule } from './list-rules.ts'

/**
 * A field as `managedFields` names it, part by part: `f:spec`, `k:{"name":"main"}` (an item with a key), `v:"x"` (an
 * item that is its own key), `.` (the item itself).
 */
export type FieldPath = readonly string[]

/** Never owned: they say which object it is. */
const identity = new Set(['apiVersion', 'kind'])
const identityMetadata = new Set([
  'creationTimestamp',
  'deletionGracePeriodSeconds',
  'deletionTimestamp',
  'generation',
  'managedFields',
  'name',
  'namespace',
  'resourceVersion',
  'uid',
])

/** Every leaf an object sets. */
export function fieldsSetBy(kind: ServedKind, object: Fields): readonly FieldPath[] {
  return Object.entries(object).flatMap(([name, value]) => {
    if (identity.has(name)) return []
    if (name !== 'metadata' || !isFields(value)) return leaves(kind, value, [name], [`f:${name}`])
    const own = Object.entries(value).filter(([field]) => !identityMetadata.has(field))
    return own.flatMap(([field, each]) => leaves(kind, each, [name, field], ['f:metadata', `f:${field}`]))
  })
}

function leaves(kind: ServedKind, value: unknown, names: readonly string[], path: FieldPath): readonly FieldPath[] {
  if (isFields(value) && Object.keys(value).length > 0 && !isAtomic(kind, names))
    return Object.entries(value).flatMap(([name, member]) =>
      leaves(kind, member, [...names, name], [...path, `f:${name}`]),
    )
  if (!Array.isArray(value)) return [path]
  const rule = applyRule(kind, names, value)
  if (rule.merge === 'atomic') return [path]
  return value.flatMap((item: unknown) => {
    const at = [...path, itemPart(item, rule)]
    return rule.merge === 'set' ? [at] : [[...at, '.'], ...leaves(kind, item, names, at)]
  })
}

/** The part that names an item of a list. Ports without a protocol are TCP. */
export function itemPart(item: unknown, rule: ListRule): string {
  if (rule.merge !== 'map' || !isFields(item)) return `v:${JSON.stringify(item)}`
  const key = rule.keys.map((name) => [name, item[name] ?? (name === 'protocol' ? 'TCP' : null)])
  return `k:${JSON.stringify(Object.fromEntries(key))}`
}

/** Leaves as the tree `fieldsV1` is. */
export function formatFieldSet(paths: readonly FieldPath[]): Fields {
  const root: Record<string, unknown> = {}
  for (const path of paths) {
    let node = root
    for (const part of path) {
      node[part] ??= {}
      node = node[part] as Record<string, unknown>
    }
  }
  return root
}

export function parseFieldSet(tree: unknown, path: FieldPath = []): readonly FieldPath[] {
  if (!isFields(tree) || Object.keys(tree).length === 0) return path.length === 0 ? [] : [path]
  return Object.entries(tree).flatMap(([part, member]) => parseFieldSet(member, [...path, part]))
}

/** The value at a path; of an item itself, whether it is there. `undefined` when there is none. */
export function readPath(kind: ServedKind, value: unknown, path: FieldPath, names: readonly string[] = []): unknown {
  const [part, ...rest] = path
  if (part === undefined || part === '.') return part === undefined ? value : value !== undefined
  if (part.startsWith('f:')) {
    const name = part.slice(2)
    return isFields(value) ? readPath(kind, value[name], rest, [...names, name]) : undefined
  }
  if (!Array.isArray(value)) return undefined
  const rule = applyRule(kind, names, value)
  return readPath(
    kind,
    value.find((item) => itemPart(item, rule) === part),
    rest,
    names,
  )
}

export const samePath = (a: FieldPath, b: FieldPath): boolean =>
  a.length === b.length && a.every((part, i) => part === b[i])

export const isUnder = (path: FieldPath, parent: FieldPath): boolean =>
  path.length >= parent.length && parent.every((part, index) => part === path[index])

/** `.spec.template.spec.containers[name="main"].image`, as conflicts are told. */
export const formatFieldPath = (path: FieldPath): string =>
  path
    .map((part) => {
      if (part === '.') return ''
      if (part.startsWith('f:')) return `.${part.slice(2)}`
      if (part.startsWith('v:')) return `[=${part.slice(2)}]`
      const key = Object.entries(JSON.parse(part.slice(2)) as Fields)
      return `[${key.map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(',')}]`
    })
    .join('')
