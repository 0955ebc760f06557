/** What a search of the history can ask for by name: `outcome:aborted`. The window offers them, main reads them. */
export const searchFields = ['app', 'cluster', 'namespace', 'image', 'actor', 'outcome', 'since', 'before'] as const
export type SearchField = (typeof searchFields)[number]

/** Why a search was not made: said instead of finding nothing. */
export type SearchProblem =
  /** There is no such term. `text`: what was written, to be looked for as it stands when in quotes. */
  | { readonly kind: 'unknownTerm'; readonly term: string; readonly text: string }
  | { readonly kind: 'badValue'; readonly field: SearchField; readonly value: string }
  /** It is one of rollouts; what is searched has none. */
  | { readonly kind: 'notHere'; readonly field: SearchField }
