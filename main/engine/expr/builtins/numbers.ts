import { ExprError } from '../expr-error.ts'
import { floatType, intType, type Type, unknownType } from '../static-types.ts'
import { elementsOf, isList, isNumber, typeNameOf, type Value } from '../values.ts'
import type { Builtin, Builtins } from './builtin.ts'

/** Whole numbers wrap around at 64 bits. */
export const wrapped = (value: bigint): bigint => BigInt.asIntN(64, value)

/** Go converts a float that does not fit to the smallest whole number. */
export function truncated(value: number): bigint {
  const whole = Math.trunc(value)
  const fits = Number.isFinite(whole) && Math.abs(whole) < 2 ** 63
  return fits ? BigInt(whole) : -(2n ** 63n)
}

/** As `strconv.ParseInt`: an optional sign and decimal digits. @throws ExprError */
export function parseInteger(text: string, call = 'strconv.ParseInt'): bigint {
  const [, sign, digits = ''] = /^([+-]?)0*(\d+)$/.exec(text) ?? []
  if (digits === '') throw new ExprError(`${call}: parsing ${JSON.stringify(text)}: invalid syntax`)
  // 2^63 has 19 digits.
  const value = digits.length > 19 ? 2n ** 64n : BigInt(`${sign === '-' ? '-' : ''}${digits}`)
  if (value !== wrapped(value)) throw new ExprError(`${call}: parsing ${JSON.stringify(text)}: value out of range`)
  return value
}

const decimal = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i
const hexadecimal = /^([+-]?)0x([\da-f]*)(?:\.([\da-f]*))?p([+-]?\d+)$/i

/** As `strconv.ParseFloat`, which is stricter than JavaScript about text and knows hexadecimal floats. @throws ExprError */
export function parseFloat64(written: string): number {
  const text = written.replaceAll(/(?<=[\da-fx])_(?=[\da-f])/gi, '')
  const word = /^([+-]?)(nan|inf|infinity)$/i.exec(text)
  if (word !== null) return /nan/i.test(word[2] ?? '') ? Number.NaN : word[1] === '-' ? -Infinity : Infinity
  const hex = hexadecimal.exec(text)
  const value =
    hex !== null && `${hex[2]}${hex[3] ?? ''}` !== '' ? hexFloat(hex) : decimal.test(text) ? Number(text) : undefined
  if (value === undefined) throw new ExprError(`strconv.ParseFloat: parsing ${JSON.stringify(written)}: invalid syntax`)
  if (!Number.isFinite(value))
    throw new ExprError(`strconv.ParseFloat: parsing ${JSON.stringify(written)}: value out of range`)
  return value
}

function hexFloat([, sign = '', whole = '', fraction = '', power = '0']: readonly (string | undefined)[]): number {
  const mantissa = Number.parseInt(`${whole}${fraction}`, 16) * 2 ** (Number(power) - 4 * fraction.length)
  return sign === '-' ? -mantissa : mantissa
}

const toInt = (value: Value): bigint => {
  if (typeof value === 'bigint') return value
  if (typeof value === 'number') return truncated(value)
  if (typeof value === 'string') return integerOf(value)
  throw new ExprError(`invalid operation: int(${typeNameOf(value)})`)
}

function integerOf(text: string): bigint {
  try {
    return parseInteger(text, 'strconv.Atoi')
  } catch {
    throw new ExprError(`invalid operation: int(${text})`)
  }
}

const toFloat = (value: Value): number => {
  if (isNumber(value)) return Number(value)
  if (typeof value !== 'string') throw new ExprError(`invalid operation: float(${typeNameOf(value)})`)
  try {
    return parseFloat64(value)
  } catch {
    throw new ExprError(`invalid operation: float(${value})`)
  }
}

/** A function of one number. */
const ofNumber = (name: string, run: (value: number) => number): Builtin => ({
  takes: ['int|float'],
  returns: floatType,
  run: ([value = null]) => {
    if (!isNumber(value)) throw new ExprError(`invalid argument for ${name} (type ${typeNameOf(value)})`)
    return run(Number(value))
  },
})

/** Halves away from zero. */
const round = (value: number): number => Math.sign(value) * Math.round(Math.abs(value))

/** All numbers among the arguments, those in lists included. */
function numbersIn(name: string, values: readonly Value[]): readonly (number | bigint)[] {
  return values.flatMap((value) => {
    if (isNumber(value)) return [value]
    if (isList(value)) return numbersIn(name, elementsOf(value))
    throw new ExprError(`invalid argument for ${name} (type ${typeNameOf(value)})`)
  })
}

const oneOf = (types: readonly Type[]): Type => {
  const [first] = types
  const isAlone = types.length === 1 && first?.kind === 'list'
  return isAlone
    ? first.of
    : first !== undefined && types.every(({ kind }) => kind === first.kind)
      ? first
      : unknownType
}

/** The first number that no later one beats; a later NaN never does (ANA-1311). */
const extreme = (name: string, beats: (a: number | bigint, b: number | bigint) => boolean): Builtin => ({
  takes: ['any'],
  variadic: true,
  returns: oneOf,
  run: (args) => {
    const [first, ...rest] = numbersIn(name, args)
    if (first === undefined) return null
    return rest.reduce((best, each) => (beats(each, best) ? each : best), first)
  },
})

export const numberBuiltins: Builtins = {
  abs: {
    takes: ['int|float'],
    returns: ([type = unknownType]) => type,
    run: ([value = null]) => {
      if (typeof value === 'bigint') return wrapped(value < 0n ? -value : value)
      if (typeof value === 'number') return Math.abs(value)
      throw new ExprError(`invalid argument for abs (type ${typeNameOf(value)})`)
    },
  },
  ceil: ofNumber('ceil', Math.ceil),
  floor: ofNumber('floor', Math.floor),
  round: ofNumber('round', round),
  int: { takes: ['int|float|string'], returns: intType, run: ([value = null]) => toInt(value) },
  float: { takes: ['int|float|string'], returns: floatType, run: ([value = null]) => toFloat(value) },
  max: extreme('max', (a, b) => a > b),
  min: extreme('min', (a, b) => a < b),
  mean: {
    takes: ['any'],
    variadic: true,
    returns: floatType,
    run: (args) => {
      const numbers = numbersIn('mean', args)
      return numbers.length === 0 ? 0 : numbers.reduce<number>((sum, each) => sum + Number(each), 0) / numbers.length
    },
  },
  median: {
    takes: ['any'],
    variadic: true,
    returns: floatType,
    run: (args) => median(numbersIn('median', args).map(Number)),
  },
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) =>
    Number.isNaN(a) ? (Number.isNaN(b) ? 0 : -1) : Number.isNaN(b) ? 1 : a - b,
  )
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle]
  if (upper === undefined) return 0
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2
}
