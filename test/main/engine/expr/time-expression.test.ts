import { expect, it } from 'vitest'
import { timeOf } from '#engine/expr/time-expression.ts'
import { T0 } from '#test/support/virtual-clock.ts'

const ns = (ms: number): bigint => BigInt(ms) * 1_000_000n

it.each([
  ['now()', T0],
  ['now() - duration("5m")', T0 - 300_000],
  ['date("2026-01-01T00:00:00Z")', Date.UTC(2026, 0, 1)],
  ['isNaN(1.0) ? date("2026-01-01") : now()', T0],
  ['let end = now(); end.Add(duration("1h"))', T0 + 3_600_000],
])('ANA-1303: %s is a time', (expression, at) => {
  expect(timeOf(expression, T0)).toEqual({ ok: true, value: { kind: 'time', ns: ns(at) } })
})

it.each([
  ['1', 'expected time.Time, but got int'],
  ['"now"', 'expected time.Time, but got string'],
  ['nil', 'expected time.Time, but got <nil>'],
  ['duration("5m")', 'expected time.Time, but got time.Duration'],
  ['result', 'unknown name result'],
  ['asInt("1")', 'unknown name asInt'],
  ['isNil(1)', 'unknown name isNil'],
  ['date("yesterday")', 'invalid date yesterday'],
  ['now() - duration("5")', 'time: missing unit in duration "5"'],
  ['now(', 'unexpected token EOF'],
])('ANA-1303: %s is none: %s', (expression, cause) => {
  expect(timeOf(expression, T0)).toEqual({ ok: false, error: cause })
})
