import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { applyMergePatch, createMergePatch } from '#lib/merge-patch.ts'

/** JSON without nulls: what a merge patch can express. */
const { tree: json } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small' },
    fc.integer(),
    fc.string(),
    fc.boolean(),
    fc.array(tie('tree'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'c', '__proto__'), tie('tree')),
  ),
}))

describe('applyMergePatch', () => {
  it('merges objects, replaces lists and removes on null', () => {
    expect(applyMergePatch({ a: { b: 1, c: 2 }, d: [1, 2] }, { a: { b: null, e: 3 }, d: [3] })).toEqual({
      a: { c: 2, e: 3 },
      d: [3],
    })
  })

  it('drops nulls when it makes an object out of something else', () => {
    expect(applyMergePatch({ a: 1 }, { a: { b: null, c: 1 } })).toEqual({ a: { c: 1 } })
    expect(applyMergePatch('x', { a: 1 })).toEqual({ a: 1 })
    expect(applyMergePatch({ a: 1 }, ['x'])).toEqual(['x'])
  })
})

describe('createMergePatch', () => {
  it('says only what changed', () => {
    expect(createMergePatch({ a: 1, b: { c: 1, d: 2 }, e: 1 }, { a: 1, b: { c: 1, d: 3 } })).toEqual({
      b: { d: 3 },
      e: null,
    })
    expect(createMergePatch({ a: [1] }, { a: [1] })).toBeUndefined()
  })

  it('gives, when applied, the wanted value', () => {
    fc.assert(
      fc.property(json, json, (from, to) => {
        const patch = createMergePatch(from, to)
        expect(patch === undefined ? from : applyMergePatch(from, patch)).toEqual(to)
      }),
      { seed: 20260115 },
    )
  })
})
