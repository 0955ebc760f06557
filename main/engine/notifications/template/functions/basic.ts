import { compare, isEqual, isList, isMap, isNumber, orderTexts, typeNameOf, type Value } from '#engine/expr/values.ts'
import { TemplateError } from '../syntax.ts'
import { listIn, shown, textIn, wholeIn } from './arguments.ts'
import type { TemplateFunctions } from './function.ts'
import { printf } from './printf.ts'

/** Neither nothing nor empty nor zero. */
export function isTrue(value: Value): boolean {
  if (typeof value === 'string' || isList(value)) return value.length > 0
  if (isMap(value)) return value.size > 0
  return value !== null && value !== false && value !== 0 && value !== 0n
}

/** Numbers by their value, whatever kind they are of; other kinds never meet. */
function equal(a: Value, b: Value): boolean {
  if (a !== null && b !== null && !isNumber(a) !== !isNumber(b)) throw incompatible
  if (a !== null && b !== null && !isNumber(a) && typeof a !== typeof b) throw incompatible
  return isNumber(a) && isNumber(b) ? Number(a) === Number(b) : isEqual(a, b)
}

const incompatible = new TemplateError('incompatible types for comparison')

function order(a: Value | undefined, b: Value | undefined, holds: (order: number) => boolean): boolean {
  if (typeof a === 'string' && typeof b === 'string') return holds(orderTexts(a, b))
  if (!isNumber(a ?? null) || !isNumber(b ?? null)) throw incompatible
  const found = compare(Number(a), Number(b), '<')
  return found !== undefined && holds(found)
}

const ordering = (holds: (order: number) => boolean) => ({
  least: 2,
  run: ([a, b]: readonly Value[]) => order(a, b, holds),
})

/** Go puts a space between two values neither of which is a text. */
const printed = (values: readonly Value[]): string =>
  values
    .map((each, at) => {
      const before = values[at - 1]
      const isApart = at > 0 && typeof each !== 'string' && typeof before !== 'string'
      return `${isApart ? ' ' : ''}${shown(each)}`
    })
    .join('')

const escapable = (values: readonly Value[]): string => printed(values.map((each) => each ?? '<no value>'))

function indexed(value: Value, key: Value): Value {
  if (isMap(value)) return value.get(textIn(key)) ?? null
  if (value === null) throw new TemplateError('index of untyped nil')
  if (typeof value === 'string' || !isList(value))
    throw new TemplateError(`can't index item of type ${typeNameOf(value)}`)
  const at = Number(wholeIn(key))
  const element = value[at]
  if (!isNumber(key) || element === undefined) throw new TemplateError(`index out of range: ${shown(key)}`)
  return element
}

function lengthOf(value: Value): bigint {
  if (typeof value === 'string') return BigInt(bytesOf(value))
  if (isList(value)) return BigInt(value.length)
  if (isMap(value)) return BigInt(value.size)
  throw new TemplateError(`len of type ${typeNameOf(value)}`)
}

/** In UTF-8, which is what Go counts. */
const bytesOf = (text: string): number =>
  Array.from(text).reduce((sum, char) => {
    const code = char.codePointAt(0) ?? 0
    return sum + (code < 0x80 ? 1 : code < 0x8_00 ? 2 : code < 0x1_00_00 ? 3 : 4)
  }, 0)

function sliced([value = null, from, to]: readonly Value[]): Value {
  const { length } = typeof value === 'string' ? value : listIn(value)
  const [start, end] = [from === undefined ? 0 : Number(wholeIn(from)), to === undefined ? length : Number(wholeIn(to))]
  if (start < 0 || end < start || end > length) throw new TemplateError(`index out of range: ${start}:${end}`)
  return typeof value === 'string' ? value.slice(start, end) : listIn(value).slice(start, end)
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&#34;',
  "'": '&#39;',
}

/** The functions that Go's templates have of their own. */
export const basicFunctions: TemplateFunctions = {
  // What decides is looked at by who runs them.
  and: { least: 1, most: Number.POSITIVE_INFINITY, run: () => null },
  or: { least: 1, most: Number.POSITIVE_INFINITY, run: () => null },
  call: { least: 1, most: Number.POSITIVE_INFINITY, run: () => null },
  not: { least: 1, run: ([value = null]) => !isTrue(value) },
  eq: {
    least: 2,
    most: Number.POSITIVE_INFINITY,
    run: ([value = null, ...others], running) => {
      running.work(others.length)
      return others.some((each) => equal(value, each))
    },
  },
  ne: { least: 2, run: ([a = null, b = null]) => !equal(a, b) },
  lt: ordering((found) => found < 0),
  le: ordering((found) => found <= 0),
  gt: ordering((found) => found > 0),
  ge: ordering((found) => found >= 0),
  len: { least: 1, run: ([value = null]) => lengthOf(value) },
  index: {
    least: 1,
    most: Number.POSITIVE_INFINITY,
    run: ([value = null, ...keys]) => keys.reduce<Value>((of, key) => indexed(of, key), value),
  },
  slice: { least: 1, most: 3, run: sliced },
  print: { least: 0, most: Number.POSITIVE_INFINITY, run: (values) => printed(values) },
  println: { least: 0, most: Number.POSITIVE_INFINITY, run: (values) => `${values.map(shown).join(' ')}\n` },
  printf: {
    least: 1,
    most: Number.POSITIVE_INFINITY,
    run: ([format, ...values], running) => printf(textIn(format), values, running),
  },
  html: {
    least: 0,
    most: Number.POSITIVE_INFINITY,
    run: (values) => escapable(values).replaceAll(/[&<>"']/g, (char) => entities[char] ?? char),
  },
  urlquery: {
    least: 0,
    most: Number.POSITIVE_INFINITY,
    run: (values) =>
      encodeURIComponent(escapable(values).toWellFormed())
        .replaceAll('%20', '+')
        .replaceAll(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`),
  },
}
