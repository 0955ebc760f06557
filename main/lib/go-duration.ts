import { failure, type Outcome, success } from './outcome.ts'

/** Nanoseconds per unit of Go's duration syntax. */
const nanosecondsPer: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  μs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
}

const wholeText = /^[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/
const oneTerm = /(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/g

/**
 * Reads Go's duration syntax: terms of decimal number and unit, `1h30m`, `-1.5s`, `100ms`; a bare `0` is allowed.
 * Returns milliseconds (fractions kept), or what is wrong in Go's words without their `time: ` (ANA-112).
 */
export function parseGoDuration(text: string): Outcome<number, string> {
  if (/^[+-]?0$/.test(text)) return success(0)
  if (!wholeText.test(text)) return failure(complaint(text))
  let nanoseconds = 0
  for (const [, amount, unit] of text.matchAll(oneTerm))
    nanoseconds += Number(amount) * (nanosecondsPer[unit ?? ''] ?? 0)
  return success((text.startsWith('-') ? -nanoseconds : nanoseconds) / 1e6)
}

/** Go reads term by term and complains of the first that is none. */
function complaint(text: string): string {
  const quoted = JSON.stringify(text)
  const [, rest = ''] = /^[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h)(?![^.\d]))*(.*)$/s.exec(text) ?? []
  const [, unit] = /^(?:\d+\.?\d*|\.\d+)([^.\d]*)/.exec(rest) ?? []
  if (unit === undefined) return `invalid duration ${quoted}`
  return unit === ''
    ? `missing unit in duration ${quoted}`
    : `unknown unit ${JSON.stringify(unit)} in duration ${quoted}`
}
