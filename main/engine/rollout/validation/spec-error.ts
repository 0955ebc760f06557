/** One thing wrong with a spec, worded like the reference (API-91). */
export interface SpecError {
  /** From the object's root: `spec.strategy.steps[0].setWeight`. */
  readonly path: string
  readonly kind: 'Required value' | 'Invalid value' | 'Internal error' | 'Forbidden' | 'Unsupported value'
  /** Shown for kinds that have one. */
  readonly value?: unknown
  readonly detail: string
}

/** A rule of validation: broken when it returns an error. */
export type SpecRule<T> = (subject: T) => SpecError | undefined

export const required = (path: string, detail: string): SpecError => ({ path, kind: 'Required value', detail })
export const invalid = (path: string, value: unknown, detail: string): SpecError => ({
  path,
  kind: 'Invalid value',
  value,
  detail,
})
export const forbidden = (path: string, detail: string): SpecError => ({ path, kind: 'Forbidden', detail })
export const unsupported = (path: string, value: unknown, detail: string): SpecError => ({
  path,
  kind: 'Unsupported value',
  value,
  detail,
})

/** First error wins (API-90). */
export function firstError<T>(rules: readonly SpecRule<T>[], subject: T): SpecError | undefined {
  for (const rule of rules) {
    const error = rule(subject)
    if (error !== undefined) return error
  }
  return undefined
}

export function formatSpecError({ path, kind, value, detail }: SpecError): string {
  const hasValue = kind === 'Invalid value' || kind === 'Unsupported value'
  return hasValue ? `${path}: ${kind}: ${formatValue(value)}: ${detail}` : `${path}: ${kind}: ${detail}`
}

/** Go's spelling: quoted text, plain numbers, compact JSON with sorted keys and `<>&` escaped. */
function formatValue(value: unknown): string {
  if (value === undefined || value === null) return 'null'
  const text = JSON.stringify(typeof value === 'object' ? sorted(value) : value)
  return typeof value === 'object' ? text.replaceAll(/[<>&]/g, (c) => `\\u00${c.charCodeAt(0).toString(16)}`) : text
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
      .map(([key, each]) => [key, sorted(each)]),
  )
}
