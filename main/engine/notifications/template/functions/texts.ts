import { formatValue, type Value } from '#engine/expr/values.ts'
import { TemplateError } from '../syntax.ts'
import { ofTexts, shown, textIn, textsOf, wholeIn } from './arguments.ts'
import { base64Decoded, base64Encoded } from './base64.ts'
import type { Running, TemplateFunction, TemplateFunctions } from './function.ts'

const many = Number.POSITIVE_INFINITY

const trimmedOf = (text: string, cutset: string, sides: 'both' | 'left' | 'right' = 'both'): string => {
  const [chars, cut] = [Array.from(text), new Set(cutset)]
  const start = sides === 'right' ? 0 : chars.findIndex((each) => !cut.has(each))
  const end = sides === 'left' ? chars.length - 1 : chars.findLastIndex((each) => !cut.has(each))
  return start < 0 ? '' : chars.slice(start, end + 1).join('')
}

/** The text that is at last position, changed; the arguments before it say how. */
const changed = (count: number, run: (text: string, ...how: readonly string[]) => Value): TemplateFunction =>
  ofTexts(count, (...texts) => run(texts.at(-1) ?? '', ...texts.slice(0, -1)))

function repeated(count: bigint, text: string, running: Running): string {
  if (count < 0n) return ''
  running.text(Number(count) * text.length)
  return text.repeat(Number(count))
}

function replaced(from: string, to: string, text: string, running: Running): string {
  running.text(text.length)
  const found = from === '' ? text.length + 1 : text.split(from).length - 1
  running.text(text.length + found * to.length)
  if (from !== '') return text.replaceAll(from, () => to)
  return `${to}${Array.from(text, (char) => char + to).join('')}`
}

/** At most so many characters; a negative number keeps the end. */
function truncated(count: number, text: string): string {
  const chars = Array.from(text)
  if (count < 0 && chars.length + count > 0) return chars.slice(count).join('')
  return count >= 0 && chars.length > count ? chars.slice(0, count).join('') : text
}

function abbreviated(width: number, text: string): string {
  const chars = Array.from(text)
  return width < 4 || chars.length <= width ? text : `${chars.slice(0, width - 3).join('')}...`
}

function indented(spaces: Value | undefined, value: Value | undefined, running: Running): string {
  const [text, count] = [textIn(value), Number(wholeIn(spaces))]
  if (count < 0) throw new TemplateError('negative indent')
  const lines = text.split('\n')
  running.text(text.length + lines.length * count)
  return lines.map((line) => ' '.repeat(count) + line).join('\n')
}

/** A letter stays one letter. */
const uppercase = (text: string): string =>
  Array.from(text, (char) => (char.toUpperCase().length === char.length ? char.toUpperCase() : char)).join('')

const titled = (text: string): string =>
  text.replaceAll(
    /(^|[^\p{L}\p{Nd}_'])(\p{Ll})/gu,
    (_all, before: string, first: string) => before + first.toUpperCase(),
  )

const parts = (text: string, by: string): readonly string[] => (by === '' ? Array.from(text) : text.split(by))

function joined(by: string, list: Value | undefined, running: Running): string {
  const texts = textsOf(list)
  running.text(texts.reduce((sum, each) => sum + each.length + by.length, 0))
  return texts.join(by)
}

const withCount = (run: (count: number, text: string) => Value): TemplateFunction => ({
  least: 2,
  run: ([count, text], running) => {
    running.text(textIn(text).length)
    return run(Number(wholeIn(count)), textIn(text))
  },
})

const quotedBy = (run: (value: Value) => string): TemplateFunction => ({
  least: 0,
  most: many,
  run: (values) =>
    values
      .filter((each) => each !== null)
      .map(run)
      .join(' '),
})

const asText: TemplateFunction = { least: 1, run: ([value]) => shown(value) }

/** The functions of sprig that work on texts. */
export const textFunctions: TemplateFunctions = {
  trim: ofTexts(1, (text = '') => text.trim()),
  trimAll: changed(2, (text, cutset = '') => trimmedOf(text, cutset)),
  trimPrefix: changed(2, (text, prefix = '') => (text.startsWith(prefix) ? text.slice(prefix.length) : text)),
  trimSuffix: changed(2, (text, suffix = '') =>
    suffix !== '' && text.endsWith(suffix) ? text.slice(0, -suffix.length) : text,
  ),
  upper: ofTexts(1, (text = '') => uppercase(text)),
  lower: ofTexts(1, (text = '') => text.toLowerCase()),
  title: ofTexts(1, (text = '') => titled(text)),
  nospace: ofTexts(1, (text = '') => text.replaceAll(/\s/g, '')),
  contains: changed(2, (text, part = '') => text.includes(part)),
  hasPrefix: changed(2, (text, part = '') => text.startsWith(part)),
  hasSuffix: changed(2, (text, part = '') => text.endsWith(part)),
  repeat: { least: 2, run: ([count, text], running) => repeated(wholeIn(count), textIn(text), running) },
  replace: {
    least: 3,
    run: ([from, to, text], running) => replaced(textIn(from), textIn(to), textIn(text), running),
  },
  trunc: withCount(truncated),
  abbrev: withCount(abbreviated),
  substr: {
    least: 3,
    run: ([from, to, text]) => {
      const [start, end] = [Number(wholeIn(from)), Number(wholeIn(to))]
      return textIn(text).slice(Math.max(0, start), end < 0 ? undefined : end)
    },
  },
  indent: { least: 2, run: ([spaces, text], running) => indented(spaces, text, running) },
  nindent: { least: 2, run: ([spaces, text], running) => `\n${indented(spaces, text, running)}` },
  quote: quotedBy((value) => JSON.stringify(formatValue(value))),
  squote: quotedBy((value) => `'${formatValue(value)}'`),
  cat: {
    least: 0,
    most: many,
    run: (values) =>
      values
        .filter((each) => each !== null)
        .map(shown)
        .join(' '),
  },
  plural: {
    least: 3,
    run: ([one, other, count]) => textIn(wholeIn(count) === 1n ? one : other),
  },
  toString: asText,
  toStrings: { least: 1, run: ([list]) => textsOf(list) },
  join: { least: 2, run: ([by, list], running) => joined(textIn(by), list, running) },
  splitList: changed(2, (text, by = '') => parts(text, by)),
  split: changed(2, (text, by = '') => new Map(parts(text, by).map((each, at) => [`_${at}`, each]))),
  b64enc: ofTexts(1, (text = '') => base64Encoded(text)),
  b64dec: ofTexts(1, (text = '') => base64Decoded(text)),
}
