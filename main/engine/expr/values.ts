import { ExprError } from './expr-error.ts'
import { formatFloat } from './format-float.ts'

/** A point in time, or a length of it, in nanoseconds. */
export interface Time {
  readonly kind: 'time'
  readonly ns: bigint
}
export interface Duration {
  readonly kind: 'duration'
  readonly ns: bigint
}

/**
 * What an expression works with. Whole numbers are bigints (Go's int, 64 bits), all others floats, as in decoded JSON. A
 * `Float64Array` is Go's `[]float64`, the vector of a metric provider. Objects are Maps, so that no key can reach a prototype.
 */
export type Value =
  | null
  | boolean
  | bigint
  | number
  | string
  | Float64Array
  | readonly Value[]
  | ReadonlyMap<string, Value>
  | Time
  | Duration

export type List = Float64Array | readonly Value[]

export const isList = (value: Value): value is List => value instanceof Float64Array || Array.isArray(value)
export const isMap = (value: Value): value is ReadonlyMap<string, Value> => value instanceof Map
export const isNumber = (value: Value): value is number | bigint =>
  typeof value === 'number' || typeof value === 'bigint'
export const isTime = (value: Value): value is Time => isSpan(value) && value.kind === 'time'
export const isDuration = (value: Value): value is Duration => isSpan(value) && value.kind === 'duration'

const isSpan = (value: Value): value is Time | Duration =>
  typeof value === 'object' && value !== null && !isList(value) && !isMap(value)

/** Go's name of the type of a value. */
export function typeNameOf(value: Value): string {
  if (value === null) return '<nil>'
  if (typeof value === 'bigint') return 'int'
  if (typeof value === 'number') return 'float64'
  if (typeof value === 'boolean') return 'bool'
  if (typeof value === 'string') return 'string'
  if (value instanceof Float64Array) return '[]float64'
  if (isList(value)) return '[]interface {}'
  if (isMap(value)) return 'map[string]interface {}'
  return isTime(value) ? 'time.Time' : 'time.Duration'
}

/** The same where Go converts an interface. */
export const dynamicName = (value: Value): string => (value === null ? 'nil' : typeNameOf(value))

/** Decoded JSON as the language sees it; every number is a float. */
export function fromJson(json: unknown): Value {
  if (json === null || json === undefined) return null
  if (typeof json === 'boolean' || typeof json === 'number' || typeof json === 'string') return json
  if (Array.isArray(json)) return json.map(fromJson)
  if (typeof json === 'object') return new Map(Object.entries(json).map(([key, value]) => [key, fromJson(value)]))
  throw new ExprError(`a ${typeof json} is no value`)
}

/** Numbers of different kinds are equal by value; values of different types never are (ANA-1309). */
export function isEqual(a: Value, b: Value): boolean {
  if (isNumber(a) && isNumber(b)) return Number(a) === Number(b) && (typeof a !== typeof b || a === b)
  if (isList(a) && isList(b))
    return a.length === b.length && elementsOf(a).every((each, at) => isEqual(each, b[at] ?? null))
  if (isMap(a) && isMap(b)) return isSameMap(a, b)
  if (isTime(a) && isTime(b)) return a.ns === b.ns
  if (isDuration(a) && isDuration(b)) return a.ns === b.ns
  return a === b
}

/** Inside maps numbers of different kinds differ. */
function isSameMap(a: ReadonlyMap<string, Value>, b: ReadonlyMap<string, Value>): boolean {
  if (a.size !== b.size) return false
  return [...a].every(([key, value]) => {
    const other = b.get(key)
    return other !== undefined && typeof value === typeof other && isEqual(value, other)
  })
}

export const elementsOf = (list: List): readonly Value[] => (list instanceof Float64Array ? [...list] : list)

/** −1, 0, 1, or `undefined` for NaN. @throws ExprError for values that have no order */
export function compare(a: Value, b: Value, operator: string): number | undefined {
  if (isNumber(a) && isNumber(b)) return order(a, b)
  if (typeof a === 'string' && typeof b === 'string') return orderTexts(a, b)
  if ((isTime(a) && isTime(b)) || (isDuration(a) && isDuration(b))) return order(a.ns, b.ns)
  throw new ExprError(`invalid operation: ${typeNameOf(a)} ${operator} ${typeNameOf(b)}`)
}

function order<T extends number | bigint>(a: T, b: T): number | undefined {
  if (a < b) return -1
  if (a > b) return 1
  return a === b || Number(a) === Number(b) ? 0 : undefined
}

/** By code points, which is the order of UTF-8; UTF-16 differs above U+FFFF. */
export function orderTexts(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let at = 0; at < length; at++) {
    const [left, right] = [a.charCodeAt(at), b.charCodeAt(at)]
    if (left === right) continue
    // Halves of code points above U+FFFF come after everything else.
    const [leftIsHalf, rightIsHalf] = [isHalf(left), isHalf(right)]
    return leftIsHalf === rightIsHalf ? Math.sign(left - right) : leftIsHalf ? 1 : -1
  }
  return Math.sign(a.length - b.length)
}

const isHalf = (unit: number): boolean => unit >= 0xd8_00 && unit <= 0xdf_ff

/** Text as Go's `%v` prints it. */
export function formatValue(value: Value): string {
  if (value === null) return '<nil>'
  if (typeof value === 'number') return formatFloat(value)
  if (typeof value === 'boolean' || typeof value === 'bigint') return String(value)
  if (typeof value === 'string') return value
  if (isList(value)) return `[${elementsOf(value).map(formatValue).join(' ')}]`
  if (isMap(value))
    return `map[${[...value]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, each]) => `${key}:${formatValue(each)}`)
      .join(' ')}]`
  return isTime(value) ? printTime(value) : formatDuration(value)
}

/** `2026-01-15 10:00:00.25 +0000 UTC`, all digits that a second needs. */
function printTime({ ns }: Time): string {
  const fraction = ((ns % nsPerSecond) + nsPerSecond) % nsPerSecond
  const seconds = new Date(Number((ns - fraction) / nsPerSecond) * 1000).toISOString().slice(0, 19).replace('T', ' ')
  const digits = String(fraction).padStart(9, '0').replace(/0+$/, '')
  return `${seconds}${digits === '' ? '' : `.${digits}`} +0000 UTC`
}

const nsPerSecond = 1_000_000_000n

/** RFC 3339, no more digits of a second than it needs. */
export const formatTime = ({ ns }: Time): string =>
  new Date(Number(ns / 1_000_000n)).toISOString().replace(/\.?0{1,3}Z$/, 'Z')

/** Times that a `Date` can hold: 275,000 years either way. */
const nsMax = 8_640_000_000_000_000_000_000n

/** @throws ExprError */
export function timeAtNs(ns: bigint): Time {
  if (ns > nsMax || ns < -nsMax) throw new ExprError('time is out of range')
  return { kind: 'time', ns }
}

/** `1h30m0s`, `1.5s`, `250ms`. */
export function formatDuration({ ns }: Duration): string {
  const size = ns < 0n ? -ns : ns
  const sign = ns < 0n ? '-' : ''
  if (size === 0n) return '0s'
  if (size < 1_000n) return `${sign}${size}ns`
  if (size < 1_000_000n) return `${sign}${Number(size) / 1e3}µs`
  if (size < 1_000_000_000n) return `${sign}${Number(size) / 1e6}ms`
  const [hours, minutes] = [size / 3_600_000_000_000n, (size / 60_000_000_000n) % 60n]
  const seconds = `${Number(size % 60_000_000_000n) / 1e9}s`
  const shown = hours > 0n ? `${hours}h${minutes}m${seconds}` : minutes > 0n ? `${minutes}m${seconds}` : seconds
  return `${sign}${shown}`
}
