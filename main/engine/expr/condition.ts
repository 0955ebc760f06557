import type { EpochMs } from '#lib/clock.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import { Budget } from './budget.ts'
import type { Builtin } from './builtins/builtin.ts'
import { builtinNamed } from './builtins/index.ts'
import { parseFloat64, parseInteger, truncated } from './builtins/numbers.ts'
import { check, type Functions } from './check.ts'
import { ExprError } from './expr-error.ts'
import { floatTests } from './float-tests.ts'
import { parse } from './parse.ts'
import { run } from './run.ts'
import { boolType, floatType, int64Type, typeOfValue, unknownType } from './static-types.ts'
import { formatValue, isNumber, typeNameOf, type Value } from './values.ts'

/**
 * Whether a condition holds for the result of a measurement; the failure is its cause in the reference's words (ANA-1301…1316,
 * ANA-703). Bounded in steps and memory, whatever it says.
 */
export function holds(expression: string, result: Value, now: EpochMs): Outcome<boolean, string> {
  try {
    const value = evaluate(expression, result, now)
    return typeof value === 'boolean' ? success(value) : failure(`expected bool, but got ${typeNameOf(value)}`)
  } catch (error) {
    if (error instanceof ExprError) return failure(error.message)
    throw error
  }
}

/** What an expression is for a result. @throws ExprError */
export function evaluate(expression: string, result: Value, now: EpochMs): Value {
  const node = parse(expression)
  const functions = functionsFor(result)
  const budget = new Budget()
  check(node, { result: typeOfValue(result) }, functions, budget)
  return run(node, { names: { result }, functions, now, budget })
}

const functionsFor =
  (result: Value): Functions =>
  (name) => {
    const own = Object.hasOwn(ownFunctions, name) ? ownFunctions[name] : undefined
    return own?.(result) ?? builtinNamed(name)
  }

/** ANA-1302: what conditions know besides the language's own functions. */
const ownFunctions: Readonly<Record<string, (result: Value) => Builtin>> = {
  asInt: () => ({ takes: ['any'], returns: int64Type, run: ([value = null]) => asInt(value) }),
  asFloat: () => ({ takes: ['any'], returns: floatType, run: ([value = null]) => asFloat(value) }),
  isNaN: () => floatTests.isNaN,
  isInf: () => floatTests.isInf,
  // Both look at the result, whatever they are given.
  isNil: (result) => ({ takes: ['any'], returns: boolType, isQuick: true, run: () => result === null }),
  default: (result) => ({
    takes: ['any', 'any'],
    returns: unknownType,
    isQuick: true,
    run: ([, otherwise = null]) => result ?? otherwise,
  }),
}

function asInt(value: Value): bigint {
  if (typeof value === 'bigint') return value
  if (typeof value === 'number') return truncated(value)
  if (typeof value === 'string') return parseInteger(value)
  throw new ExprError(`asInt() not supported on ${typeNameOf(value)} ${formatValue(value)}`)
}

function asFloat(value: Value): number {
  if (isNumber(value)) return Number(value)
  if (typeof value === 'string') return parseFloat64(value)
  throw new ExprError(`asFloat() not supported on ${typeNameOf(value)} ${formatValue(value)}`)
}
