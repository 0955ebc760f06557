import { type SearchField, searchFields } from '#contract/search-terms.ts'

/** Names that a value can be completed to. */
export type KnownNames = Partial<Readonly<Record<SearchField, readonly string[]>>>

export interface Suggestion {
  /** What is put in place of what was typed. */
  readonly text: string
  /** Absent: a value. */
  readonly field?: SearchField
}

export interface Suggestions {
  /** Where the text that is replaced begins; it ends at the caret. */
  readonly from: number
  readonly choices: readonly Suggestion[]
}

const choicesMax = 8
const times = ['24h', '7d', '30d', '90d']
const outcomes = ['completed', 'aborted', 'rolled-back', 'superseded', 'deleted', 'running']

/** What the word before the caret may become: a term, or a value of the term that is there. */
export function suggestionsFor(
  draft: string,
  caret: number,
  known: KnownNames,
  fields: readonly SearchField[] = searchFields,
): Suggestions {
  const from = draft.slice(0, caret).search(/\S*$/)
  const word = draft.slice(from, caret).toLowerCase()
  const colon = word.indexOf(':')
  if (colon < 0) {
    const isBegun = word !== '' || draft.trim() === ''
    const fitting = isBegun ? fields.filter((field) => field.startsWith(word)) : []
    return { from, choices: fitting.map((field) => ({ text: `${field}:`, field })) }
  }
  const field = fields.find((each) => each === word.slice(0, colon))
  const begun =
    word
      .slice(colon + 1)
      .split(',')
      .at(-1) ?? ''
  const values = field === undefined ? [] : valuesOf(field, known).filter((each) => each.toLowerCase().includes(begun))
  const choices = values.filter((each) => each.toLowerCase() !== begun).slice(0, choicesMax)
  return { from: caret - begun.length, choices: choices.map((text) => ({ text: `${written(text)} ` })) }
}

function valuesOf(field: SearchField, known: KnownNames): readonly string[] {
  if (field === 'since' || field === 'before') return times
  return field === 'outcome' ? outcomes : (known[field] ?? [])
}

/** What would be read as two words stands in quotes. */
const written = (value: string): string => (/\s/.test(value) ? `"${value}"` : value)

/** A search that asks for exactly this as well; what it asked for of the same kind before goes. */
export const withTerm = (filter: string, field: SearchField, value: string): string =>
  [
    ...(filter.match(/(?:"[^"]*"?|[^\s"])+/g) ?? []).filter((each) => !each.toLowerCase().startsWith(`${field}:`)),
    `${field}:${written(value)}`,
  ].join(' ')
