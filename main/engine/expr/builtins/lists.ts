import { ExprError } from '../expr-error.ts'
import { anyList, intType, nilType, type Type, unknownType } from '../static-types.ts'
import { compare, elementsOf, isEqual, isList, isMap, type List, typeNameOf, type Value } from '../values.ts'
import type { Builtin, Builtins } from './builtin.ts'

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
  const at = Number(key)
  return elementsOf(from).at(Math.trunc(at)) ?? null
}

function sorted(list: List, direction: Value): Value {
  const sign = direction === 'desc' ? -1 : 1
  return elementsOf(list).toSorted((a, b) => sign * (compare(a, b, '<') ?? 0))
}

const uniq = (list: List): Value =>
  elementsOf(list).filter((each, at, all) => all.findIndex((other) => isEqual(other, each)) === at)

const flatten = (list: List): readonly Value[] =>
  elementsOf(list).flatMap((each) => (isList(each) ? flatten(each) : [each]))

function membersOf(name: string, value: Value | undefined): ReadonlyMap<string, Value> {
  if (value !== undefined && isMap(value)) return value
  throw new ExprError(`cannot get ${name} from ${typeNameOf(value ?? null)}`)
}

export const listBuiltins: Builtins = {
  len: { takes: ['string|list|map'], returns: intType, run: ([value = null]) => lengthOf(value) },
  first: ofList('first', elementType, (list) => list[0] ?? null),
  last: ofList('last', elementType, (list) => list.at(-1) ?? null),
  get: {
    takes: ['any', 'any'],
    returns: elementType,
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
    run: ([list, way = 'asc']) => sorted(listIn('sort', list), way),
  },
  reverse: ofList('reverse', anyList, (list) => elementsOf(list).toReversed()),
  uniq: ofList('uniq', anyList, uniq),
  flatten: ofList('flatten', anyList, flatten),
  concat: {
    takes: ['list'],
    variadic: true,
    returns: anyList,
    run: (lists, { spend }) => {
      const all = lists.flatMap((list) => elementsOf(listIn('concat', list)))
      spend(all.length)
      return all
    },
  },
  keys: { takes: ['map'], returns: anyList, run: ([map]) => [...membersOf('keys', map).keys()] },
  values: { takes: ['map'], returns: anyList, run: ([map]) => [...membersOf('values', map).values()] },
}
