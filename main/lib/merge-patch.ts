import { jsonEqual } from './json-patch.ts'

/**
 * Applies an RFC 7396 merge patch: objects merge, `null` removes, everything else (lists too) replaces. The target is not
 * changed; unchanged parts are shared with the result.
 */
export function applyMergePatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch
  const result: Record<string, unknown> = isObject(target) ? { ...target } : {}
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key]
    else define(result, key, applyMergePatch(member(result, key), value))
  }
  return result
}

/**
 * The smallest merge patch that makes `to` out of `from`; `undefined` when they are equal.
 * Law: `applyMergePatch(from, createMergePatch(from, to))` equals `to`, unless `to` itself holds a `null` member, which
 * the format cannot say. Members that are `undefined` count as absent.
 */
export function createMergePatch(from: unknown, to: unknown): unknown {
  if (!isObject(from) || !isObject(to)) return jsonEqual(from, to) ? undefined : to
  const patch: Record<string, unknown> = {}
  for (const key of Object.keys(from))
    if (from[key] !== undefined && member(to, key) === undefined) define(patch, key, null)
  for (const [key, value] of Object.entries(to)) {
    if (value === undefined) continue
    const change = Object.hasOwn(from, key) ? createMergePatch(from[key], value) : value
    if (change !== undefined) define(patch, key, change)
  }
  return Object.keys(patch).length === 0 ? undefined : patch
}

/** An inherited `__proto__` is not a member. */
const member = (object: Record<string, unknown>, key: string) => (Object.hasOwn(object, key) ? object[key] : undefined)

/** Plain assignment would call the prototype setter for a member named `__proto__`. */
function define(object: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true })
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
