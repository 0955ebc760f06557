import { describe, expect, it } from 'vitest'
import { changesOf } from '#main/history/statistics/changes.ts'
import { aPastUpdate, minute, type UpdateSketch } from '#test/support/builders/past-update.ts'
import { T0 } from '#test/support/virtual-clock.ts'

const changes = (...sketches: readonly UpdateSketch[]) => changesOf(sketches.map(aPastUpdate))
const at = (minutes: number) => T0 + minutes * minute
const failures = (...sketches: readonly UpdateSketch[]) =>
  changes(...sketches).map(({ failure }) => failure && [failure.kind, failure.at, failure.restored?.at])

describe('failures', () => {
  it('an abort and a rollback fail at their end, and are restored by the next that is completed there', () => {
    expect(
      failures(
        { from: 0, to: 10, entry: { outcome: 'Aborted' } },
        { from: 12, to: 14, entry: { outcome: 'RolledBack' } },
        { from: 13, to: 15, entry: { context: 'prod-us' } },
        { from: 20, to: 30 },
        { from: 40, to: 50, entry: { outcome: 'Aborted' } },
      ),
    ).toEqual([
      ['aborted', at(10), at(30)],
      ['rolledBack', at(14), at(30)],
      undefined,
      undefined,
      ['aborted', at(50), undefined],
    ])
  })

  it('what was completed and degraded on the way is restored by its own end; after its end by the next', () => {
    expect(
      failures(
        { from: 0, to: 10, degradedAt: at(4) },
        { from: 20, to: 30, versions: '2.0 3.0', degradedAt: at(31) },
        { from: 40, to: 50, versions: '3.0 4.0' },
        { from: 60, to: 61, versions: '4.0 5.0', entry: { outcome: 'Superseded' } },
        { from: 61, to: 65, versions: '4.0 6.0', degradedAt: at(62), entry: { outcome: 'Superseded' } },
      ),
    ).toEqual([
      ['degraded', at(4), at(10)],
      ['degraded', at(31), at(50)],
      undefined,
      undefined,
      ['degraded', at(62), undefined],
    ])
  })

  it('an abort that was degraded before counts from then on', () => {
    expect(failures({ from: 0, to: 10, degradedAt: at(3), entry: { outcome: 'Aborted' } })).toEqual([
      ['aborted', at(3), undefined],
    ])
  })

  it('a version that is taken back failed when that began; the way back is no change of its own', () => {
    const told = changes({ from: 0, to: 10 }, { from: 30, to: 34, versions: '2.0 1.0', entry: { actor: 'ada' } })
    expect(told.map(({ isReturn }) => isReturn)).toEqual([false, true])
    expect(told[0]?.failure).toMatchObject({ kind: 'returned', at: at(30), restored: { at: at(34) } })
    expect(told[0]?.failure?.returnedBy?.entry.actor).toBe('ada')
    expect(told[1]?.failure).toBeUndefined()
  })

  it('a way back is known by its template too, and what has been undone may come once more', () => {
    const versions = 'latest latest'
    const told = changes(
      { from: 0, to: 1, versions, podHash: 'a' },
      { from: 2, to: 3, versions, podHash: 'b' },
      { from: 4, to: 5, versions, podHash: 'a' },
      { from: 6, to: 7, versions, podHash: 'b' },
      { from: 8, to: 9, versions, podHash: 'c' },
    )
    expect(told.map(({ isReturn }) => isReturn)).toEqual([false, false, true, false, false])
    expect(told.map(({ failure }) => failure?.kind)).toEqual([undefined, 'returned', undefined, undefined, undefined])
  })

  it('a way back that is not completed, and a Rollout made anew under the same name, return nothing', () => {
    const aborted = changes({ from: 0, to: 1 }, { from: 2, to: 3, versions: '2.0 1.0', entry: { outcome: 'Aborted' } })
    expect(aborted.map(({ failure }) => failure?.kind)).toEqual([undefined, 'aborted'])
    const anew = changes({ from: 0, to: 1 }, { from: 2, to: 3, versions: '2.0 1.0', uid: 'another' })
    expect(anew.map(({ isReturn, failure }) => [isReturn, failure])).toEqual([
      [false, undefined],
      [false, undefined],
    ])
  })
})

describe('lead time', () => {
  const leads = (...sketches: readonly UpdateSketch[]) =>
    changes(...sketches).map(({ leadMs = NaN, leadEverywhereMs = NaN }) => [leadMs / minute, leadEverywhereMs / minute])
  const in_ = (context: string, more: object = {}) => ({ entry: { context, ...more } })

  it('goes from the first sight of the version in any cluster to its completion here, and everywhere', () => {
    expect(
      leads(
        { from: 0, to: 5, ...in_('stage') },
        { from: 10, to: 30, podHash: 'another', ...in_('prod-eu') },
        { from: 12, to: 20, ...in_('prod-us') },
        { from: 13, to: 14, ...in_('prod-us', { name: 'cart' }) },
      ),
    ).toEqual([
      [5, NaN],
      [30, 30],
      [20, NaN],
      [1, 1],
    ])
  })

  it('is not everywhere while one cluster that began has not completed it', () => {
    expect(
      leads({ from: 0, to: 5, ...in_('stage') }, { from: 1, to: 2, ...in_('prod', { outcome: 'Aborted' }) }),
    ).toEqual([
      [5, NaN],
      [NaN, NaN],
    ])
  })

  it('where the version stays it is that of the template; the first completion counts, a way back does not', () => {
    expect(
      leads(
        { from: 0, to: 5, versions: '1.0 1.0', podHash: 'a' },
        { from: 50, to: 51, versions: '1.0 1.0', podHash: 'b' },
        { from: 60, to: 61, versions: '1.0 1.0', podHash: 'a' },
        { from: 70, to: 72, versions: '1.0 1.0', podHash: 'b' },
      ),
    ).toEqual([
      [5, 5],
      [1, 1],
      [NaN, NaN],
      [NaN, NaN],
    ])
  })

  it('is not told where nobody saw the end', () => {
    expect(leads({ from: 0, to: 5, isUnseen: true })).toEqual([[NaN, NaN]])
  })
})
