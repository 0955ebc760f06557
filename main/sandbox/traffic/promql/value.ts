import type { Labels } from './series.ts'

export interface Sample {
  readonly labels: Labels
  readonly value: number
}

export type Value =
  | { readonly kind: 'scalar'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'vector'; readonly samples: readonly Sample[] }

/** Thrown inside the evaluator only, and turned into a failure at its door. */
export class QueryProblem extends Error {}
