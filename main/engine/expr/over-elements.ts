import type { Budget } from './budget.ts'
import { ExprError } from './expr-error.ts'
import { operate } from './operate.ts'
import type { Pointed } from './run.ts'
import { compare, dynamicName, elementsOf, type List, type Value } from './values.ts'

interface Given {
  /** The predicate of an element; the element itself where there is none. */
  readonly each: (pointed: Pointed) => Value
  readonly budget: Budget
  readonly third: Value | undefined
}

/** The built-ins that evaluate a predicate for each element (ANA-1306, ANA-1311). @throws ExprError */
export function overElements(name: string, list: List, given: Given): Value {
  const elements = elementsOf(list)
  const at = (index: number): Value => given.each({ element: elements[index] ?? null, index, accumulator: null })
  const holds = (_: Value, index: number): boolean => conditionOf(at(index))
  switch (name) {
    case 'all':
      return elements.every(holds)
    case 'any':
      return elements.some(holds)
    case 'none':
      return !elements.some(holds)
    case 'one':
      return elements.filter(holds).length === 1
    case 'filter':
      return elements.filter(holds)
    case 'map':
      return elements.map((_, index) => at(index))
    case 'count':
      return BigInt(elements.filter(holds).length)
    case 'sum':
      return elements.reduce<Value>((sum, _, index) => operate('+', sum, at(index), given.budget), 0n)
    case 'find':
      return elements.find(holds) ?? null
    case 'findLast':
      return elements.findLast(holds) ?? null
    case 'findIndex':
      return indexOrNil(elements.findIndex(holds))
    case 'findLastIndex':
      return indexOrNil(elements.findLastIndex(holds))
    case 'groupBy':
      return groups(elements, at)
    case 'sortBy':
      return sorted(elements, at, given.third)
    default:
      return reduce(elements, given)
  }
}

function conditionOf(value: Value): boolean {
  if (typeof value !== 'boolean')
    throw new ExprError(`interface conversion: interface {} is ${dynamicName(value)}, not bool`)
  return value
}

const indexOrNil = (index: number): Value => (index < 0 ? null : BigInt(index))

function groups(elements: readonly Value[], at: (index: number) => Value): Value {
  const grouped = Map.groupBy([...elements.keys()], (index) => groupName(at(index)))
  return new Map([...grouped].map(([key, indexes]) => [key, indexes.map((index) => elements[index] ?? null)]))
}

/** Go would take any value; here maps have texts for keys. */
function groupName(value: Value): string {
  if (typeof value === 'string') return value
  throw new ExprError(`groupBy needs a string for each element (got ${dynamicName(value)})`)
}

function sorted(elements: readonly Value[], at: (index: number) => Value, direction: Value | undefined): Value {
  const sign = direction === 'desc' ? -1 : 1
  return elements
    .map((element, index) => ({ element, by: at(index) }))
    .toSorted((a, b) => sign * (compare(a.by, b.by, '<') ?? 0))
    .map(({ element }) => element)
}

/** Without a first value the first element is it. */
function reduce(elements: readonly Value[], { each, third }: Given): Value {
  const [first, ...rest] = elements
  if (third === undefined && first === undefined) throw new ExprError('reduce of empty array with no initial value')
  const [start, remaining, offset] = third === undefined ? [first ?? null, rest, 1] : [third, elements, 0]
  return remaining.reduce<Value>(
    (accumulator, element, index) => each({ element, index: index + offset, accumulator }),
    start,
  )
}
