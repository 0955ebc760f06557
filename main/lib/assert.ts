/** Throws when a belief of the programmer is wrong. Never for bad input: that is an `Outcome`. */
export function assert(condition: unknown, belief: string): asserts condition {
  if (!condition) throw new Error(`Belief does not hold: ${belief}`)
}

/** Closes a `switch` over a union: a new member fails to compile here. */
export function assertNever(value: never): never {
  throw new Error(`Unexpected value: ${JSON.stringify(value)}`)
}
