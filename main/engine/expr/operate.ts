import type { Budget } from './budget.ts'
import { truncated, wrapped } from './builtins/numbers.ts'
import { ExprError } from './expr-error.ts'
import type { Pattern } from './regex.ts'
import type { BinaryOperator } from './syntax.ts'
import {
  compare,
  elementsOf,
  isDuration,
  isEqual,
  isList,
  isMap,
  isNumber,
  isTime,
  timeAtNs,
  typeNameOf,
  type Value,
} from './values.ts'

const mismatch = (a: Value, operator: string, b: Value): ExprError =>
  new ExprError(`invalid operation: ${typeNameOf(a)} ${operator} ${typeNameOf(b)}`)

/** What an operator that looks at both of its sides makes of them (ANA-1309, ANA-1310). @throws ExprError */
export function operate(operator: BinaryOperator, a: Value, b: Value, budget: Budget): Value {
  switch (operator) {
    case '==':
    case '!=':
      budget.compare(a, b)
      return isEqual(a, b) === (operator === '==')
    case '<':
      budget.compare(a, b)
      return compare(a, b, operator) === -1
    case '>':
      budget.compare(a, b)
      return compare(a, b, operator) === 1
    case '<=':
      budget.compare(a, b)
      return [-1, 0].includes(compare(a, b, operator) ?? Number.NaN)
    case '>=':
      budget.compare(a, b)
      return [0, 1].includes(compare(a, b, operator) ?? Number.NaN)
    case 'in':
      return isIn(a, b, budget)
    case 'matches':
    case 'contains':
    case 'startsWith':
    case 'endsWith':
      return aboutText(operator, a, b, budget)
    default:
      return calculate(operator, a, b, budget)
  }
}

function isIn(a: Value, b: Value, budget: Budget): boolean {
  if (b === null) return false
  if (isList(b)) {
    budget.look(b)
    return elementsOf(b).some((each) => isEqual(a, each))
  }
  if (!isMap(b)) throw new ExprError(`operator "in" not defined on ${typeNameOf(b)}`)
  if (typeof a !== 'string') throw new ExprError(`cannot use ${typeNameOf(a)} as type string in map key`)
  return b.has(a)
}

type AboutText = 'matches' | 'contains' | 'startsWith' | 'endsWith'

function aboutText(operator: AboutText, a: Value, b: Value, budget: Budget): boolean {
  if (a === null || b === null) return false
  if (typeof a !== 'string' || typeof b !== 'string') throw mismatch(a, operator, b)
  switch (operator) {
    case 'matches':
      return matches(a, budget.pattern(b), budget)
    case 'contains':
      budget.search(a, b)
      return a.includes(b)
    case 'startsWith':
      return a.startsWith(b)
    case 'endsWith':
      return a.endsWith(b)
  }
}

function matches(text: string, pattern: Pattern, budget: Budget): boolean {
  budget.match(pattern, text)
  return pattern.isIn(text)
}

function calculate(operator: BinaryOperator, a: Value, b: Value, budget: Budget): Value {
  if (typeof a === 'string' && typeof b === 'string' && operator === '+') {
    budget.text(a.length + b.length)
    return a + b
  }
  const span = withSpans(operator, a, b)
  if (span !== undefined) return span
  if (!isNumber(a) || !isNumber(b)) throw mismatch(a, operator, b)
  if (operator === '%') return remainder(a, b)
  return typeof a === 'bigint' && typeof b === 'bigint'
    ? whole(operator, a, b)
    : fraction(operator, Number(a), Number(b), () => mismatch(a, operator, b))
}

function withSpans(operator: BinaryOperator, a: Value, b: Value): Value | undefined {
  const sign = operator === '-' ? -1n : 1n
  if (operator === '+' || operator === '-') {
    if (isTime(a) && isDuration(b)) return timeAtNs(a.ns + sign * b.ns)
    if (isDuration(a) && isDuration(b)) return { kind: 'duration', ns: wrapped(a.ns + sign * b.ns) }
    if (isTime(a) && isTime(b) && operator === '-') return { kind: 'duration', ns: a.ns - b.ns }
    if (isDuration(a) && isTime(b) && operator === '+') return timeAtNs(a.ns + b.ns)
  }
  if (operator !== '*') return undefined
  if (isDuration(a) && isNumber(b)) return { kind: 'duration', ns: truncated(Number(a.ns) * Number(b)) }
  return isNumber(a) && isDuration(b) ? { kind: 'duration', ns: truncated(Number(a) * Number(b.ns)) } : undefined
}

function remainder(a: number | bigint, b: number | bigint): bigint {
  if (typeof a !== 'bigint' || typeof b !== 'bigint') throw mismatch(a, '%', b)
  if (b === 0n) throw new ExprError('integer divide by zero')
  return a % b
}

function whole(operator: BinaryOperator, a: bigint, b: bigint): Value {
  switch (operator) {
    case '+':
      return wrapped(a + b)
    case '-':
      return wrapped(a - b)
    case '*':
      return wrapped(a * b)
    default:
      return fraction(operator, Number(a), Number(b), () => mismatch(a, operator, b))
  }
}

function fraction(operator: BinaryOperator, a: number, b: number, refuse: () => ExprError): number {
  switch (operator) {
    case '+':
      return a + b
    case '-':
      return a - b
    case '*':
      return a * b
    case '/':
      return a / b
    case '**':
    case '^':
      return power(a, b)
    default:
      throw refuse()
  }
}

/** As C and Go have it: 1 to any power, and −1 to an infinite one, is 1. */
const power = (a: number, b: number): number =>
  a === 1 || (a === -1 && !Number.isFinite(b) && !Number.isNaN(b)) ? 1 : a ** b
