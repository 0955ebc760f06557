import { describe, expect, it } from 'vitest'
import { formatValue, type Value } from '#engine/expr/values.ts'

const at = (ns: bigint): Value => ({ kind: 'time', ns })

describe('a value as Go prints it', () => {
  it.each<[Value, string]>([
    [at(0n), '1970-01-01 00:00:00 +0000 UTC'],
    [at(1_767_225_600_250_000_000n), '2026-01-01 00:00:00.25 +0000 UTC'],
    [at(1_767_225_600_000_000_001n), '2026-01-01 00:00:00.000000001 +0000 UTC'],
    [at(-1n), '1969-12-31 23:59:59.999999999 +0000 UTC'],
    [{ kind: 'duration', ns: 90_000_000_000n }, '1m30s'],
    [[1, null, 'a', [true]], '[1 <nil> a [true]]'],
    [
      new Map<string, Value>([
        ['b', 1n],
        ['a', Float64Array.of(1e6)],
      ]),
      'map[a:[1e+06] b:1]',
    ],
  ])('ANA-1312: %#', (value, text) => {
    expect(formatValue(value)).toBe(text)
  })
})
