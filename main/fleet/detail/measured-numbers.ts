import type { SeriesView } from '#contract/analysis-views.ts'

/** More lines than these in one chart nobody can tell apart. */
const seriesMax = 5

/** The text of a measurement as JSON; the numbers that JSON lacks are `null`, and what is none is `undefined`. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return numbersOnly.test(text) ? JSON.parse(text.replaceAll(/[+-]?(?:NaN|Inf)/g, 'null')) : undefined
  }
}

const number = '(?:[+-]?(?:NaN|Inf)|-?(?:0|[1-9]\\d*)(?:\\.\\d+)?(?:e[+-]?\\d+)?)'
/** As Go prints numbers and lists of them: `NaN`, `[0.5,+Inf]`. */
const numbersOnly = new RegExp(`^(?:${number}|\\[(?:${number}(?:,\\s*${number})*)?\\])$`)

/**
 * What the numbers of a metric are called (VIEW-196): a value that is one number has one series without a name, a list one for each
 * element its conditions look at, else for each there is, an object those its conditions name.
 * @param keys the parts of the result that its conditions look at
 */
export function seriesOf(values: readonly unknown[], keys: readonly string[]): readonly SeriesView[] {
  const lists = values.filter((each): each is readonly unknown[] => Array.isArray(each))
  const isObject = values.some((each) => typeof each === 'object' && each !== null && !Array.isArray(each))
  if (lists.length === 0 && !isObject) return [{ key: '', role: undefined }]
  const longest = Math.max(0, ...lists.map(({ length }) => length))
  const names = keys.length > 0 ? keys : Array.from({ length: longest }, (_, index) => String(index))
  const shown = names.slice(0, seriesMax).map((key) => ({ key, role: roleIn(key) }))
  return shown.length === 0 ? [{ key: '', role: undefined }] : shown
}

/** One for each series. */
export const numbersOf = (value: unknown, series: readonly SeriesView[]): readonly (number | null)[] =>
  series.map(({ key }) => finite(key === '' ? value : partOf(value, key)))

const finite = (value: unknown): number | null => (typeof value === 'number' && Number.isFinite(value) ? value : null)

function partOf(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null) return key === '0' ? value : undefined
  return Object.getOwnPropertyDescriptor(value, key)?.value
}

const stableWords = /(^|[^a-z])(stable|baseline|control)([^a-z]|$)/i
const canaryWords = /(^|[^a-z])(canary|latest|preview)([^a-z]|$)/i

export function roleIn(name: string): SeriesView['role'] {
  if (stableWords.test(name)) return 'stable'
  return canaryWords.test(name) ? 'canary' : undefined
}

/**
 * The metric that measures the stable version as `name` measures the canary: called the same but for the one word, or for having it
 * (`latency-canary` and `latency-stable`, `latency` and `latency-baseline`).
 */
export function stableCounterpart(name: string, names: readonly string[]): string | undefined {
  if (roleIn(name) === 'stable') return undefined
  const own = bare(name)
  return names.find((other) => roleIn(other) === 'stable' && bare(other) === own)
}

const bare = (name: string): string =>
  name
    .replace(stableWords, '$1$3')
    .replace(canaryWords, '$1$3')
    .replaceAll(/[^a-z0-9]+/gi, ' ')
    .trim()
    .toLowerCase()
