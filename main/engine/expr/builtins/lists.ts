import { ExprError } from '../expr-error.ts'
import { anyList, anyMap, intType, nilType, type Type, unknownType } from '../static-types.ts'
import {
  compare,
  elementsOf,
  formatValue,
  isEqual,
  isList,
  isMap,
  type List,
  typeNameOf,
  type Value,
} from '../values.ts'
import type { Builtin, Builtins, Running } from './builtin.ts'

const elementType: Builtin['returns'] = ([type = nilType]): Type => (type.kind === 'list' ? type.of : unknownType)

function listIn(name: string, value: Value | undefined): List {
  if (value !== undefined && isList(value)) return value
  throw new ExprError(`invalid argument for ${name} (type ${typeNameOf(value ?? null)})`)
}

const ofList = (
  name: string,
  returns: Builtin['returns'],
  run: (list: List, ...more: readonly Value[]) => Value,
): Builtin => ({
  takes: ['list'],
  returns,
  run: ([list, ...more]) => run(listIn(name, list), ...more),
})

/** Steps of bringing elements into order. */
export const sortingSteps = (length: number): number => (length * Math.log2(length + 1)) / 4

/** Text, lists and maps; of a text its code points. */
function lengthOf(value: Value): bigint {
  if (typeof value === 'string') return BigInt(Array.from(value).length)
  if (isList(value)) return BigInt(value.length)
  if (isMap(value)) return BigInt(value.size)
  throw new ExprError(`invalid argument for len (type ${typeNameOf(value)})`)
}

/** The element at an index from either end, the member of a map, or nil where there is none. */
function get(from: Value, key: Value): Value {
  if (isMap(from)) return typeof key === 'string' ? (from.get(key) ?? null) : null
  if (!isList(from) || (typeof key !== 'bigint' && typeof key !== 'number')) return null
  const at = Math.trunc(Number(key))
  return Number.isNaN(at) ? null : (from.at(at) ?? null)
}

function sorted(list: List, direction: Value): Value {
  const sign = direction === 'desc' ? -1 : 1
  return elementsOf(list).toSorted((a, b) => sign * (compare(a, b, '<') ?? 0))
}

/** Each is compared with those that were kept before it. */
function uniq(list: List, { budget }: Running): Value {
  const kept: Value[] = []
  for (const each of elementsOf(list)) {
    budget.work(kept.length * budget.weightOf(each).elements)
    if (!kept.some((other) => isEqual(other, each))) kept.push(each)
  }
  return kept
}

const flatten = (list: List): readonly Value[] =>
  elementsOf(list).flatMap((each) => (isList(each) ? flatten(each) : [each]))

function membersOf(name: string, value: Value | undefined): ReadonlyMap<string, Value> {
  if (value !== undefined && isMap(value)) return value
  throw new ExprError(`cannot get ${name} from ${typeNameOf(value ?? null)}`)
}

/** Go would take any key; here maps have texts for keys. */
function fromPairs(list: List): Value {
  return new Map(
    elementsOf(list).map((pair) => {
      const [key, value = null] = isList(pair) && pair.length === 2 ? elementsOf(pair) : []
      if (typeof key !== 'string') throw new ExprError(`invalid pair ${formatValue(pair)}`)
      return [key, value]
    }),
  )
}

export const listBuiltins: Builtins = {
  len: {
    takes: ['string|list|map'],
    returns: intType,
    isQuick: true,
    run: ([value = null], { budget }) => {
      if (typeof value === 'string') budget.look(value)
      return lengthOf(value)
    },
  },
  first: { ...ofList('first', elementType, (list) => list[0] ?? null), isQuick: true },
  last: { ...ofList('last', elementType, (list) => list.at(-1) ?? null), isQuick: true },
  get: {
    takes: ['any', 'any'],
    returns: elementType,
    isQuick: true,
    run: ([from = null, key = null]) => get(from, key),
  },
  take: {
    takes: ['list', 'int'],
    returns: ([type = anyList]) => type,
    run: ([list, count]) => {
      if (typeof count !== 'bigint') throw new ExprError(`cannot take ${typeNameOf(count ?? null)} elements`)
      return listIn('take', list).slice(0, Math.max(0, Number(count)))
    },
  },
  sort: {
    takes: ['list', 'string'],
    optional: 1,
    returns: anyList,
    run: ([list, way = 'asc'], { budget }) => {
      budget.work(sortingSteps(listIn('sort', list).length))
      return sorted(listIn('sort', list), way)
    },
  },
  reverse: ofList('reverse', anyList, (list) => elementsOf(list).toReversed()),
  uniq: { takes: ['list'], returns: anyList, run: ([list], running) => uniq(listIn('uniq', list), running) },
  flatten: ofList('flatten', anyList, flatten),
  concat: {
    takes: ['list'],
    variadic: true,
    returns: anyList,
    run: (lists, { budget }) => {
      const all = lists.flatMap((list) => elementsOf(listIn('concat', list)))
      budget.spend(all.length)
      return all
    },
  },
  toPairs: {
    takes: ['map'],
    returns: anyList,
    run: ([map], { budget }) => {
      const members = membersOf('toPairs', map)
      budget.spend(members.size * 2)
      return [...members]
    },
  },
  fromPairs: { takes: ['list'], returns: anyMap, run: ([list]) => fromPairs(listIn('fromPairs', list)) },
  keys: { takes: ['map'], returns: anyList, run: ([map]) => [...membersOf('keys', map).keys()] },
  values: { takes: ['map'], returns: anyList, run: ([map]) => [...membersOf('values', map).values()] },
}
