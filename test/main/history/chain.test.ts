import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ChainHead, type ChainPlace, contentHash, linkHash, verifyChain } from '#main/history/chain.ts'

const genesis = 'g'.repeat(64)

function aChain(bodies: readonly string[]) {
  let before = genesis
  const places = bodies.map((body, index): ChainPlace => {
    const entry = { at: 1000 + index, subject: 'prod-eu/shop/checkout', body }
    const [id, salt] = [index + 1, String(index)]
    const hash = linkHash(before, contentHash('journal', id, entry, salt))
    before = hash
    return { id, entry, link: { salt, hash } }
  })
  return { places, head: { first: 1, anchor: genesis, last: bodies.length, head: before } }
}

const verify = ({ places, head }: { readonly places: readonly ChainPlace[]; readonly head: ChainHead }) =>
  verifyChain('journal', head, places)

describe('verifyChain', () => {
  it('counts what it has proven, and what is withheld', () => {
    const chain = aChain(['a', 'b', 'c'])
    expect(verify(chain)).toEqual({ isUnbroken: true, entries: 3, withheld: 0 })
    const places = chain.places.map((place): ChainPlace => {
      const { id, entry, link } = place
      if (id !== 2 || entry === undefined || link === undefined) return place
      const content = contentHash('journal', id, entry, link.salt ?? '')
      return { id, entry: undefined, content, isWithheld: true, link: { hash: link.hash } }
    })
    expect(verify({ ...chain, places })).toEqual({ isUnbroken: true, entries: 2, withheld: 1 })
    expect(verify(aChain([]))).toEqual({ isUnbroken: true, entries: 0, withheld: 0 })
  })

  it('goes on from an anchor, where older entries have been pruned', () => {
    const { places, head } = aChain(['a', 'b', 'c'])
    const anchor = places[0]?.link?.hash ?? ''
    expect(verify({ places: places.slice(1), head: { ...head, first: 2, anchor } })).toMatchObject({ entries: 2 })
    expect(verify({ places: places.slice(1), head: { ...head, first: 2 } })).toMatchObject({ id: 2, what: 'changed' })
  })

  it('names the first that is missing, changed or foreign', () => {
    const { places, head } = aChain(['a', 'b', 'c'])
    const [first, second, third] = places as [ChainPlace, ChainPlace, ChainPlace]
    const told = (changed: readonly ChainPlace[]) => verify({ places: changed, head })
    expect(told([first, third])).toEqual({ isUnbroken: false, id: 2, what: 'removed' })
    expect(told([first, second])).toEqual({ isUnbroken: false, id: 3, what: 'removed' })
    expect(told([second, third])).toEqual({ isUnbroken: false, id: 1, what: 'removed' })
    expect(told([first, { ...second, entry: undefined }, third])).toMatchObject({ id: 2, what: 'removed' })
    expect(told([first, second, third, { ...third, id: 4 }])).toMatchObject({ id: 4, what: 'inserted' })
    expect(told([first, { ...second, link: undefined }, third])).toMatchObject({ id: 2, what: 'inserted' })
    expect(told([first, { ...second, entry: { at: 1001, subject: 'x', body: 'b' } }, third])).toMatchObject({
      id: 2,
      what: 'changed',
    })
  })

  it('W10: every edit, removal, insertion and swap of stored entries is found', () => {
    const change = fc.record({
      kind: fc.constantFrom('edit', 'remove', 'insert', 'swap', 'relink', 'move', 'unlink'),
      at: fc.nat(),
      other: fc.nat(),
      text: fc.string(),
    })
    fc.assert(
      fc.property(
        fc.array(fc.string(), { minLength: 2, maxLength: 30 }),
        change,
        (bodies, { kind, at, other, text }) => {
          const { places, head } = aChain(bodies)
          const [index, second] = [at % places.length, other % places.length]
          const [here, there] = [places[index], places[second]] as [ChainPlace, ChainPlace]
          const entry = here.entry ?? { at: 0, subject: '', body: '' }
          const put = (...next: readonly ChainPlace[]): readonly ChainPlace[] => places.toSpliced(index, 1, ...next)
          const forged = { ...here, entry: { ...entry, body: `${entry.body}${text}!` } }
          const before = places[index - 1]?.link?.hash ?? head.anchor
          const relinked = linkHash(before, contentHash('journal', here.id, forged.entry, 'x'))
          const changed: readonly ChainPlace[] = {
            edit: () => put(forged),
            remove: () => put(),
            insert: () => put(here, forged),
            swap: () =>
              put({ ...here, entry: there.entry, link: there.link }).with(second, { ...there, entry, link: here.link }),
            relink: () => put({ ...forged, link: { salt: 'x', hash: relinked } }),
            move: () => put({ ...here, entry: { ...entry, at: entry.at + 1 } }),
            unlink: () => put({ ...here, link: undefined }),
          }[kind]()
          fc.pre(kind !== 'swap' || index !== second)
          expect(verify({ places: changed, head })).toMatchObject({ isUnbroken: false })
        },
      ),
      { numRuns: 2000, seed: 10 },
    )
  })
})
