import { type JsonPatchOperation, jsonEqual } from './json-patch.ts'

/**
 * The RFC 6902 operations that make `from` into `to`: `applyJsonPatch(from, jsonPatch(from, to))` equals `to`. Parts that are the very
 * same object are not looked into, so that two versions that share what did not change cost what changed. Lists are compared by position
 * after what their beginnings and ends have in common: one more measurement at the end is one operation, and one more where the oldest goes is two.
 * @param path where the two are in a larger document
 */
export function jsonPatch(from: unknown, to: unknown, path = ''): readonly JsonPatchOperation[] {
  const operations: JsonPatchOperation[] = []
  compare(from, to, path, operations)
  return operations
}

function compare(from: unknown, to: unknown, path: string, operations: JsonPatchOperation[]): void {
  if (from === to) return
  if (Array.isArray(from) && Array.isArray(to)) return compareItems(from, to, path, operations)
  if (isObject(from) && isObject(to)) return compareMembers(from, to, path, operations)
  operations.push({ op: 'replace', path, value: to })
}

type Members = Readonly<Record<string, unknown>>

/** JSON has no `undefined`: such a member is none. What is the same comes first: of a large object that is nearly all. */
function compareMembers(from: Members, to: Members, path: string, operations: JsonPatchOperation[]): void {
  for (const key of Object.keys(from))
    if (from[key] !== to[key] && from[key] !== undefined && memberOf(to, key) === undefined)
      operations.push({ op: 'remove', path: below(path, key) })
  for (const key of Object.keys(to)) {
    const value = to[key]
    if (value === from[key] || value === undefined) continue
    const before = memberOf(from, key)
    if (before === undefined) operations.push({ op: 'add', path: below(path, key), value })
    else compare(before, value, below(path, key), operations)
  }
}

const memberOf = (members: Members, key: string): unknown => (Object.hasOwn(members, key) ? members[key] : undefined)

function compareItems(
  from: readonly unknown[],
  to: readonly unknown[],
  path: string,
  operations: JsonPatchOperation[],
): void {
  const shorter = Math.min(from.length, to.length)
  let begin = 0
  while (begin < shorter && jsonEqual(from[begin], to[begin])) begin++
  const slid = begin === 0 ? slidBy(from, to) : 0
  if (slid > 0) return slideItems({ slid, kept: from.length - slid }, to, path, operations)
  let end = 0
  while (end < shorter - begin && jsonEqual(from[from.length - 1 - end], to[to.length - 1 - end])) end++
  const paired = shorter - end
  for (let at = begin; at < paired; at++) compare(from[at], to[at], `${path}/${at}`, operations)
  for (let at = from.length - end - 1; at >= paired; at--) operations.push({ op: 'remove', path: `${path}/${at}` })
  for (let at = paired; at < to.length - end; at++) operations.push({ op: 'add', path: `${path}/${at}`, value: to[at] })
}

/** Further is not looked, so that no list takes more than so many times its length. */
const slidMax = 16

/** How many items went at the beginning of a list that keeps the last ones; 0 unless it is such a one and most stayed. */
function slidBy(from: readonly unknown[], to: readonly unknown[]): number {
  const most = Math.min(slidMax, Math.floor(from.length / 2))
  for (let slid = Math.max(1, from.length - to.length); slid <= most; slid++)
    if (from.slice(slid).every((item, at) => jsonEqual(item, to[at]))) return slid
  return 0
}

function slideItems(
  { slid, kept }: { readonly slid: number; readonly kept: number },
  to: readonly unknown[],
  path: string,
  operations: JsonPatchOperation[],
): void {
  for (let gone = 0; gone < slid; gone++) operations.push({ op: 'remove', path: `${path}/0` })
  for (let at = kept; at < to.length; at++) operations.push({ op: 'add', path: `${path}/${at}`, value: to[at] })
}

/** The pointer to a member of what `path` points to. */
export const below = (path: string, key: string): string =>
  /[~/]/.test(key) ? `${path}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}` : `${path}/${key}`

const isObject = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
