import { type SearchField, type SearchProblem, searchFields } from '#contract/search-terms.ts'
import type { HistoryOutcome } from '#contract/views.ts'
import type { EpochMs } from '#lib/clock.ts'
import { collected, failure, type Outcome, success } from '#lib/outcome.ts'

/** One condition of a search; all of them have to hold. Texts are lower case. */
export type SearchTerm =
  /** A word, or words in quotes as they stand. */
  | { readonly kind: 'text'; readonly text: string }
  /** `*` stands for any run of characters. One of the values has to fit. */
  | { readonly kind: TextField; readonly anyOf: readonly string[] }
  | { readonly kind: 'outcome'; readonly anyOf: readonly HistoryOutcome[] }
  | { readonly kind: 'since' | 'before'; readonly at: EpochMs }

export type TextField = Exclude<SearchField, 'outcome' | 'since' | 'before'>

const outcomes = ['Completed', 'Aborted', 'RolledBack', 'Superseded', 'Deleted', 'Running'] as const

/** What the board calls them as well. */
const aliases: Readonly<Record<string, SearchField>> = {
  name: 'app',
  context: 'cluster',
  ns: 'namespace',
  version: 'image',
  status: 'outcome',
}

/** More are not looked at: each is one more condition of the query. */
const termsMax = 8
const unitMs = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000 } as const

/**
 * What a person typed, as conditions: words, `"words in this order"`, `app:checkout`, `cluster:prod-*,stage`, `outcome:aborted`,
 * `since:7d`, `before:2026-01-31`. A term without its value is one that is still being typed, and asks for nothing.
 */
export function parseSearch(filter: string, now: EpochMs): Outcome<readonly SearchTerm[], SearchProblem> {
  const tokens = filter.match(/(?:"[^"]*"?|[^\s"])+/g) ?? []
  const terms = collected(tokens.map((token) => parseToken(token, now)))
  return terms.ok ? success(terms.value.flatMap((term) => term ?? []).slice(0, termsMax)) : terms
}

function parseToken(token: string, now: EpochMs): Outcome<SearchTerm | undefined, SearchProblem> {
  const [, term, quoted = ''] = /^([a-z]+):(.*)$/is.exec(token) ?? []
  if (term === undefined) return success(textTerm(unquoted(token)))
  const field = fieldOf(term.toLowerCase())
  if (field === undefined) return failure({ kind: 'unknownTerm', term, text: token })
  const value = unquoted(quoted)
  return value === '' ? success(undefined) : fieldTerm(field, value, now)
}

const unquoted = (text: string): string => text.replaceAll('"', '').trim()

const textTerm = (text: string): SearchTerm | undefined =>
  text === '' ? undefined : { kind: 'text', text: text.toLowerCase() }

const fieldOf = (term: string): SearchField | undefined => searchFields.find((each) => each === term) ?? aliases[term]

function fieldTerm(field: SearchField, value: string, now: EpochMs): Outcome<SearchTerm | undefined, SearchProblem> {
  const bad = failure({ kind: 'badValue', field, value } as const)
  const values = value.toLowerCase().split(',').filter(Boolean)
  switch (field) {
    case 'outcome': {
      const named = values.map(outcomesOf)
      return named.some(({ length }) => length === 0) ? bad : success({ kind: field, anyOf: named.flat() })
    }
    case 'since':
    case 'before': {
      const at = momentOf(value, now)
      return at === undefined ? bad : success({ kind: field, at })
    }
    default:
      return success(values.length === 0 ? undefined : { kind: field, anyOf: values })
  }
}

/** The beginning of the word is enough. */
const outcomesOf = (word: string): readonly HistoryOutcome[] =>
  outcomes.filter((each) => each.toLowerCase().startsWith(word.replaceAll(/[-_]/g, '')))

/** So long ago, or a day or a minute in UTC. */
function momentOf(value: string, now: EpochMs): EpochMs | undefined {
  const [, count, unit] = /^(\d{1,6})([smhdw])$/i.exec(value) ?? []
  if (unit !== undefined) return Math.max(0, now - Number(count) * unitMs[unit.toLowerCase() as keyof typeof unitMs])
  if (!/^\d{4}-\d{2}-\d{2}(t\d{2}:\d{2}(:\d{2})?z?)?$/i.test(value)) return undefined
  const at = Date.parse(/t.*[^z]$/i.test(value) ? `${value}Z` : value)
  return Number.isNaN(at) ? undefined : at
}

/** Whether a text is what a value of a term says, whole; upper and lower case are the same. */
export function fitsPattern(text: string, pattern: string): boolean {
  const [first = '', ...others] = pattern.toLowerCase().split('*')
  const last = others.pop()
  const left = text.toLowerCase()
  if (last === undefined) return left === first
  if (!left.startsWith(first)) return false
  let at = first.length
  for (const part of others) {
    const found = left.indexOf(part, at)
    if (found < 0) return false
    at = found + part.length
  }
  return left.length - last.length >= at && left.endsWith(last)
}
