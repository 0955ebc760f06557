import { isRecord } from '#engine/normalise/typed-value.ts'
import { jsonEqual } from '#lib/json-patch.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import type { RouteObject } from './routes.ts'

/** Reads and changes JSON of any shape. Nothing here throws, and nothing is changed in place. */

type Path = readonly [string, ...string[]]

/** What stands at this path of fields; `undefined` when one of them is missing, or on the way is something without fields. */
export function fieldAt(value: unknown, ...path: readonly string[]): unknown {
  let found = value
  for (const field of path) {
    if (!isRecord(found) || !Object.hasOwn(found, field)) return undefined
    found = found[field]
  }
  return found
}

/** The list at this path; empty when there is none. */
export function listAt(value: unknown, ...path: readonly string[]): readonly unknown[] {
  const found = fieldAt(value, ...path)
  return Array.isArray(found) ? found : []
}

/** The text at this path; empty when there is none. */
export function textAt(value: unknown, ...path: readonly string[]): string {
  const found = fieldAt(value, ...path)
  return typeof found === 'string' ? found : ''
}

/** `value` with `next` at this path. Objects that are missing on the way are made; what is there and has no fields is replaced. */
export function withFieldAt(value: unknown, path: Path, next: unknown): Readonly<Record<string, unknown>> {
  const [field, deeper, ...rest] = path
  const inner = deeper === undefined ? next : withFieldAt(fieldAt(value, field), [deeper, ...rest], next)
  return { ...(isRecord(value) && value), [field]: inner }
}

/** The object with `next` at this path of its spec; the very same object when that is there already. */
export const withSpecAt = (object: RouteObject, path: Path, next: unknown): RouteObject =>
  jsonEqual(fieldAt(object.spec, ...path), next) ? object : { ...object, spec: withFieldAt(object.spec, path, next) }

/** Why a list has no item of a name: none is called so, or before it comes one that is no object, or has no name, or a name that is no text. */
export type NotNamed = 'Absent' | 'NoObject' | 'NoName' | 'NameNotText'

/** The index of the first object in a list whose `field` is this name. Items after it are not looked at. */
export function firstNamed(list: readonly unknown[], field: string, name: string): Outcome<number, NotNamed> {
  for (const [index, item] of list.entries()) {
    const found = fieldAt(item, field)
    if (!isRecord(item)) return failure('NoObject')
    if (found === undefined) return failure('NoName')
    if (typeof found !== 'string') return failure('NameNotText')
    if (found === name) return success(index)
  }
  return failure('Absent')
}
