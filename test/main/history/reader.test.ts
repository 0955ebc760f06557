import { describe, expect, it } from 'vitest'
import type { HistoryEntryView } from '#contract/views.ts'
import { runRow } from '#main/history/open-run.ts'
import { listHistory, readRecord, searchHistory, storedTemplate } from '#main/history/reader.ts'
import { writeBody } from '#main/history/record-body.ts'
import type { History } from '#main/history/store.ts'
import { aHistory } from '#test/support/builders/history.ts'
import { T0 } from '#test/support/virtual-clock.ts'

const anEntry = (change: Partial<HistoryEntryView> = {}): HistoryEntryView => ({
  id: 'a',
  key: 'prod/shop/checkout',
  context: 'prod',
  namespace: 'shop',
  name: 'checkout',
  strategy: 'canary',
  fromVersion: '1.0',
  toVersion: '1.1',
  revision: 8,
  outcome: 'Completed',
  startedAt: T0,
  endedAt: T0 + 1000,
  reason: undefined,
  actor: undefined,
  ...change,
})

const addRun = (history: History, change: Partial<HistoryEntryView>, fromRevision?: number) =>
  history.add([runRow({ entry: anEntry(change), uid: 'u', podHash: 'h', fromRevision, seenAt: T0, words: '' })])

const idsOf = (entries: readonly HistoryEntryView[]) => entries.map(({ id }) => id)

describe('listHistory', () => {
  function aFilledHistory(): History {
    const history = aHistory()
    addRun(history, { id: 'a', startedAt: T0 })
    addRun(history, { id: 'b', startedAt: T0 + 1, name: 'cart', outcome: 'RolledBack', reason: '50% errors' })
    addRun(history, {
      id: 'c',
      startedAt: T0 + 2,
      context: 'stage',
      toVersion: '2.0',
      outcome: 'Aborted',
      actor: 'Ada',
    })
    return history
  }

  it('lists newest first, whole, at most `limit`', () => {
    const history = aFilledHistory()
    expect(idsOf(listHistory(history, { limit: 10 }))).toEqual(['c', 'b', 'a'])
    expect(idsOf(listHistory(history, { limit: 2 }))).toEqual(['c', 'b'])
    expect(listHistory(history, { limit: 10 })[2]).toEqual(anEntry())
  })

  it('continues before a moment', () => {
    expect(idsOf(listHistory(aFilledHistory(), { before: T0 + 2, limit: 10 }))).toEqual(['b', 'a'])
  })

  const filters: readonly [filter: string, ids: readonly string[]][] = [
    ['', ['c', 'b', 'a']],
    ['  ', ['c', 'b', 'a']],
    ['CART', ['b']],
    ['check', ['c', 'a']],
    ['checkout stage', ['c']],
    ['shop', ['c', 'b', 'a']],
    ['2.0', ['c']],
    ['rolledback', ['b']],
    ['rolled back', ['b']],
    ['aborted ada', ['c']],
    ['50%', ['b']],
    ['5_%', []],
    ["' OR 1=1 --", []],
  ]
  for (const [filter, ids] of filters) {
    it(`finds ${ids.join(', ') || 'nothing'} for "${filter}"`, () => {
      const found = searchHistory(aFilledHistory(), { filter, limit: 10 }, T0)
      expect(found.ok && idsOf(found.value)).toEqual(ids)
    })
  }

  it('finds by exact name, namespace and context', () => {
    const history = aFilledHistory()
    expect(idsOf(listHistory(history, { name: 'checkout', limit: 10 }))).toEqual(['c', 'a'])
    expect(idsOf(listHistory(history, { name: 'check', limit: 10 }))).toEqual([])
    expect(idsOf(listHistory(history, { namespace: 'other', limit: 10 }))).toEqual([])
    expect(idsOf(listHistory(history, { contexts: ['stage', 'none'], limit: 10 }))).toEqual(['c'])
  })

  it('a row that cannot be read hides no other', () => {
    const history = aFilledHistory()
    history.add([{ table: 'run', id: 'x', key: 'k', startedAt: T0 + 9, search: '', body: '{"entry":{}}' }])
    expect(idsOf(listHistory(history, { limit: 10 }))).toEqual(['c', 'b', 'a'])
  })
})

describe('readRecord', () => {
  it('tells moments in order of time, and the older of its revisions first', () => {
    const history = aHistory()
    addRun(history, {}, 7)
    const weight = (at: number) => ({ at, who: 'engine', kind: 'weight', setWeight: 1, actualWeight: 1 }) as const
    for (const at of [T0 + 5, T0 + 1]) history.add([{ table: 'moment', runId: 'a', at, body: writeBody(weight(at)) }])
    history.add([{ table: 'moment', runId: 'a', at: T0, body: 'broken' }])
    const template = { table: 'template', key: 'prod/shop/checkout', capturedAt: T0, body: '{}' } as const
    history.add([
      { ...template, uid: 'u', revision: 8, version: '1.1' },
      { ...template, uid: 'u', revision: 7, version: undefined },
      { ...template, uid: 'u', revision: 6, version: '0.9' },
      { ...template, uid: 'another', revision: 8, version: 'wrong' },
    ])
    expect(readRecord(history, 'a')).toEqual({
      entry: anEntry(),
      timeline: [weight(T0 + 1), weight(T0 + 5)],
      revisions: [
        { revision: 7, version: undefined },
        { revision: 8, version: '1.1' },
      ],
    })
  })

  it('is undefined for an unknown id', () => {
    expect(readRecord(aHistory(), 'a')).toBeUndefined()
  })
})

describe('storedTemplate', () => {
  it('gives the latest capture, and nothing for what was never captured or is no template', () => {
    const history = aHistory()
    const row = { table: 'template', key: 'k', revision: 1, version: '1.0' } as const
    const body = (image: string) => JSON.stringify({ spec: { containers: [{ name: 'api', image }] } })
    history.add([
      { ...row, uid: 'first', capturedAt: T0, body: body('a') },
      { ...row, uid: 'second', capturedAt: T0 + 1, body: body('b') },
      { ...row, uid: 'first', revision: 2, capturedAt: T0, body: '{"spec":{}}' },
    ])
    expect(storedTemplate(history, 'k', 1)).toEqual({
      template: { spec: { containers: [{ name: 'api', image: 'b' }] } },
      capturedAt: T0 + 1,
      version: '1.0',
    })
    expect(storedTemplate(history, 'k', 2)).toBeUndefined()
    expect(storedTemplate(history, 'k', 3)).toBeUndefined()
  })
})
