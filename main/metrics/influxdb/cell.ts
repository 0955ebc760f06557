import { parseFloat64, parseInteger } from '#engine/expr/builtins/numbers.ts'
import { ExprError } from '#engine/expr/expr-error.ts'
import type { Value } from '#engine/expr/values.ts'
import { parseGoDuration } from '#lib/go-duration.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import { parseTime } from '#lib/rfc3339.ts'

/** One cell by its `#datatype`; an empty one is nil whatever its type. The failure is that it cannot be read. */
export function parseCell(text: string, datatype: string): Outcome<Value, void> {
  if (text === '') return success(null)
  const parse = Object.hasOwn(parsers, datatype) ? parsers[datatype] : undefined
  const value = parse?.(text)
  return value === undefined ? failure(undefined) : success(value)
}

/** `undefined` for text that is no number. */
const number = (parse: (text: string) => Value, text: string): Value | undefined => {
  try {
    return parse(text)
  } catch (error) {
    if (error instanceof ExprError) return undefined
    throw error
  }
}

const parsers: Readonly<Record<string, (text: string) => Value | undefined>> = {
  string: (text) => text,
  double: (text) => number(parseFloat64, text),
  long: (text) => number(parseInteger, text),
  unsignedLong: (text) => (/^\d{1,20}$/.test(text) && BigInt(text) < 2n ** 64n ? BigInt(text) : undefined),
  // Everything that is not false is true.
  boolean: (text) => text.toLowerCase() !== 'false',
  duration: (text) => {
    const parsed = parseGoDuration(text)
    return parsed.ok ? { kind: 'duration', ns: BigInt(Math.round(parsed.value * 1e6)) } : undefined
  },
  'dateTime:RFC3339': (text) => timeOf(text),
  'dateTime:RFC3339Nano': (text) => timeOf(text),
  base64Binary: (text) => bytesOf(text),
}

function timeOf(text: string): Value | undefined {
  const ms = parseTime(text)
  if (ms === undefined) return undefined
  const fraction = /\.(\d+)/.exec(text)?.[1] ?? ''
  const seconds = BigInt(Math.floor(ms / 1000))
  return { kind: 'time', ns: seconds * 1_000_000_000n + BigInt(fraction.slice(0, 9).padEnd(9, '0')) }
}

/** As whole numbers, which is how Go prints bytes and compares them. */
const bytesOf = (text: string): Value | undefined =>
  /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)
    ? Array.from(Buffer.from(text, 'base64'), BigInt)
    : undefined
