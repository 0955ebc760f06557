import type { EpochMs } from '#lib/clock.ts'
import type { Budget } from '../budget.ts'
import type { Type } from '../static-types.ts'
import type { Node } from '../syntax.ts'
import type { Value } from '../values.ts'

/** What a function may ask for besides its arguments. */
export interface Running {
  readonly now: EpochMs
  readonly budget: Budget
}

/** A function of the language. */
export interface Builtin {
  /** What each argument may be, of those that are given: `kinds` joined by `|`, or `any`. */
  readonly takes: readonly string[]
  /** How many of these may be left out, from the end. */
  readonly optional?: number
  /** The last one may be repeated. */
  readonly variadic?: boolean
  readonly returns: Type | ((types: readonly Type[]) => Type)
  /** It takes the same time whatever it is given; any other looks at all of its arguments. */
  readonly isQuick?: true
  /** What is said about an argument that it does not take. */
  readonly refuses?: (type: Type) => string
  /** @param nodes the arguments as written */
  readonly run: (args: readonly Value[], running: Running, nodes: readonly Node[]) => Value
}

export type Builtins = Readonly<Record<string, Builtin>>
