import { describe, expect, it } from 'vitest'
import { bestTermToDrop, matchesAll, parseFilter, withoutTerm } from '#renderer/store/filter-terms.ts'
import { aRollout } from '#test/support/fixture-fleet.ts'
import { T0 } from '#test/support/virtual-clock.ts'

const HOUR = 3_600_000
const view = aRollout(T0, {
  context: 'prod-eu-west',
  name: 'checkout-api',
  namespace: 'shop',
  version: '2.31.0',
  ageMs: 3 * HOUR,
})
const matches = (filter: string) => matchesAll(parseFilter(filter), view, T0)

describe('a filter', () => {
  it.each([
    ['check', true],
    ['CHECK', true],
    ['sho', true],
    ['web', false],
    ['ns:shop', true],
    ['ns:sh*', true],
    ['ns:sh', false],
    ['namespace:*op', true],
    ['cluster:prod-*-west', true],
    ['context:prod', false],
    ['app:checkout-*', true],
    ['status:healthy', true],
    ['phase:Healthy', true],
    ['strategy:canary', true],
    ['strategy:bluegreen', false],
    ['version:2.31.*', true],
    ['version:2.30.*', false],
    ['age:>2h', true],
    ['age:<2h', false],
    ['age:>4h', false],
    ['ns:shop status:degraded', false],
    ['', true],
    ['   ', true],
  ])('%s → %s', (filter, expected) => {
    expect(matches(filter)).toBe(expected)
  })

  it.each(['app:a.b', 'app:(', 'app:[', 'age:soon', 'colour:red', 'ns:', ':', 'app:**'])(
    '%s does no harm, whatever it means',
    (filter) => {
      expect(typeof matches(filter)).toBe('boolean')
    },
  )

  it('takes a dot for a dot', () => {
    expect(matches('version:2x31x0')).toBe(false)
  })

  it('looks for an unknown field as plain text, so that a colon in a name does no harm', () => {
    const named = { ...view, name: 'a:b' }
    expect(matchesAll(parseFilter('a:b'), named, T0)).toBe(true)
  })
})

describe('the term to drop', () => {
  const views = [view, aRollout(T0, { context: 'prod-eu-west', name: 'cart', status: 'Degraded' })]

  it('UI-EMP-3: is the one whose removal brings the most back', () => {
    const terms = parseFilter('app:checkout-api status:degraded')
    const drop = bestTermToDrop(terms, views, T0)
    expect(drop?.term.text).toBe('app:checkout-api')
    expect(drop?.count).toBe(1)
  })

  it('UI-EMP-3: is none when no single one helps', () => {
    expect(bestTermToDrop(parseFilter('app:nobody status:unknown'), views, T0)).toBeUndefined()
  })

  it('leaves the others as they were typed', () => {
    const terms = parseFilter('ns:shop  app:x age:>2h')
    const [, dropped] = terms
    expect(dropped && withoutTerm(terms, dropped)).toBe('ns:shop age:>2h')
  })
})
