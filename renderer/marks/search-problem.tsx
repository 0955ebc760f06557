import type { SearchProblem } from '#contract/search-terms.ts'
import { searchProblemWords } from '../format/search-words.ts'
import { useApp, useText } from '../store/use-app.ts'
import { Button } from '../ui/button.tsx'
import type { Searched } from './search-field.tsx'

interface SearchProblemProps {
  readonly of: Searched
  readonly problem: SearchProblem
}

/** Why nothing was looked for; a text with a colon in it can be looked for as it stands. */
export function SearchProblemNote({ of, problem }: SearchProblemProps) {
  const { filters } = useApp()
  const text = useText()
  const unknown = problem.kind === 'unknownTerm' ? problem.text : undefined
  const quoted = `"${unknown?.replaceAll('"', '')}"`
  const quote = () => filters.setState((state) => ({ [of]: state[of].replace(unknown ?? '', () => quoted) }))
  return (
    <div className="search-problem small" role="status">
      <p>{searchProblemWords(text, problem)}</p>
      {unknown !== undefined && <Button small label={text('search.asText', { text: quoted })} onPress={quote} />}
    </div>
  )
}
