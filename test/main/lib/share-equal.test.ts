import fc from 'fast-check'
import { expect, it } from 'vitest'
import { jsonEqual } from '#lib/json-patch.ts'
import { shareEqual } from '#lib/share-equal.ts'

const { tree: json } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(0, 1, '', 'a', true, null),
    fc.array(tie('tree'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'c', '__proto__'), tie('tree')),
  ),
}))

const seeded = { seed: 20260115 }

it('is equal to what came, whatever was there before', () => {
  fc.assert(
    fc.property(json, json, (previous, next) => {
      expect(shareEqual(previous, next)).toEqual(next)
    }),
    seeded,
  )
})

it('is what was there before when that is equal, and only then', () => {
  fc.assert(
    fc.property(json, json, (previous, next) => {
      expect(shareEqual(previous, structuredClone(previous))).toBe(previous)
      expect(shareEqual(previous, next) === previous).toBe(jsonEqual(previous, next))
    }),
    seeded,
  )
})

it('keeps the parts that did not change, down to the smallest', () => {
  const previous = { spec: { template: { a: 1 }, steps: [{ weight: 1 }, { weight: 2 }] }, status: { ready: 1 } }
  const next = { spec: { template: { a: 1 }, steps: [{ weight: 1 }, { weight: 3 }] }, status: { ready: 2 } }
  const shared = shareEqual(previous, next)
  expect(shared).toEqual(next)
  expect(shared.spec.template).toBe(previous.spec.template)
  expect(shared.spec.steps[0]).toBe(previous.spec.steps[0])
  expect(previous.status).toEqual({ ready: 1 })
})
