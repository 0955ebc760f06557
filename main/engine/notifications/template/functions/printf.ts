import { formatFloat } from '#engine/expr/format-float.ts'
import { isNumber, typeNameOf, type Value } from '#engine/expr/values.ts'
import { shown } from './arguments.ts'
import type { Running } from './function.ts'

const widthMax = 1_000

const directive = /%(?<flags>[-+# 0]*)(?<width>\d+)?(?:\.(?<precision>\d*))?(?<verb>[a-zA-Z%])/g

/** Text as Go's `fmt.Sprintf` makes it: the verbs v, s, q, d, f, e, g, t, o, x, X, T and %. What does not fit is said in the text, as Go does. */
export function printf(format: string, values: readonly Value[], running: Running): string {
  let at = 0
  const text = format.replaceAll(directive, (whole, ...groups) => {
    const { flags, width, precision, verb } = groups.at(-1) as Record<string, string | undefined>
    if (verb === '%') return '%'
    if (at >= values.length) return `%!${verb ?? ''}(MISSING)`
    const value = values[at++] ?? null
    const digits = precision === undefined ? undefined : Math.min(widthMax, Number(precision))
    const made = formatted(verb ?? whole, value, digits, flags ?? '')
    running.text(made.length + widthMax)
    return padded(made, Math.min(widthMax, Number(width ?? 0)), flags ?? '', isNumber(value))
  })
  const extra = values.slice(at).map((each) => (each === null ? '<nil>' : `${typeNameOf(each)}=${shown(each)}`))
  return extra.length === 0 ? text : `${text}%!(EXTRA ${extra.join(', ')})`
}

type Verb = (value: Value, precision: number | undefined) => string | undefined

const cut = (text: string, precision: number | undefined): string =>
  precision === undefined ? text : Array.from(text).slice(0, precision).join('')

const ofNumber =
  (run: (value: number, precision: number | undefined) => string): Verb =>
  (value, precision) =>
    isNumber(value) ? run(Number(value), precision) : undefined

const ofWhole =
  (run: (value: bigint) => string): Verb =>
  (value) =>
    isNumber(value) && Number.isInteger(Number(value)) ? run(BigInt(value)) : undefined

const fixed = ofNumber((value, precision = 6) => value.toFixed(Math.min(100, precision)))

/** What a verb makes of a value; `undefined` when it does not take it. */
const verbs: Readonly<Record<string, Verb>> = {
  v: (value) => shown(value),
  s: (value, precision) =>
    typeof value === 'string' || (typeof value === 'object' && value !== null)
      ? cut(shown(value), precision)
      : undefined,
  q: (value, precision) => (typeof value === 'string' ? JSON.stringify(cut(value, precision)) : undefined),
  t: (value) => (typeof value === 'boolean' ? String(value) : undefined),
  d: ofWhole(String),
  f: fixed,
  F: fixed,
  e: ofNumber((value, precision = 6) => exponential(value, precision)),
  g: ofNumber(general),
  o: ofWhole((value) => value.toString(8)),
  x: ofWhole((value) => value.toString(16)),
  X: ofWhole((value) => value.toString(16).toUpperCase()),
  T: (value) => typeNameOf(value),
}

function formatted(verb: string, value: Value, precision: number | undefined, flags: string): string {
  const text = Object.hasOwn(verbs, verb) ? verbs[verb]?.(value, precision) : undefined
  if (text === undefined) return value === null ? `%!${verb}(<nil>)` : `%!${verb}(${typeNameOf(value)}=${shown(value)})`
  return flags.includes('+') && isNumber(value) && Number(value) >= 0 ? `+${text}` : text
}

const exponential = (value: number, precision: number): string =>
  value.toExponential(Math.min(100, precision)).replace(/e([+-])(\d)$/, 'e$10$2')

function general(value: number, precision: number | undefined): string {
  return formatFloat(precision === undefined ? value : Number(value.toPrecision(Math.min(100, Math.max(1, precision)))))
}

function padded(text: string, width: number, flags: string, isOfNumber: boolean): string {
  const missing = width - Array.from(text).length
  if (missing <= 0) return text
  if (flags.includes('-')) return text + ' '.repeat(missing)
  if (!flags.includes('0') || !isOfNumber) return ' '.repeat(missing) + text
  const sign = /^[+-]/.exec(text)?.[0] ?? ''
  return `${sign}${'0'.repeat(missing)}${text.slice(sign.length)}`
}
