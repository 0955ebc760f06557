import type { Budget } from '../budget.ts'
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

/** Where one text is in another, in bytes from the start of it. */
const position = (name: string, find: (text: string, part: string) => number): Builtin => ({
  takes: ['string', 'string'],
  returns: intType,
  run: ([first, second], { budget }) => {
    const [text, part] = [textIn(name, first), textIn(name, second)]
    budget.search(text, part)
    return byteOffset(text, find(text, part))
  },
})

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

/** White space of Unicode unless characters are given. */
const trimmed = (text: string, characters?: string): string => {
  const set = characters === undefined ? undefined : new Set(characters)
  const stays = (each: string): boolean => (set === undefined ? /[^\s\u0085]/u.test(each) : !set.has(each))
  const chars = Array.from(text)
  const start = chars.findIndex(stays)
  const end = chars.findLastIndex(stays)
  return start < 0 ? '' : chars.slice(start, end + 1).join('')
}

/** @param times how often at most; always when negative */
function replaced({ text, from, to, times, budget }: Replacing): string {
  budget.search(text, from)
  // Nothing is found before, between and after all characters.
  const parts = from === '' ? ['', ...Array.from(text), ''] : text.split(from)
  const changed = times < 0 ? parts.length - 1 : Math.min(times, parts.length - 1)
  budget.text(text.length + changed * to.length)
  if (changed === 0) return text
  return `${parts.slice(0, changed).join(to)}${to}${parts.slice(changed).join(from)}`
}

interface Replacing {
  readonly text: string
  readonly from: string
  readonly to: string
  readonly times: number
  readonly budget: Budget
}

/** At most `limit` parts, the last of which is the rest; all when negative. */
function split(text: string, by: string, limit: number): readonly string[] {
  const parts = by === '' ? Array.from(text) : text.split(by)
  if (limit < 0 || parts.length <= limit) return parts
  return limit === 0 ? [] : [...parts.slice(0, limit - 1), parts.slice(limit - 1).join(by)]
}

/** Every line begins with two spaces per level. */
function indented(value: Value, budget: Budget): string {
  const { elements, nesting } = budget.weightOf(value)
  budget.work((elements * nesting) / 8)
  return jsonText(value, 2)
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
  type: { takes: ['any'], returns: stringType, isQuick: true, run: ([value = null]) => shortType(value) },
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
  indexOf: position('indexOf', (text, part) => text.indexOf(part)),
  lastIndexOf: position('lastIndexOf', (text, part) => text.lastIndexOf(part)),
  split: {
    takes: ['string', 'string', 'int'],
    optional: 1,
    returns: { kind: 'list', of: stringType },
    run: ([text, by, limit], { budget }) => {
      budget.search(textIn('split', text), textIn('split', by))
      const parts = split(textIn('split', text), textIn('split', by), countIn('split', limit, -1))
      budget.spend(parts.length)
      return parts
    },
  },
  replace: {
    takes: ['string', 'string', 'string', 'int'],
    optional: 1,
    returns: stringType,
    run: ([text, from, to, times], { budget }) =>
      replaced({
        text: textIn('replace', text),
        from: textIn('replace', from),
        to: textIn('replace', to),
        times: countIn('replace', times, -1),
        budget,
      }),
  },
  repeat: {
    takes: ['string', 'int'],
    returns: stringType,
    run: ([text, times], { budget }) => {
      const count = countIn('repeat', times, 0)
      if (count < 0) throw new ExprError('invalid argument for repeat (negative count)')
      budget.spend(count * Math.max(1, textIn('repeat', text).length))
      return textIn('repeat', text).repeat(count)
    },
  },
  join: {
    takes: ['list', 'string'],
    optional: 1,
    returns: stringType,
    run: ([list = null, by = ''], { budget }) => {
      if (!isList(list)) throw new ExprError(`invalid argument for join (type ${typeNameOf(list)})`)
      const [texts, between] = [elementsOf(list).map((each) => textIn('join', each)), textIn('join', by)]
      budget.text(texts.reduce((sum, each) => sum + each.length, texts.length * between.length))
      return texts.join(between)
    },
  },
  toJSON: { takes: ['any'], returns: stringType, run: ([value = null], { budget }) => indented(value, budget) },
  fromJSON: { takes: ['string'], returns: unknownType, run: ([text]) => parsed(textIn('fromJSON', text)) },
}

function shortType(value: Value): string {
  const name = typeNameOf(value)
  if (name === '<nil>') return 'nil'
  if (name === 'float64') return 'float'
  if (name.startsWith('[]')) return 'array'
  return name.startsWith('map[') ? 'map' : name
}
