import { timeMethod } from '#engine/expr/builtins/times.ts'
import { isTime, type Time, timeAtNs, type Value } from '#engine/expr/values.ts'
import { parseTime } from '#lib/rfc3339.ts'
import { TemplateError } from '../syntax.ts'
import { textIn } from './arguments.ts'
import type { Running, TemplateFunctions } from './function.ts'

const nsPerMs = 1_000_000n

const months = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]
const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const two = (value: number): string => String(value).padStart(2, '0')

/** What each part of Go's reference time stands for; longest first. */
const parts: readonly (readonly [string, (at: Date) => string])[] = [
  ['2006', (at) => String(at.getUTCFullYear()).padStart(4, '0')],
  ['January', (at) => months[at.getUTCMonth()] ?? ''],
  ['Monday', (at) => days[at.getUTCDay()] ?? ''],
  ['Z07:00', () => 'Z'],
  ['-07:00', () => '+00:00'],
  ['-0700', () => '+0000'],
  ['Jan', (at) => (months[at.getUTCMonth()] ?? '').slice(0, 3)],
  ['Mon', (at) => (days[at.getUTCDay()] ?? '').slice(0, 3)],
  ['MST', () => 'UTC'],
  ['.000', (at) => `.${String(at.getUTCMilliseconds()).padStart(3, '0')}`],
  ['01', (at) => two(at.getUTCMonth() + 1)],
  ['02', (at) => two(at.getUTCDate())],
  ['15', (at) => two(at.getUTCHours())],
  ['03', (at) => two(at.getUTCHours() % 12 || 12)],
  ['04', (at) => two(at.getUTCMinutes())],
  ['05', (at) => two(at.getUTCSeconds())],
  ['06', (at) => two(at.getUTCFullYear() % 100)],
  ['PM', (at) => (at.getUTCHours() < 12 ? 'AM' : 'PM')],
  ['pm', (at) => (at.getUTCHours() < 12 ? 'am' : 'pm')],
  ['_2', (at) => String(at.getUTCDate()).padStart(2, ' ')],
  ['1', (at) => String(at.getUTCMonth() + 1)],
  ['2', (at) => String(at.getUTCDate())],
  ['3', (at) => String(at.getUTCHours() % 12 || 12)],
  ['4', (at) => String(at.getUTCMinutes())],
  ['5', (at) => String(at.getUTCSeconds())],
]

const part = new RegExp(parts.map(([text]) => text.replace('.', '\\.')).join('|'), 'g')
const byText: ReadonlyMap<string, (at: Date) => string> = new Map(parts)

/** A time in the layout of Go's reference time, in UTC. */
const formatted = ({ ns }: Time, layout: string): string => {
  const at = new Date(Number(ns / nsPerMs))
  return layout.replaceAll(part, (text) => byText.get(text)?.(at) ?? text)
}

/** A field or method of a time; `undefined` when there is none of that name. */
export function timeField(time: Time, name: string, args: readonly Value[]): Value | undefined {
  if (name === 'UTC' || name === 'Local') return time
  if (name === 'Format') return formatted(time, textIn(args[0]))
  return timeMethod(time, name, args)
}

const now = ({ now: at }: Running): Time => timeAtNs(BigInt(at) * nsPerMs)

/** A time, seconds since 1970, or now for anything else, as sprig takes them. */
const timeIn = (value: Value | undefined, running: Running): Time => {
  if (value !== undefined && value !== null && typeof value !== 'string' && isTime(value)) return value
  return typeof value === 'bigint' ? timeAtNs(value * 1_000_000_000n) : now(running)
}

export const timeFunctions: TemplateFunctions = {
  now: { least: 0, run: (_args, running) => now(running) },
  date: { least: 2, run: ([layout, at], running) => formatted(timeIn(at, running), textIn(layout)) },
  unixEpoch: { least: 1, run: ([at], running) => String(timeIn(at, running).ns / 1_000_000_000n) },
  'time.Now': { least: 0, run: (_args, running) => now(running) },
  'time.Parse': {
    least: 1,
    run: ([text]) => {
      const at = parseTime(textIn(text))
      if (at === undefined) throw new TemplateError(`${JSON.stringify(textIn(text))} is no time of RFC 3339`)
      return timeAtNs(BigInt(at) * nsPerMs)
    },
  },
}
