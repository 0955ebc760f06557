import { goJson } from '#lib/go-json.ts'

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
  return [path, kind, ...(hasValue ? [formatValue(value)] : []), ...(detail === '' ? [] : [detail])].join(': ')
}

/** Go's spelling: quoted text, plain numbers, compact JSON in the order of the fields with `<>&` escaped. */
function formatValue(value: unknown): string {
  if (value === undefined || value === null) return 'null'
  return typeof value === 'object' ? goJson(value) : JSON.stringify(value)
}

/** A map as Go prints it: by key. Fields of objects keep their order, which is that of the API's types. */
export const sortedMap = (map: Readonly<Record<string, string>> | undefined) =>
  map && Object.fromEntries(Object.entries(map).toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
