import { evaluate, holds } from '#engine/expr/condition.ts'
import { ExprError } from '#engine/expr/expr-error.ts'
import { elementsOf, isList, isMap, type Value } from '#engine/expr/values.ts'
import { Random } from '#test/sim/random.ts'
import { T0 } from '#test/support/virtual-clock.ts'
import { anyExpression } from './expressions.ts'
import { anyValue } from './values.ts'
import { trap } from './words.ts'

/** One condition and what it is about; the same seed always gives the same. */
export interface Case {
  readonly seed: number
  readonly expression: string
  readonly value: Value
}

export interface Tried {
  /** `true`, `false`, or the error. */
  readonly outcome: boolean | string
  /** Of the processor, so that it does not matter what else the machine does. */
  readonly ms: number
  /** What must never happen, and did. */
  readonly violation: string | undefined
}

/** Longer means that something is not counted. */
const tooLongMs = 10_000

export function caseOf(seed: number): Case {
  const random = new Random(seed, 'condition')
  return { seed, value: anyValue(random), expression: anyExpression(random) }
}

/**
 * Evaluates a condition twice and looks for what must not happen, whatever it says: that anything is thrown, that it takes long, that a
 * prototype is reached, that its input is changed, or that it has another outcome the next time (ANA-1308, ANA-1315).
 */
export function tryCase({ expression, value }: Case): Tried {
  const before = printed(value)
  const startedAt = process.cpuUsage()
  const first = judged(expression, value)
  const { user, system } = process.cpuUsage(startedAt)
  const ms = (user + system) / 1000
  const violation =
    first.violation ??
    (ms > tooLongMs ? `took ${ms.toFixed(0)} ms` : undefined) ??
    (printed(value) === before ? undefined : 'changed its input') ??
    (judged(expression, value).outcome === first.outcome ? undefined : 'has another outcome the second time')
  return { outcome: first.outcome, ms, violation }
}

function judged(expression: string, value: Value): Pick<Tried, 'outcome' | 'violation'> {
  const reached = setTrap()
  try {
    const found = holds(expression, value, T0)
    const outcome = found.ok ? found.value : found.error
    const isOdd = typeof outcome !== (found.ok ? 'boolean' : 'string')
    const violation = isOdd ? `gave a ${typeof outcome}` : strayValue(expression, value)
    return { outcome, violation: reached() ? 'reached a prototype' : violation }
  } catch (error) {
    return { outcome: 'threw', violation: `threw ${String(error)}` }
  } finally {
    clearTrap()
  }
}

/** A condition shows only whether it holds; the value behind it must be one of the language too, and so must all of its parts. */
function strayValue(expression: string, value: Value): string | undefined {
  try {
    return isOfTheLanguage(evaluate(expression, value, T0), new Set()) ? undefined : 'gave what is no value'
  } catch (error) {
    if (error instanceof ExprError) return undefined
    throw error
  }
}

/** @param seen values whose parts were looked at: the same one may be in a list many times */
function isOfTheLanguage(value: unknown, seen: Set<unknown>): boolean {
  if (value === null || ['boolean', 'bigint', 'number', 'string'].includes(typeof value) || seen.has(value)) return true
  seen.add(value)
  if (value instanceof Float64Array) return true
  if (Array.isArray(value)) return value.every((each) => isOfTheLanguage(each, seen))
  if (value instanceof Map)
    return [...value].every(([key, each]) => typeof key === 'string' && isOfTheLanguage(each, seen))
  return typeof value === 'object' && 'kind' in value && 'ns' in value && typeof value.ns === 'bigint'
}

const prototypes: readonly object[] = [
  Object.prototype,
  Array.prototype,
  Map.prototype,
  Function.prototype,
  String.prototype,
  Number.prototype,
  BigInt.prototype,
  Boolean.prototype,
  Float64Array.prototype,
]

/** @returns whether anybody read it since */
function setTrap(): () => boolean {
  let isReached = false
  const get = (): string => {
    isReached = true
    return trap
  }
  for (const each of prototypes) Object.defineProperty(each, trap, { get, configurable: true })
  return () => isReached
}

function clearTrap(): void {
  for (const each of prototypes) Reflect.deleteProperty(each, trap)
}

/** Every detail of a value, its kind of list and `-0` too. */
function printed(value: Value): string {
  if (Object.is(value, -0)) return '-0'
  if (isList(value)) return `${value.constructor.name}[${elementsOf(value).map(printed).join()}]`
  if (isMap(value)) return `{${[...value].map(([key, each]) => `${JSON.stringify(key)}:${printed(each)}`).join()}}`
  if (typeof value === 'object' && value !== null) return `${value.kind} ${value.ns}`
  return typeof value === 'string' ? JSON.stringify(value) : `${typeof value} ${value}`
}
