import { describe, expect, it } from 'vitest'
import { rolloutKey } from '#contract/keys.ts'
import { runRow } from '#main/history/open-run.ts'
import { searchHistory } from '#main/history/reader.ts'
import { writeBody } from '#main/history/record-body.ts'
import type { History } from '#main/history/store.ts'
import { aHistory } from '#test/support/builders/history.ts'
import { T0 } from '#test/support/virtual-clock.ts'

const hour = 3_600_000
const now = T0 + 100 * hour

const runs = [
  {
    id: 'a',
    context: 'prod-eu',
    namespace: 'shop',
    name: 'checkout',
    toVersion: '1.1',
    outcome: 'Completed',
    hours: 0,
  },
  {
    id: 'b',
    context: 'arn:aws/prod_us',
    namespace: 'shop',
    name: 'cart',
    toVersion: '2.0',
    outcome: 'Aborted',
    hours: 50,
  },
  {
    id: 'c',
    context: 'stage',
    namespace: 'other',
    name: 'checkout-api',
    toVersion: '2.1',
    outcome: 'RolledBack',
    hours: 99,
  },
] as const

/** `b` by Ada; `a` runs `harbor.io/shop/web:1.1`, and its timeline says two things. */
function aFilledHistory(): History {
  const history = aHistory()
  for (const { hours, ...run } of runs) {
    const entry = {
      ...run,
      key: rolloutKey(run),
      strategy: 'canary' as const,
      fromVersion: '1.0',
      revision: 8,
      startedAt: T0 + hours * hour,
      endedAt: T0 + hours * hour + 1000,
      reason: undefined,
      actor: run.id === 'b' ? 'Ada Lovelace' : undefined,
    }
    const words = run.id === 'a' ? 'scaled up replicaset web down' : ''
    history.add([runRow({ entry, uid: 'u', podHash: 'h', fromRevision: 7, seenAt: T0, words })])
  }
  for (const message of ['Scaled up ReplicaSet web', 'Scaled down "web"']) {
    const body = writeBody({
      at: T0,
      who: 'engine',
      kind: 'event',
      type: 'Normal',
      reason: 'Scaled',
      message,
      count: 1,
    })
    history.add([{ table: 'moment', runId: 'a', at: T0, body }])
  }
  const body = JSON.stringify({ spec: { containers: [{ image: 'envoy:3' }, { image: 'harbor.io/shop/Web:1.1' }] } })
  const template = { table: 'template', key: rolloutKey(runs[0]), capturedAt: T0, version: '1.1', body } as const
  history.add([
    { ...template, uid: 'u', revision: 8 },
    { ...template, uid: 'another', revision: 9 },
  ])
  return history
}

describe('searchHistory', () => {
  const found: readonly [filter: string, ids: readonly string[]][] = [
    ['app:checkout', ['a']],
    ['app:checkout*', ['c', 'a']],
    ['app:CHECKOUT,cart', ['b', 'a']],
    ['app:check', []],
    ['cluster:prod-*', ['a']],
    ['cluster:arn:aws/prod_us', ['b']],
    ['cluster:arn:aws/prod!us', []],
    ['cluster:*prod*', ['b', 'a']],
    ['namespace:shop', ['b', 'a']],
    ['namespace:shop app:cart', ['b']],
    ['namespace:sho', []],
    ['actor:ada', ['b']],
    ['actor:"ada lovelace"', ['b']],
    ['actor:bob', []],
    ['outcome:aborted,rolled-back', ['c', 'b']],
    ['outcome:completed checkout', ['a']],
    ['image:2.', ['c', 'b']],
    ['image:web:1.1', ['a']],
    ['image:harbor.io/*/web', ['a']],
    ['image:1.0', []],
    ['since:60h', ['c', 'b']],
    ['since:60h before:10h', ['b']],
    ['"up replicaset"', ['a']],
    ['"scaled down"', ['a']],
    ['"down scaled"', []],
    ['"nobody said"', []],
    ['"ada lovelace" cart', ['b']],
  ]
  for (const [filter, ids] of found)
    it(`${filter} finds ${ids.join(', ') || 'nothing'}`, () => {
      const answer = searchHistory(aFilledHistory(), { filter, limit: 10 }, now)
      expect(answer.ok && answer.value.map(({ id }) => id)).toEqual(ids)
    })

  it('a term that is not known is a failure, not an empty answer', () => {
    expect(searchHistory(aFilledHistory(), { filter: 'appl:checkout', limit: 10 }, now)).toEqual({
      ok: false,
      error: { kind: 'unknownTerm', term: 'appl', text: 'appl:checkout' },
    })
  })
})
