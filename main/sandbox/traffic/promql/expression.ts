/** The part of PromQL that the sandbox understands, as a tree. Durations in ms. */
export type Expression =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | Selector
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[] }
  | {
      readonly kind: 'aggregate'
      readonly name: string
      readonly body: Expression
      /** Of `topk`, `bottomk` and `quantile`. */
      readonly parameter: Expression | undefined
      readonly grouping: Grouping
    }
  | {
      readonly kind: 'binary'
      readonly operator: string
      readonly left: Expression
      readonly right: Expression
      readonly bool: boolean
      readonly matching: Grouping | undefined
    }

export interface Selector {
  readonly kind: 'selector'
  readonly name: string | undefined
  readonly matchers: readonly Matcher[]
  /** Present for a range vector. */
  readonly rangeMs: number | undefined
  readonly offsetMs: number
}

export interface Matcher {
  readonly label: string
  readonly operator: '=' | '!=' | '=~' | '!~'
  readonly value: string
}

/** `by`/`on` keep these labels, `without`/`ignoring` keep all others. */
export interface Grouping {
  readonly keep: boolean
  readonly labels: readonly string[]
}
