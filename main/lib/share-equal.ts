/**
 * `next` with every part that equals its counterpart in `previous` replaced by that: what did not change stays the very same
 * object, down to the smallest part, and a value that is equal as a whole is `previous` itself. For JSON, where the order of
 * keys says nothing; items of lists are compared by position. Neither argument is changed.
 */
export function shareEqual<T>(previous: unknown, next: T): T
export function shareEqual(previous: unknown, next: unknown): unknown {
  if (Array.isArray(next)) return Array.isArray(previous) ? shareItems(previous, next) : next
  return isObject(previous) && isObject(next) ? shareMembers(previous, next) : next
}

function shareItems(previous: readonly unknown[], next: readonly unknown[]): readonly unknown[] {
  const shared = next.map((item, i) => shareEqual(previous[i], item))
  return shared.length === previous.length && shared.every((item, i) => item === previous[i]) ? previous : shared
}

type Members = Readonly<Record<string, unknown>>

function shareMembers(previous: Members, next: Members): Members {
  const before = (key: string) => (Object.hasOwn(previous, key) ? previous[key] : undefined)
  const shared = Object.entries(next).map(([key, value]) => [key, shareEqual(before(key), value)] as const)
  const isSame = shared.length === Object.keys(previous).length && shared.every(([key, value]) => value === before(key))
  return isSame ? previous : Object.fromEntries(shared)
}

const isObject = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
