import { fromJson, type Value } from '#engine/expr/values.ts'
import type { Random } from '#test/sim/random.ts'
import { spans, words } from './words.ts'

/** A result of a measurement, as any provider may give it. */
export function anyValue(random: Random): Value {
  switch (random.weighted({ json: 40, vector: 25, number: 15, text: 12, nil: 5, flag: 5, deep: 3 })) {
    case 'json':
      return fromJson(JSON.parse(jsonOf(random, 4)))
    case 'vector':
      return Float64Array.from({ length: random.pick([0, 1, 2, 5, 5, 40, 3_000]) }, () => anyNumber(random))
    case 'number':
      return anyNumber(random)
    case 'text':
      return random.pick([
        ...words,
        ...spans,
        '',
        '12',
        '1.5',
        'NaN',
        '{"a":1}',
        'é😀',
        'a'.repeat(random.int(0, 5_000)),
      ])
    case 'nil':
      return null
    case 'flag':
      return random.chance(0.5)
    case 'deep':
      return fromJson(JSON.parse(`${'['.repeat(300)}1${']'.repeat(300)}`))
  }
}

const anyNumber = (random: Random): number =>
  random.pick([
    0,
    -0,
    1,
    -1,
    0.5,
    1e-9,
    1e21,
    2 ** 53,
    -(2 ** 63),
    Number.NaN,
    Infinity,
    -Infinity,
    random.int(-9, 300),
  ])

/** As text, so that `__proto__` is a member like any other. */
function jsonOf(random: Random, depth: number): string {
  const way = random.weighted({ object: depth * 2, list: depth, scalar: 4 })
  const size = random.int(0, 4)
  if (way === 'list') return `[${Array.from({ length: size }, () => jsonOf(random, depth - 1)).join(',')}]`
  if (way === 'object')
    return `{${Array.from({ length: size }, () => `${JSON.stringify(random.pick(words))}:${jsonOf(random, depth - 1)}`).join(',')}}`
  const number = anyNumber(random)
  const scalars = [number, random.pick(words), random.pick(spans), null, true, false]
  return JSON.stringify(random.pick(scalars))
}
