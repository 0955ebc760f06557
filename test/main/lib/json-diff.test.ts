import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { jsonPatch } from '#lib/json-diff.ts'
import { applyJsonPatch } from '#lib/json-patch.ts'

const seeded = { seed: 8, numRuns: 500 }

describe('jsonPatch', () => {
  it('makes the one into the other', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), fc.jsonValue({ maxDepth: 4 }), (from, to) => {
        const applied = applyJsonPatch(from, jsonPatch(from, to))
        expect(applied).toEqual({ ok: true, value: to })
      }),
      seeded,
    )
  })

  it('makes a list into another with items taken out, put in and changed', () => {
    const item = fc.record({ name: fc.constantFrom('a', 'b', 'c'), value: fc.nat(2) })
    fc.assert(
      fc.property(fc.array(item, { maxLength: 6 }), fc.array(item, { maxLength: 6 }), (from, to) => {
        expect(applyJsonPatch({ list: from }, jsonPatch({ list: from }, { list: to }))).toEqual({
          ok: true,
          value: { list: to },
        })
      }),
      seeded,
    )
  })

  it('is as small as the change', () => {
    const from = { spec: { 'a/b~c': 1 }, status: { measurements: [1, 2], phase: 'Running' } }
    expect(jsonPatch(from, structuredClone(from))).toEqual([])
    expect(jsonPatch(from, { ...from, status: { measurements: [1, 2, 3], phase: 'Running' } })).toEqual([
      { op: 'add', path: '/status/measurements/2', value: 3 },
    ])
    expect(jsonPatch(from, { ...from, status: { measurements: [2], phase: 'Running' } })).toEqual([
      { op: 'remove', path: '/status/measurements/0' },
    ])
    const last = [1, 2, 3, 4].map((value) => ({ value }))
    expect(jsonPatch(last, structuredClone([...last.slice(1), { value: 5 }]))).toEqual([
      { op: 'remove', path: '/0' },
      { op: 'add', path: '/3', value: { value: 5 } },
    ])
    expect(jsonPatch(from, { ...from, spec: { 'a/b~c': 2 } })).toEqual([
      { op: 'replace', path: '/spec/a~1b~0c', value: 2 },
    ])
    expect(jsonPatch(from, { spec: from.spec })).toEqual([{ op: 'remove', path: '/status' }])
  })

  it('a long list that looks as if it had slid takes no time that grows with its square', { timeout: 5000 }, () => {
    const many = Array.from({ length: 50_000 }, () => 'b')
    expect(jsonPatch(['a', ...many, 'c'], [...many, 'd', 'e'])).toHaveLength(3)
  })
})
