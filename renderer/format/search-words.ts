import { type SearchProblem, searchFields } from '#contract/search-terms.ts'
import type { Text } from './text.ts'

/** Why nothing was looked for, and what can be asked. */
export function searchProblemWords(text: Text, problem: SearchProblem): string {
  switch (problem.kind) {
    case 'unknownTerm':
      return text('search.unknownTerm', {
        term: `${problem.term}:`,
        known: searchFields.map((each) => `${each}:`).join(' '),
      })
    case 'badValue':
      return text(`search.bad.${takesOf(problem.field)}`, { term: `${problem.field}:`, value: problem.value })
    case 'notHere':
      return text('search.notHere', { term: `${problem.field}:` })
  }
}

const takesOf = (field: string): 'outcome' | 'time' => (field === 'outcome' ? 'outcome' : 'time')
