import { ExprError } from '../expr-error.ts'
import { jsonText } from '../json-text.ts'
import { boolType, intType, stringType, unknownType } from '../static-types.ts'
import { elementsOf, formatValue, fromJson, isList, typeNameOf, type Value } from '../values.ts'
import type { Builtin, Builtins } from './builtin.ts'

function textIn(name: string, value: Value | undefined): string {
  if (typeof value === 'string') return value
  throw new ExprError(`invalid argument for ${name} (type ${typeNameOf(value ?? null)})`)
}

function countIn(name: string, value: Value | undefined, otherwise: number): number {
  if (value === undefined) return otherwise
  if (typeof value === 'bigint') return Number(value)
  throw new ExprError(`invalid argument for ${name} (type ${typeNameOf(value)})`)
}

type OfText = (...texts: readonly string[]) => Value

/** A function of texts alone. */
const ofTexts = (name: string, count: number, returns: Builtin['returns'], run: OfText, optional = 0): Builtin => ({
  takes: Array.from({ length: count }, () => 'string'),
  optional,
  returns,
  run: (args) => run(...args.map((each) => textIn(name, each))),
})

/** Bytes of a code point in UTF-8. */
const bytesOf = (char: string): number => {
  const code = char.codePointAt(0) ?? 0
  return code < 0x80 ? 1 : code < 0x8_00 ? 2 : code < 0x1_00_00 ? 3 : 4
}

/** Go counts bytes here. */
const byteOffset = (text: string, at: number): bigint =>
  at < 0 ? -1n : BigInt(Array.from(text.slice(0, at)).reduce((sum, char) => sum + bytesOf(char), 0))

const space = '[\\s\\u0085]'
const trimmed = (text: string, set?: string): string => {
  if (set === undefined) return text.replace(new RegExp(`^${space}+|${space}+$`, 'gu'), '')
  const chars = Array.from(text)
  const start = chars.findIndex((each) => !set.includes(each))
  const end = chars.findLastIndex((each) => !set.includes(each))
  return start < 0 ? '' : chars.slice(start, end + 1).join('')
}

function replaced(text: string, from: string, to: string, times: number): string {
  if (times < 0) return text.split(from).join(to)
  const parts = text.split(from)
  const changed = Math.min(times, parts.length - 1)
  return parts.slice(0, changed).reduceRight((rest, part) => part + to + rest, parts.slice(changed).join(from))
}

/** At most `limit` parts, the last of which is the rest; all when negative. */
function split(text: string, by: string, limit: number): readonly string[] {
  const parts = text.split(by)
  if (limit < 0 || parts.length <= limit) return parts
  return limit === 0 ? [] : [...parts.slice(0, limit - 1), parts.slice(limit - 1).join(by)]
}

function parsed(text: string): Value {
  try {
    return fromJson(JSON.parse(text))
  } catch {
    throw new ExprError(`invalid JSON: ${JSON.stringify(text.slice(0, 100))}`)
  }
}

export const textBuiltins: Builtins = {
  string: { takes: ['any'], returns: stringType, run: ([value = null]) => formatValue(value) },
  type: { takes: ['any'], returns: stringType, run: ([value = null]) => shortType(value) },
  trim: ofTexts('trim', 2, stringType, (text = '', set) => trimmed(text, set), 1),
  trimPrefix: ofTexts(
    'trimPrefix',
    2,
    stringType,
    (text = '', prefix = ' ') => (text.startsWith(prefix) ? text.slice(prefix.length) : text),
    1,
  ),
  trimSuffix: ofTexts(
    'trimSuffix',
    2,
    stringType,
    (text = '', suffix = ' ') => (suffix !== '' && text.endsWith(suffix) ? text.slice(0, -suffix.length) : text),
    1,
  ),
  upper: ofTexts('upper', 1, stringType, (text = '') => text.toUpperCase()),
  lower: ofTexts('lower', 1, stringType, (text = '') => text.toLowerCase()),
  hasPrefix: ofTexts('hasPrefix', 2, boolType, (text = '', part = '') => text.startsWith(part)),
  hasSuffix: ofTexts('hasSuffix', 2, boolType, (text = '', part = '') => text.endsWith(part)),
  indexOf: ofTexts('indexOf', 2, intType, (text = '', part = '') => byteOffset(text, text.indexOf(part))),
  lastIndexOf: ofTexts('lastIndexOf', 2, intType, (text = '', part = '') => byteOffset(text, text.lastIndexOf(part))),
  split: {
    takes: ['string', 'string', 'int'],
    optional: 1,
    returns: { kind: 'list', of: stringType },
    run: ([text, by, limit]) => split(textIn('split', text), textIn('split', by), countIn('split', limit, -1)),
  },
  replace: {
    takes: ['string', 'string', 'string', 'int'],
    optional: 1,
    returns: stringType,
    run: ([text, from, to, times]) =>
      replaced(textIn('replace', text), textIn('replace', from), textIn('replace', to), countIn('replace', times, -1)),
  },
  repeat: {
    takes: ['string', 'int'],
    returns: stringType,
    run: ([text, times], { spend }) => {
      const count = countIn('repeat', times, 0)
      if (count < 0) throw new ExprError('invalid argument for repeat (negative count)')
      spend(count * Math.max(1, textIn('repeat', text).length))
      return textIn('repeat', text).repeat(count)
    },
  },
  join: {
    takes: ['list', 'string'],
    optional: 1,
    returns: stringType,
    run: ([list = null, by = '']) => {
      if (!isList(list)) throw new ExprError(`invalid argument for join (type ${typeNameOf(list)})`)
      return elementsOf(list)
        .map((each) => textIn('join', each))
        .join(textIn('join', by))
    },
  },
  toJSON: { takes: ['any'], returns: stringType, run: ([value = null]) => jsonText(value, 2) },
  fromJSON: { takes: ['string'], returns: unknownType, run: ([text]) => parsed(textIn('fromJSON', text)) },
}

function shortType(value: Value): string {
  const name = typeNameOf(value)
  if (name === '<nil>') return 'nil'
  if (name === 'float64') return 'float'
  if (name.startsWith('[]')) return 'array'
  return name.startsWith('map[') ? 'map' : name
}
