import { describe, expect, it } from 'vitest'
import { fitsPattern, parseSearch } from '#main/history/search-terms.ts'
import { T0 } from '#test/support/virtual-clock.ts'

const day = 86_400_000
const now = Date.parse('2026-02-01T12:00:00Z')
const terms = (filter: string) => {
  const parsed = parseSearch(filter, now)
  return parsed.ok ? parsed.value : parsed.error
}

describe('parseSearch', () => {
  const understood: readonly [filter: string, terms: readonly object[]][] = [
    ['', []],
    [
      '  Checkout prod-EU ',
      [
        { kind: 'text', text: 'checkout' },
        { kind: 'text', text: 'prod-eu' },
      ],
    ],
    [
      '"Scaled  up" x',
      [
        { kind: 'text', text: 'scaled  up' },
        { kind: 'text', text: 'x' },
      ],
    ],
    ['"still typed', [{ kind: 'text', text: 'still typed' }]],
    ['"web:2"', [{ kind: 'text', text: 'web:2' }]],
    [
      'latency-p99: 10:30 harbor.io/web:2',
      ['latency-p99:', '10:30', 'harbor.io/web:2'].map((text) => ({ kind: 'text', text })),
    ],
    ['app:Checkout', [{ kind: 'app', anyOf: ['checkout'] }]],
    ['APP:checkout,cart*', [{ kind: 'app', anyOf: ['checkout', 'cart*'] }]],
    [
      'name:a ns:b context:c version:d',
      [
        { kind: 'app', anyOf: ['a'] },
        { kind: 'namespace', anyOf: ['b'] },
        { kind: 'cluster', anyOf: ['c'] },
        { kind: 'image', anyOf: ['d'] },
      ],
    ],
    ['image:harbor.io/web:2', [{ kind: 'image', anyOf: ['harbor.io/web:2'] }]],
    ['cluster:arn:aws:eks:eu:1:cluster/prod', [{ kind: 'cluster', anyOf: ['arn:aws:eks:eu:1:cluster/prod'] }]],
    ['actor:"Ada Lovelace"', [{ kind: 'actor', anyOf: ['ada lovelace'] }]],
    ['outcome:aborted,rolled-back', [{ kind: 'outcome', anyOf: ['Aborted', 'RolledBack'] }]],
    ['outcome:com', [{ kind: 'outcome', anyOf: ['Completed'] }]],
    ['since:7d', [{ kind: 'since', at: now - 7 * day }]],
    ['before:2W', [{ kind: 'before', at: now - 14 * day }]],
    ['since:2026-01-31', [{ kind: 'since', at: Date.parse('2026-01-31T00:00:00Z') }]],
    ['before:2026-01-31T10:30', [{ kind: 'before', at: Date.parse('2026-01-31T10:30:00Z') }]],
    ['before:2026-01-31T10:30:05Z', [{ kind: 'before', at: Date.parse('2026-01-31T10:30:05Z') }]],
    ['app: since: x', [{ kind: 'text', text: 'x' }]],
  ]
  for (const [filter, expected] of understood)
    it(`understands ${filter || 'nothing'}`, () => expect(terms(filter)).toEqual(expected))

  const refused: readonly [filter: string, problem: object][] = [
    ['clustr:prod', { kind: 'unknownTerm', term: 'clustr', text: 'clustr:prod' }],
    ['x web:2', { kind: 'unknownTerm', term: 'web', text: 'web:2' }],
    ['outcome:good', { kind: 'badValue', field: 'outcome', value: 'good' }],
    ['outcome:aborted,good', { kind: 'badValue', field: 'outcome', value: 'aborted,good' }],
    ['since:7', { kind: 'badValue', field: 'since', value: '7' }],
    ['before:yesterday', { kind: 'badValue', field: 'before', value: 'yesterday' }],
    ['before:2026-13-01', { kind: 'badValue', field: 'before', value: '2026-13-01' }],
  ]
  for (const [filter, problem] of refused)
    it(`says what is wrong with ${filter}`, () => expect(terms(filter)).toEqual(problem))

  it('looks at eight terms, and does not go back before 1970', () => {
    expect(terms('a b c d e f g h i')).toHaveLength(8)
    expect(parseSearch('since:999999w', T0)).toEqual({ ok: true, value: [{ kind: 'since', at: 0 }] })
  })
})

describe('fitsPattern', () => {
  const cases: readonly [text: string, pattern: string, fits: boolean][] = [
    ['prod-eu', 'prod-eu', true],
    ['PROD-eu', 'prod-EU', true],
    ['prod-eu', 'prod', false],
    ['prod-eu', 'prod-*', true],
    ['prod-eu', '*-eu', true],
    ['prod-eu-west', 'prod*eu*west', true],
    ['prod-west-eu', 'prod*eu*west', false],
    ['aba', 'ab*ba', false],
    ['a.b', 'a?b', false],
    ['x', '*', true],
  ]
  for (const [text, pattern, fits] of cases)
    it(`${text} ${fits ? 'fits' : 'does not fit'} ${pattern}`, () => expect(fitsPattern(text, pattern)).toBe(fits))
})
