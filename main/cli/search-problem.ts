import { type SearchProblem, searchFields } from '#contract/search-terms.ts'
import type { Outcome } from '#lib/outcome.ts'
import { UsageError } from './io.ts'

/** What was found; a search that cannot be made is a mistake in the command line. */
export function foundOr<T>(found: Outcome<T, SearchProblem>): T {
  if (found.ok) return found.value
  throw new UsageError(problemText(found.error))
}

function problemText(problem: SearchProblem): string {
  switch (problem.kind) {
    case 'unknownTerm': {
      const known = searchFields.map((each) => `${each}:`).join(' ')
      return `there is no term "${problem.term}:"; there are ${known} - to look for the text itself, put it in double quotes`
    }
    case 'badValue':
      return problem.field === 'outcome'
        ? `"${problem.value}" is no outcome: completed, aborted, rolled-back, superseded, deleted or running`
        : `"${problem.value}" is no time: ${problem.field}: takes 24h, 7d, 2w, or a day or minute in UTC such as 2026-01-31T10:30`
    case 'notHere':
      return `actions have no "${problem.field}:"; look for it among rollouts`
  }
}
