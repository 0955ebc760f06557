import { describe, expect, it } from 'vitest'
import { createWriteRecord, type RecordedWrite } from '#main/history/write-record.ts'
import { pageOfWritten, readWrite, writtenContexts } from '#main/history/written.ts'
import { wantedBy } from '#main/history/written-filter.ts'
import { aHistory } from '#test/support/builders/history.ts'
import { T0, VirtualClock } from '#test/support/virtual-clock.ts'

const aWrite = (change: Partial<RecordedWrite> = {}): RecordedWrite => ({
  at: T0,
  context: 'prod-eu',
  user: 'ada@corp',
  verb: 'patch',
  resource: 'rollouts.argoproj.io',
  subresource: 'status',
  namespace: 'shop',
  name: 'checkout',
  cause: { action: 'promote', reason: 'green', rule: 'ACT-35', summary: 'End the pause' },
  code: 200,
  body: { type: 'application/merge-patch+json', text: '{"status":{"pauseConditions":null}}' },
  problem: undefined,
  resourceVersion: '8',
  ...change,
})

const secretEnv = JSON.stringify({
  spec: { template: { spec: { containers: [{ name: 'web', env: [{ name: 'DB_PASSWORD', value: 'hunter2' }] }] } } },
})

function aRecord(...writes: readonly RecordedWrite[]) {
  const clock = new VirtualClock()
  const history = aHistory({ clock })
  const record = createWriteRecord({ history, clock, via: 'window' })
  for (const write of writes) record.add(write)
  return history
}

/** All pages, from the newest on. */
function pages(history: ReturnType<typeof aHistory>, query: Omit<Parameters<typeof pageOfWritten>[1], 'before'>) {
  const found = []
  let page = pageOfWritten(history, query)
  for (;;) {
    found.push(page.rows.map(({ id }) => id))
    if (page.next === undefined) return found
    page = pageOfWritten(history, { ...query, before: page.next })
  }
}

describe('ACT-15: writes page by page', () => {
  it('are all there once, newest first, also of one cluster', () => {
    const history = aRecord(...[1, 2, 3, 4, 5].map((n) => aWrite({ context: n % 2 === 0 ? 'prod-us' : 'prod-eu' })))
    expect(pages(history, { limit: 2 }).flat()).toEqual([5, 4, 3, 2, 1])
    expect(pages(history, { limit: 2, context: 'prod-us' }).flat()).toEqual([4, 2])
    expect(pages(history, { limit: 2, context: 'nowhere' })).toEqual([[]])
    expect(writtenContexts(history)).toEqual(['prod-eu', 'prod-us'])
  })

  it('a page ends after 5,000 rows of which none matches, and tells where to go on', () => {
    const history = aRecord(aWrite({ name: 'ledger' }), ...Array.from({ length: 6_000 }, () => aWrite()))
    const first = pageOfWritten(history, { filter: 'object:ledger', limit: 500 })
    expect(first).toEqual({ rows: [], next: 1_002 })
    const second = pageOfWritten(history, { filter: 'object:ledger', limit: 500, before: first.next })
    expect(second.rows.map(({ id }) => id)).toEqual([1])
    expect(second.next).toBeUndefined()
  })

  it('one is read whole: what was sent, what was answered; secrets stay prints', () => {
    const history = aRecord(
      aWrite({ code: 409, problem: 'modified', body: { type: 'application/json', text: secretEnv } }),
      aWrite({ resource: 'secrets', body: { type: 'application/json', text: '{"data":{"a":"Yg=="}}' } }),
    )
    const first = readWrite(history, 1)
    expect(first).toMatchObject({
      code: 409,
      problem: 'modified',
      via: 'window',
      resourceVersion: '8',
      reason: 'green',
    })
    expect(first?.body?.type).toBe('application/json')
    expect(first?.body?.text).toContain('"DB_PASSWORD"')
    expect(first?.body?.text).not.toContain('hunter2')
    expect(readWrite(history, 2)?.body).toEqual({
      type: 'application/json',
      text: undefined,
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      bytes: 21,
    })
    expect(readWrite(history, 3)).toBeUndefined()
  })
})

describe('ACT-15: what is looked for', () => {
  const entry = {
    ...{
      context: 'prod-eu',
      verb: 'patch',
      resource: 'rollouts.argoproj.io',
      subresource: 'status',
      namespace: 'shop',
    },
    ...{ name: 'checkout', code: 200, by: 'person', user: 'ada@corp', account: 'ada', host: 'rome' },
    ...{ action: 'promote', rule: 'ACT-35', summary: 'End the pause', reason: 'p99 is green' },
  }
  const one = { all: () => [{ id: 1, at: T0, body: JSON.stringify(entry) }] }
  const [view] = pageOfWritten(one, { limit: 1 }).rows
  it.each([
    ['', true],
    ['CHECKOUT green', true],
    ['checkout red', false],
    ['who:ada@rome', true],
    ['who:checkout', false],
    ['object:shop/checkout', true],
    ['object:rollouts.argoproj.io/status', true],
    ['object:green', false],
    ['cluster:prod who:ADA object:checkout act-35', true],
    ['cluster:us', false],
    ['other:ada', false],
    ['200', true],
  ])('%j: %s', (filter, isFound) => {
    if (view === undefined) throw new Error('not read')
    expect(wantedBy({ filter })(view)).toBe(isFound)
    expect(wantedBy({ filter, by: 'engine' })(view)).toBe(false)
  })
})
