import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { apply, diff, type Fleet, isEmpty, noChange, squash } from '#main/fleet/patch.ts'
import { aRollout } from '#test/support/fixture-fleet.ts'
import { T0 } from '#test/support/virtual-clock.ts'

const keys = ['a/shop/x', 'a/shop/y', 'b/shop/x', 'b/shop/z']

const views = fc
  .record({ status: fc.constantFrom('Healthy', 'Paused', 'Degraded'), setWeight: fc.integer({ min: 0, max: 3 }) })
  .map((parts) => aRollout(T0, { context: 'a', name: 'x', ...parts }))

const fleets: fc.Arbitrary<Fleet> = fc.dictionary(fc.constantFrom(...keys), views, {
  maxKeys: 4,
  noNullPrototype: true,
})

describe('fleet patches', () => {
  it('UI-VIRT-3: applying a difference gives what it was taken to', () => {
    fc.assert(
      fc.property(fleets, fleets, (a, b) => {
        expect(apply(a, diff(a, b))).toEqual(b)
      }),
    )
  })

  it('UI-VIRT-3: two squashed changes do what both do in turn', () => {
    fc.assert(
      fc.property(fleets, fleets, fleets, fleets, (a, b, c, d) => {
        const [p, q] = [diff(b, c), diff(c, d)]
        expect(apply(a, squash(p, q))).toEqual(apply(apply(a, p), q))
      }),
    )
  })

  it('UI-VIRT-3: nothing changed is an empty change, which leaves the fleet as it is', () => {
    fc.assert(
      fc.property(fleets, (a) => {
        expect(isEmpty(diff(a, structuredClone(a)))).toBe(true)
        expect(apply(a, noChange)).toBe(a)
      }),
    )
  })
})
