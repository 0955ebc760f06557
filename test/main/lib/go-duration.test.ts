import { describe, expect, it } from 'vitest'
import { parseGoDuration } from '#lib/go-duration.ts'

describe('durations in Go’s notation', () => {
  it.each([
    ['0', 0],
    ['-0', 0],
    ['30s', 30_000],
    ['1h30m', 5_400_000],
    ['1.5s', 1_500],
    ['.5m', 30_000],
    ['-2ms', -2],
    ['100us', 0.1],
    ['1µs1μs1ns', 0.002_001],
  ])('ANA-112: %s is %d ms', (text, ms) => {
    const parsed = parseGoDuration(text)
    expect(parsed.ok && parsed.value).toBeCloseTo(ms, 9)
  })

  it.each([
    ['abc', 'invalid duration "abc"'],
    ['', 'invalid duration ""'],
    ['+', 'invalid duration "+"'],
    ['.s', 'invalid duration ".s"'],
    [' 5s', 'invalid duration " 5s"'],
    ['30', 'missing unit in duration "30"'],
    ['1h30', 'missing unit in duration "1h30"'],
    ['1d', 'unknown unit "d" in duration "1d"'],
    ['1h2w', 'unknown unit "w" in duration "1h2w"'],
    ['5s ', 'unknown unit "s " in duration "5s "'],
  ])('ANA-112: %j is none: %s', (text, complaint) => {
    expect(parseGoDuration(text)).toEqual({ ok: false, error: complaint })
  })
})
