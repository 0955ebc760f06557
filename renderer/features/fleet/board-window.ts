/** Items `first` up to, not including, `end`. */
export interface Span {
  readonly first: number
  readonly end: number
}

/** Where each item starts, in px; one more for where the last one ends (UI-VIRT-2). */
export function startsOf(sizes: readonly number[]): readonly number[] {
  const starts = [0]
  let at = 0
  for (const size of sizes) {
    at += size
    starts.push(at)
  }
  return starts
}

/** The items that reach into `from`…`from + room`, both in px, and `extra` more on each side. */
export function spanOf(starts: readonly number[], from: number, room: number, extra: number): Span {
  const count = starts.length - 1
  const first = startsUpTo(starts, from) - 1
  const end = startsUpTo(starts, from + room - 1)
  return { first: Math.max(0, Math.min(first, count) - extra), end: Math.min(count, end + extra) }
}

/** How many of the ascending `starts` are at most `at`. */
function startsUpTo(starts: readonly number[], at: number): number {
  let low = 0
  let high = starts.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((starts[middle] ?? 0) <= at) low = middle + 1
    else high = middle
  }
  return low
}

/** The offset nearest to `offset` at which the whole item lies in `room`, all in px. */
export function offsetShowing(starts: readonly number[], index: number, offset: number, room: number): number {
  const [start = 0, end = start] = starts.slice(index, index + 2)
  return Math.min(start, Math.max(offset, end - room))
}
