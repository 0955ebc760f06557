import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { applyJsonPatch, jsonEqual } from '#lib/json-patch.ts'
import { success } from '#lib/outcome.ts'

const document = { spec: { replicas: 2, steps: ['a', 'b'], 'odd/~key': 1 } }

describe('applyJsonPatch', () => {
  it.each([
    [
      { op: 'add', path: '/spec/paused', value: true },
      { ...document.spec, paused: true },
    ],
    [
      { op: 'add', path: '/spec/steps/1', value: 'x' },
      { ...document.spec, steps: ['a', 'x', 'b'] },
    ],
    [
      { op: 'add', path: '/spec/steps/-', value: 'x' },
      { ...document.spec, steps: ['a', 'b', 'x'] },
    ],
    [
      { op: 'replace', path: '/spec/odd~1~0key', value: 2 },
      { ...document.spec, 'odd/~key': 2 },
    ],
    [
      { op: 'remove', path: '/spec/steps/0' },
      { ...document.spec, steps: ['b'] },
    ],
    [
      { op: 'move', from: '/spec/steps/0', path: '/spec/steps/1' },
      { ...document.spec, steps: ['b', 'a'] },
    ],
    [
      { op: 'copy', from: '/spec/replicas', path: '/spec/wanted' },
      { ...document.spec, wanted: 2 },
    ],
    [{ op: 'test', path: '/spec/steps', value: ['a', 'b'] }, document.spec],
  ])('carries out %j', (operation, spec) => {
    expect(applyJsonPatch(document, [operation])).toEqual(success({ spec }))
  })

  it.each([
    { op: 'replace', path: '/spec/absent', value: 1 },
    { op: 'remove', path: '/spec/absent' },
    { op: 'remove', path: '/spec/steps/2' },
    { op: 'add', path: '/status/phase', value: 'x' },
    { op: 'test', path: '/spec/replicas', value: 3 },
    { op: 'copy', from: '/nowhere', path: '/spec/x' },
  ])('finds %j inapplicable', (operation) => {
    expect(applyJsonPatch(document, [operation])).toMatchObject({ ok: false, error: { kind: 'Inapplicable' } })
  })

  it.each<unknown>([
    { op: 'add', path: 'x', value: 1 },
    { op: 'add', path: '/x' },
    { op: 'grow', path: '/x' },
    { op: 'move', path: '/x' },
    { op: 'move', from: '/spec', path: '/spec/inside' },
    'text',
  ])('finds %j malformed', (operation) => {
    expect(applyJsonPatch(document, [operation])).toMatchObject({ ok: false, error: { kind: 'Malformed' } })
  })

  it('refuses what is not a list', () => {
    expect(applyJsonPatch(document, { op: 'add' })).toMatchObject({ ok: false, error: { kind: 'Malformed' } })
  })

  it('applies all operations or none, and never changes the document', () => {
    const before = structuredClone(document)
    const outcome = applyJsonPatch(document, [
      { op: 'replace', path: '/spec/replicas', value: 9 },
      { op: 'test', path: '/spec/replicas', value: 1 },
    ])
    expect(outcome.ok).toBe(false)
    expect(document).toEqual(before)
  })

  it('is the same as one operation after the other, also of what was copied, moved and put in by those before', () => {
    const path = fc
      .array(fc.constantFrom('a', 'b', 'list', '0', '1', '-', '__proto__'), { maxLength: 3 })
      .map((each) => each.map((token) => `/${token}`).join(''))
    const value = fc.constantFrom<unknown>(1, { a: { b: 1 }, list: [1, { a: 2 }] }, [{ a: 1 }, [2]], null)
    const operation = fc.oneof(
      fc.record({ op: fc.constantFrom('add', 'replace'), path, value }),
      fc.record({ op: fc.constant('remove'), path }),
      fc.record({ op: fc.constantFrom('copy', 'move'), path, from: path }),
    )
    const begin = { a: { b: { a: 1 }, list: [{ a: 1 }, 2] }, b: [[1], { b: 2 }], list: [] }
    fc.assert(
      fc.property(fc.array(operation, { minLength: 2, maxLength: 12 }), (operations) => {
        const applicable: unknown[] = []
        let expected: unknown = structuredClone(begin)
        for (const each of operations) {
          const next = applyJsonPatch(structuredClone(expected), [structuredClone(each)])
          if (!next.ok) continue
          applicable.push(each)
          expected = next.value
        }
        const told = structuredClone(applicable)
        const from = structuredClone(begin)
        expect(applyJsonPatch(from, applicable)).toEqual(success(expected))
        expect([from, applicable]).toEqual([begin, told])
      }),
      { seed: 12, numRuns: 3000 },
    )
  })
})

describe('jsonEqual', () => {
  it('ignores the order of keys but not that of items', () => {
    expect(jsonEqual({ a: 1, b: [1, 2] }, { b: [1, 2], a: 1 })).toBe(true)
    expect(jsonEqual([1, 2], [2, 1])).toBe(false)
    expect(jsonEqual({ a: undefined }, { b: undefined })).toBe(false)
    expect(jsonEqual([], {})).toBe(false)
  })
})
