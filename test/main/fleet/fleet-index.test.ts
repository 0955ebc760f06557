import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { drifted } from '#main/fleet/drift.ts'
import { FleetIndex, type Member } from '#main/fleet/fleet-index.ts'
import { apply, type Fleet } from '#main/fleet/patch.ts'
import { aRollout } from '#test/support/fixture-fleet.ts'
import { T0 } from '#test/support/virtual-clock.ts'

const aMember = (context: string, name: string, print: string | undefined, setWeight = 0): Member => ({
  view: aRollout(T0, { context, name, setWeight }),
  print,
})

const members = fc
  .record({
    context: fc.constantFrom('eu', 'us', 'ap'),
    name: fc.constantFrom('web', 'cart'),
    print: fc.constantFrom('one', 'two', undefined),
    weight: fc.integer({ min: 0, max: 2 }),
  })
  .map(({ context, name, print, weight }) => aMember(context, name, print, weight))

type Change = { readonly put: Member } | { readonly remove: string }
const changes: fc.Arbitrary<readonly (readonly Change[])[]> = fc.array(
  fc.array(
    fc.oneof(
      members.map((put) => ({ put })),
      members.map(({ view }) => ({ remove: view.key })),
    ),
    { maxLength: 4 },
  ),
  { maxLength: 8 },
)

const scratch = (held: ReadonlyMap<string, Member>): Fleet => {
  const index = new FleetIndex()
  for (const [key, member] of held) index.put(key, member)
  index.settle()
  return index.fleet
}

describe('FleetIndex', () => {
  it('VIEW-133: kept up to date step by step it shows what a new one shows, and its changes add up', () => {
    fc.assert(
      fc.property(changes, (rounds) => {
        const index = new FleetIndex()
        const held = new Map<string, Member>()
        let followed: Fleet = {}
        for (const round of rounds) {
          for (const change of round) {
            if ('put' in change) {
              index.put(change.put.view.key, change.put)
              held.set(change.put.view.key, change.put)
            } else {
              index.remove(change.remove)
              held.delete(change.remove)
            }
          }
          followed = apply(followed, index.settle())
        }
        expect(index.fleet).toEqual(scratch(held))
        expect(followed).toEqual(index.fleet)
      }),
    )
  })

  it('says only what changed', () => {
    const index = new FleetIndex()
    const web = aMember('eu', 'web', 'one')
    index.put(web.view.key, web)
    index.settle()
    index.put(web.view.key, structuredClone(web))
    expect(index.settle()).toEqual({ upserted: {}, removed: [] })
  })

  it('UI-STAT-7: a template that others do not run marks its rollout, and the mark goes with the difference', () => {
    const index = new FleetIndex()
    for (const context of ['eu', 'us']) {
      const member = aMember(context, 'web', 'one')
      index.put(member.view.key, member)
    }
    const odd = aMember('ap', 'web', 'two')
    index.put(odd.view.key, odd)
    expect(Object.values(index.settle().upserted).filter(({ drift }) => drift)).toMatchObject([{ context: 'ap' }])
    index.put(odd.view.key, aMember('ap', 'web', 'one'))
    expect(index.settle().upserted).toMatchObject({ [odd.view.key]: { drift: false } })
  })
})

describe('drifted', () => {
  it.each([
    ['one cluster never drifts', { a: '1' }, []],
    ['the minority does', { a: '1', b: '1', c: '2' }, ['c']],
    ['all do when no print leads', { a: '1', b: '2' }, ['a', 'b']],
    ['nobody does when all agree', { a: '1', b: '1' }, []],
  ])('UI-STAT-7: %s', (_title, prints, expected) => {
    expect([...drifted(new Map(Object.entries(prints)))]).toEqual(expected)
  })
})
