/** Success or an expected failure, as a value. Bugs throw; everything a caller must handle is an `Outcome`. */
export type Outcome<T, E> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: E }

export const success = <T>(value: T): { readonly ok: true; readonly value: T } => ({ ok: true, value })

export const failure = <E>(error: E): { readonly ok: false; readonly error: E } => ({ ok: false, error })

/** All values, or the first error. */
export function collected<T, E>(outcomes: readonly Outcome<T, E>[]): Outcome<readonly T[], E> {
  const values: T[] = []
  for (const outcome of outcomes) {
    if (!outcome.ok) return outcome
    values.push(outcome.value)
  }
  return success(values)
}
