import type { SearchProblem } from '#contract/search-terms.ts'
import type { EpochMs } from '#lib/clock.ts'
import { type Outcome, success } from '#lib/outcome.ts'
import { fitsPattern, parseSearch, type SearchTerm } from '#main/history/search-terms.ts'

interface Searched {
  readonly name: string
  readonly context: string
  readonly namespace: string
  readonly actor?: string | undefined
  readonly outcome?: string
  readonly startedAt?: EpochMs
}

/** What a search finds among entries or actions of a fixture. */
export function foundBy<T extends Searched>(
  { filter = '', limit }: { readonly filter?: string | undefined; readonly limit: number },
  all: readonly T[],
  now: EpochMs,
): Outcome<readonly T[], SearchProblem> {
  const terms = parseSearch(filter, now)
  if (!terms.ok) return terms
  return success(all.filter((each) => terms.value.every((term) => fits(each, term))).slice(0, limit))
}

function fits({ name, context, namespace, actor = '', outcome, startedAt = 0 }: Searched, term: SearchTerm): boolean {
  switch (term.kind) {
    case 'text':
      return `${name} ${context} ${actor}`.toLowerCase().includes(term.text)
    case 'outcome':
      return term.anyOf.some((each) => each === outcome)
    case 'since':
      return startedAt >= term.at
    case 'before':
      return startedAt < term.at
    default: {
      const text = { app: name, cluster: context, namespace, actor, image: '' }[term.kind]
      return term.anyOf.some((each) => fitsPattern(text, each))
    }
  }
}
