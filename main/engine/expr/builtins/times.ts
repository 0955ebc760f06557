import { parseGoDuration } from '#lib/go-duration.ts'
import { failure } from '#lib/outcome.ts'
import { parseTime } from '#lib/rfc3339.ts'
import { ExprError } from '../expr-error.ts'
import { durationType, timeType } from '../static-types.ts'
import { type Duration, isDuration, isTime, type Time, timeAtNs, typeNameOf, type Value } from '../values.ts'
import type { Builtins } from './builtin.ts'

const nsPerMs = 1_000_000n

const timeAt = (ms: number): Time => ({ kind: 'time', ns: BigInt(Math.trunc(ms)) * nsPerMs })

/** Of a duration that is worth reading. */
const textMax = 200

function durationOf(text: Value | undefined): Duration {
  if (typeof text !== 'string') throw new ExprError(`cannot read ${typeNameOf(text ?? null)} as a duration`)
  const parsed = text.length > textMax ? failure('invalid duration') : parseGoDuration(text)
  if (!parsed.ok) throw new ExprError(`time: ${parsed.error}`)
  if (Math.abs(parsed.value) * 1e6 >= 2 ** 63) throw new ExprError(`time: invalid duration ${JSON.stringify(text)}`)
  return { kind: 'duration', ns: BigInt(Math.round(parsed.value * 1e6)) }
}

/** RFC 3339, or a date alone. */
function dateOf(text: Value | undefined): Time {
  if (typeof text !== 'string') throw new ExprError(`cannot read ${typeNameOf(text ?? null)} as a date`)
  const at = parseTime(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00Z` : text)
  if (at === undefined) throw new ExprError(`invalid date ${text}`)
  return timeAt(at)
}

export const timeBuiltins: Builtins = {
  now: { takes: [], returns: timeType, run: (_args, { now }) => timeAt(now) },
  duration: { takes: ['string'], returns: durationType, run: ([text]) => durationOf(text) },
  date: { takes: ['string'], returns: timeType, run: ([text]) => dateOf(text) },
}

/** `duration("90s").Seconds()` and its like; `undefined` when there is no such method. */
export function timeMethod(of: Value, name: string, [other = null]: readonly Value[]): Value | undefined {
  if (isDuration(of)) return Object.hasOwn(durationMethods, name) ? durationMethods[name]?.(of.ns) : undefined
  if (!isTime(of)) return undefined
  if (isDuration(other) && name === 'Add') return timeAtNs(of.ns + other.ns)
  if (isTime(other)) {
    if (name === 'Sub') return { kind: 'duration', ns: of.ns - other.ns }
    if (name === 'Before') return of.ns < other.ns
    if (name === 'After') return of.ns > other.ns
  }
  return Object.hasOwn(timeMethods, name) ? timeMethods[name]?.(of.ns) : undefined
}

const durationMethods: Readonly<Record<string, (ns: bigint) => Value>> = {
  Hours: (ns) => Number(ns) / 3.6e12,
  Minutes: (ns) => Number(ns) / 6e10,
  Seconds: (ns) => Number(ns) / 1e9,
  Milliseconds: (ns) => ns / 1_000_000n,
  Microseconds: (ns) => ns / 1_000n,
  Nanoseconds: (ns) => ns,
}

const date = (ns: bigint): Date => new Date(Number(ns / nsPerMs))

const timeMethods: Readonly<Record<string, (ns: bigint) => Value>> = {
  Unix: (ns) => ns / 1_000_000_000n,
  UnixMilli: (ns) => ns / nsPerMs,
  Year: (ns) => BigInt(date(ns).getUTCFullYear()),
  Day: (ns) => BigInt(date(ns).getUTCDate()),
  Hour: (ns) => BigInt(date(ns).getUTCHours()),
  Minute: (ns) => BigInt(date(ns).getUTCMinutes()),
  Second: (ns) => BigInt(date(ns).getUTCSeconds()),
}
