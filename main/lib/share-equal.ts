/**
 * `next` with every part that equals its counterpart in `previous` replaced by that: what did not change stays the very same
 * object, down to the smallest part, and a value that is equal as a whole is `previous` itself. For JSON, where the order of
 * keys says nothing; items of lists are compared by position. Neither argument is changed.
 */
export function shareEqual<T>(previous: unknown, next: T): T
export function shareEqual(previous: unknown, next: unknown): unknown {
  if (previous === next) return next
  if (Array.isArray(next)) return Array.isArray(previous) ? shareItems(previous, next) : next
  return isObject(previous) && isObject(next) ? shareMembers(previous, next) : next
}

function shareItems(previous: readonly unknown[], next: readonly unknown[]): readonly unknown[] {
  const shared = next.map((item, i) => shareEqual(previous[i], item))
  return shared.length === previous.length && shared.every((item, i) => item === previous[i]) ? previous : shared
}

type Members = Readonly<Record<string, unknown>>

/** Copies nothing before it has to: this looks at every part of everything that a cluster tells. */
function shareMembers(previous: Members, next: Members): Members {
  const keys = Object.keys(next)
  let isSame = keys.length === Object.keys(previous).length
  let shared: Record<string, unknown> | undefined
  for (const key of keys) {
    const value = next[key]
    const before = Object.hasOwn(previous, key) ? previous[key] : undefined
    const part = shareEqual(before, value)
    isSame &&= part === before
    if (part === value) continue
    shared ??= { ...next }
    shared[key] = part
  }
  return isSame ? previous : (shared ?? next)
}

const isObject = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
