/** A template: literal texts and actions in braces, in order. */
export type Template = readonly (Text | Action)[]

export interface Text {
  readonly kind: 'text'
  readonly text: string
}

/** Steps, each of which makes a list of values of a list of values. */
export interface Action {
  readonly kind: 'action'
  readonly steps: readonly Step[]
}

export type Step =
  | Text
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'wildcard' }
  | { readonly kind: 'recursive' }
  /** A whole number is a bigint, which is no float. */
  | { readonly kind: 'literal'; readonly value: bigint | number | boolean }
  /** `range`, `end`, or a word that means nothing. */
  | { readonly kind: 'identifier'; readonly name: string }
  | Slice
  | { readonly kind: 'union'; readonly of: readonly Action[] }
  | Filter

/** `[from:to:step]`; `[i]` ends one after where it begins. */
export interface Slice {
  readonly kind: 'slice'
  readonly from: number | undefined
  readonly to: number | undefined
  readonly isIndex: boolean
  readonly step: number | undefined
}

/** Without an operator: whether there is anything on the left. */
export interface Filter {
  readonly kind: 'filter'
  readonly left: Action
  readonly compared?: { readonly operator: string; readonly right: Action }
}
