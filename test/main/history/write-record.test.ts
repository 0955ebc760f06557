import { hostname, userInfo } from 'node:os'
import { describe, expect, it } from 'vitest'
import { exportRecord } from '#main/history/export.ts'
import { prune } from '#main/history/retention.ts'
import { createWriteRecord, type RecordedWrite } from '#main/history/write-record.ts'
import { listWritten } from '#main/history/written.ts'
import { aHistory } from '#test/support/builders/history.ts'
import { T0, VirtualClock } from '#test/support/virtual-clock.ts'

const aWrite = (change: Partial<RecordedWrite> = {}): RecordedWrite => ({
  at: T0,
  context: 'prod-eu',
  user: 'ada@corp',
  verb: 'patch',
  resource: 'rollouts.argoproj.io',
  subresource: undefined,
  namespace: 'shop',
  name: 'checkout',
  cause: { action: 'promote', reason: 'green', rule: 'ACT-35', summary: 'End the pause' },
  code: 200,
  body: { type: 'application/merge-patch+json', text: '{"spec":{"paused":null}}' },
  problem: undefined,
  resourceVersion: '8',
  ...change,
})

const aRenewal = (change: Partial<RecordedWrite> = {}, spec: object = {}): RecordedWrite =>
  aWrite({
    verb: 'update',
    resource: 'leases.coordination.k8s.io',
    namespace: 'argo-rollouts',
    name: 'argo-rollouts-controller-lock',
    cause: undefined,
    body: { type: '', text: JSON.stringify({ spec: { holderIdentity: 'me', leaseTransitions: 1, ...spec } }) },
    ...change,
  })

function aRecord() {
  const clock = new VirtualClock()
  const history = aHistory({ clock })
  const record = createWriteRecord({ history, clock, via: 'window' })
  const lines = () => [...exportRecord(history)].map((line) => JSON.parse(line))
  return { clock, history, record, lines }
}

describe('ACT-15: the record of writes', () => {
  it('says who, when, from where, why, what exactly, and what came of it', () => {
    const { record, lines } = aRecord()
    record.add(aWrite())
    expect(lines()).toEqual([
      {
        record: 'write',
        id: 1,
        time: new Date(T0).toISOString(),
        context: 'prod-eu',
        user: 'ada@corp',
        account: userInfo().username,
        host: hostname(),
        via: 'window',
        by: 'person',
        verb: 'patch',
        resource: 'rollouts.argoproj.io',
        subresource: null,
        namespace: 'shop',
        name: 'checkout',
        code: 200,
        action: 'promote',
        reason: 'green',
        rule: 'ACT-35',
        summary: 'End the pause',
        problem: null,
        resourceVersion: '8',
        request: { type: 'application/merge-patch+json', body: { spec: { paused: null } } },
      },
    ])
  })

  it('what no person asked for is of the engine', () => {
    const { record, history } = aRecord()
    record.add(aWrite({ cause: { rule: 'CAN-22', summary: 'Scale' }, code: undefined }))
    record.add(aWrite({ cause: undefined, name: 'cart', code: 409 }))
    expect(listWritten(history, { limit: 10 })).toMatchObject([
      { by: 'engine', name: 'cart', code: 409 },
      { by: 'engine', rule: 'CAN-22', code: undefined },
    ])
    expect(listWritten(history, { limit: 10, name: 'cart' })).toHaveLength(1)
    expect(listWritten(history, { limit: 10, contexts: ['elsewhere'] })).toEqual([])
    expect(listWritten(history, { limit: 1 })).toMatchObject([{ name: 'cart' }])
  })

  it('holds no secret, and of what is very large only a print', () => {
    const { record, history } = aRecord()
    const env = [{ name: 'API_TOKEN', value: 'hunter2' }]
    record.add(aWrite({ body: { type: '', text: JSON.stringify({ spec: { containers: [{ env }] } }) } }))
    record.add(aWrite({ body: { type: '', text: JSON.stringify({ text: 'x'.repeat(300_000) }) } }))
    record.add(aWrite({ resource: 'secrets', body: { type: '', text: '{"data":{"a":"aHVudGVyMg=="}}' } }))
    const bodies = history.all('SELECT body FROM written').map(({ body }) => String(body))
    expect(bodies.join('\n')).not.toMatch(/hunter2|aHVudGVyMg|xxxx/)
    expect(bodies[0]).toMatch(/\[secret [0-9a-f]{16}\]/)
    expect(JSON.parse(bodies[1] ?? '')).toMatchObject({ request: { bytes: 300_011, sha256: expect.any(String) } })
  })
})

describe('ACT-15: renewals of a lease', () => {
  it('are counted, while taking it, giving it back and a refusal stand by themselves', async () => {
    const { record, lines, clock } = aRecord()
    record.add(aRenewal({ at: T0 + 1 }))
    for (let i = 2; i < 5; i++) record.add(aRenewal({ at: T0 + i }))
    record.add(aRenewal({ at: T0 + 5, code: 409 }))
    record.add(aRenewal({ at: T0 + 6 }, { leaseTransitions: 3 }))
    record.add(aRenewal({ at: T0 + 7 }, { leaseTransitions: 3 }))
    record.add(aRenewal({ at: T0 + 8 }, { holderIdentity: '' }))
    await clock.advance(1000)
    expect(lines().map(({ code, renewals }) => [code, renewals ?? 'one'])).toEqual([
      [200, 'one'],
      [200, { count: 3, since: T0 + 2, until: T0 + 4 }],
      [409, 'one'],
      [200, 'one'],
      [200, { count: 1, since: T0 + 7, until: T0 + 7 }],
      [200, 'one'],
    ])
  })

  it('are stored every ten minutes and at the end, and of two clusters apart', async () => {
    const { record, history, clock } = aRecord()
    for (const context of ['a', 'b']) for (let i = 0; i < 3; i++) record.add(aRenewal({ context }))
    await clock.advance(600_000)
    expect(listWritten(history, { limit: 10 }).map(({ context, count }) => [context, count])).toEqual([
      ['b', 2],
      ['a', 2],
      ['b', 1],
      ['a', 1],
    ])
    record.add(aRenewal({ context: 'a' }))
    record.stop()
    expect(listWritten(history, { limit: 1 })).toMatchObject([{ context: 'a', count: 1, verb: 'update' }])
    expect(clock.pending).toBe(0)
  })
})

it('ACT-15, SR-6: what a person writes to a lease is no renewal of its holder', () => {
  const { record, lines } = aRecord()
  record.add(aRenewal())
  record.add(aRenewal({ cause: { action: 'keepDriving', reason: 'not now' } }))
  record.add(aRenewal())
  expect(lines()).toMatchObject([{ by: 'engine' }, { by: 'person', action: 'keepDriving', reason: 'not now' }])
  record.stop()
  expect(lines().at(-1)).toMatchObject({ renewals: { count: 1 } })
})

describe('ACT-15: the record cannot be edited', () => {
  it('no row of it changes or goes before its time', () => {
    const { record, history } = aRecord()
    record.add(aWrite())
    history.add([{ table: 'journal', at: T0, key: 'a/b/c', body: '{}' }])
    for (const table of ['written', 'journal'])
      for (const statement of [`UPDATE ${table} SET body = ''`, `DELETE FROM ${table}`])
        expect(() => history.all(statement)).toThrow('the record cannot be edited')
    expect([...exportRecord(history)]).toHaveLength(2)
  })

  it('retention takes the oldest once there are too many, and no others', () => {
    const { history } = aRecord()
    const rows = Array.from({ length: 12 }, (_, i) => ({ table: 'journal' as const, at: T0 + i, key: '', body: '{}' }))
    history.add(rows)
    history.all(`INSERT INTO journal (id, at, key, body) VALUES (50010, ${T0 + 99}, '', '{}')`)
    const db = { all: history.all.bind(history), run: history.all.bind(history) }
    prune({ ...db, transaction: () => ({ ok: true, value: undefined }), close: () => undefined }, T0)
    expect(history.all('SELECT min(id) AS first FROM journal')).toEqual([{ first: 11 }])
  })
})

describe('ACT-15: the export', () => {
  it('has actions and writes in order of time, of some contexts or since some time, and what cannot be read as it is', () => {
    const { history, record, lines } = aRecord()
    record.add(aWrite({ at: T0 + 2 }))
    history.add([
      { table: 'journal', at: T0 + 1, key: 'a/b/c', body: '{"context":"a","action":"pause"}' },
      { table: 'journal', at: T0 + 3, key: 'a/b/c', body: '{"context"' },
    ])
    expect(lines()).toMatchObject([
      { record: 'action', action: 'pause' },
      { record: 'write' },
      { record: 'action', unreadable: '{"context"' },
    ])
    expect([...exportRecord(history, { contexts: ['a'] })]).toHaveLength(1)
    expect([...exportRecord(history, { since: T0 + 2 })]).toHaveLength(2)
  })

  it('goes past a page', () => {
    const { history, record } = aRecord()
    for (let i = 0; i < 1203; i++) record.add(aWrite({ name: `r${i}`, at: T0 + (i % 7) }))
    expect(new Set([...exportRecord(history)].map((line) => JSON.parse(line).name)).size).toBe(1203)
  })
})
