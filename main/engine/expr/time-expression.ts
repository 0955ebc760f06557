import type { EpochMs } from '#lib/clock.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import { Budget } from './budget.ts'
import { builtinNamed } from './builtins/index.ts'
import { check, type Functions } from './check.ts'
import { ExprError } from './expr-error.ts'
import { floatTests } from './float-tests.ts'
import { parse } from './parse.ts'
import { run } from './run.ts'
import { isTime, type Time, typeNameOf } from './values.ts'

/**
 * The moment that an expression names, `now() - duration("5m")`: an end of a range query. It knows the language's own functions,
 * `isNaN` and `isInf`; there is no result yet. The failure is the cause in the reference's words (ANA-1303).
 */
export function timeOf(expression: string, now: EpochMs): Outcome<Time, string> {
  try {
    const node = parse(expression)
    const budget = new Budget()
    check(node, {}, functions, budget)
    const value = run(node, { names: {}, functions, now, budget })
    return isTime(value) ? success(value) : failure(`expected time.Time, but got ${typeNameOf(value)}`)
  } catch (error) {
    if (error instanceof ExprError) return failure(error.message)
    throw error
  }
}

const functions: Functions = (name) => {
  if (name === 'isNaN' || name === 'isInf') return floatTests[name]
  return builtinNamed(name)
}
