import { DatabaseSync } from 'node:sqlite'
import fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'
import { chainNames, verifyChain } from '#main/history/chain.ts'
import { appendEntry, headOf, placesOf, pruneChain } from '#main/history/chain-store.ts'
import { type Database, openDatabase } from '#main/history/database.ts'
import { copyRows } from '#main/history/history-row.ts'
import { migrations } from '#main/history/migrations.ts'
import { aHistoryPath } from '#test/support/builders/history.ts'

function opened(path: string, mode: 'write' | 'append' = 'write'): Database {
  const database = openDatabase(path, { mode, maxBytes: 50 * 1024 ** 2 })
  if (!database.ok) throw new Error(database.error.message)
  return database.value
}

const verdict = (db: Database, name: 'journal' | 'written' = 'journal') => {
  const head = headOf(db, name)
  if (head === undefined) throw new Error('no chain')
  return verifyChain(name, head, placesOf(db, name))
}

const anEntry = (body: string) => ({ at: 1000, subject: 'prod-eu/shop/checkout', body })

const append = (db: Database, ...bodies: readonly string[]) =>
  expect(
    db.transaction(() => {
      for (const body of bodies) appendEntry(db, 'journal', anEntry(body))
    }),
  ).toMatchObject({ ok: true })

describe('the chain in the file', () => {
  it('W10: two processes that append in turns make one chain', () => {
    const path = aHistoryPath()
    const [window, cli] = [opened(path), opened(path, 'append')]
    for (let round = 0; round < 20; round++) {
      append(window, `window ${round}`, `window ${round} again`)
      append(cli, `cli ${round}`)
    }
    expect(verdict(window)).toEqual({ isUnbroken: true, entries: 60, withheld: 0 })
    expect(verdict(cli)).toEqual(verdict(window))
    for (const db of [window, cli]) db.close()
  })

  it('an append that fails leaves no link behind', () => {
    const db = opened(':memory:')
    append(db, 'a')
    expect(() =>
      db.transaction(() => {
        appendEntry(db, 'journal', anEntry('b'))
        throw new Error('stopped')
      }),
    ).toThrow('stopped')
    append(db, 'c')
    expect(verdict(db)).toMatchObject({ entries: 2 })
  })

  it('half a character in a name breaks nothing', () => {
    const db = opened(':memory:')
    db.transaction(() => appendEntry(db, 'journal', { at: 1, subject: 'cluster \ud83d', body: '"\ud83d"' }))
    expect(verdict(db)).toMatchObject({ entries: 1 })
  })

  it('what a file held before it had chains is taken over, and the chain says so', () => {
    const path = aHistoryPath()
    const older = new DatabaseSync(path)
    older.exec(`${migrations.slice(0, 6).join(';')}; PRAGMA user_version = 6`)
    for (let index = 0; index < 1203; index++)
      older.prepare('INSERT INTO journal (at, key, body) VALUES (?, ?, ?)').run(index, 'a/b/c', `{"n":${index}}`)
    older.close()
    const db = opened(path)
    append(db, 'new')
    expect(headOf(db, 'journal')).toMatchObject({ first: 1, last: 1204, takenOver: 1203 })
    expect(verdict(db)).toMatchObject({ entries: 1204 })
    expect(verdict(db, 'written')).toMatchObject({ entries: 0 })
    expect(Math.abs((headOf(db, 'journal')?.beganAt ?? 0) - Date.now())).toBeLessThan(60_000)
    db.close()
  })

  it('what retention removes leaves an anchor, and the rest stays proven', () => {
    const db = opened(':memory:')
    db.run('DROP TRIGGER journal_stays')
    append(db, ...Array.from({ length: 30 }, (_, index) => String(index)))
    pruneChain(db, 'journal', 10)
    pruneChain(db, 'journal', 10)
    expect(headOf(db, 'journal')).toMatchObject({ first: 21, last: 30 })
    expect(verdict(db)).toEqual({ isUnbroken: true, entries: 10, withheld: 0 })
    append(db, 'more')
    pruneChain(db, 'journal', 10)
    expect(verdict(db)).toEqual({ isUnbroken: true, entries: 10, withheld: 0 })
  })

  it('retention does not cover up what somebody has removed', () => {
    const db = opened(':memory:')
    db.run('DROP TRIGGER journal_stays')
    append(db, ...Array.from({ length: 12 }, (_, index) => String(index)))
    db.run('DELETE FROM journal WHERE id = 1')
    pruneChain(db, 'journal', 20)
    expect(verdict(db)).toEqual({ isUnbroken: false, id: 1, what: 'removed' })
  })

  it('an entry that somebody put behind the last stops no other, and is found', () => {
    const db = opened(':memory:')
    append(db, 'a')
    db.run("INSERT INTO journal (at, key, body) VALUES (1, 'k', 'forged')")
    append(db, 'b')
    expect(verdict(db)).toEqual({ isUnbroken: false, id: 2, what: 'inserted' })
  })

  it('a session in memory is chained on to the file that it is moved to', () => {
    const [memory, file] = [opened(':memory:'), opened(':memory:')]
    append(file, 'a')
    append(memory, 'b', 'c')
    copyRows(memory, file)
    expect(verdict(file)).toEqual({ isUnbroken: true, entries: 3, withheld: 0 })
  })

  it('links are not edited with the tools that edit rows', () => {
    const db = opened(':memory:')
    append(db, 'a')
    expect(() => db.run("UPDATE link SET hash = 'x'")).toThrow('the record cannot be edited')
  })

  it('W10: whatever single value of the record is changed in the file, it is found', () => {
    const columns = [
      ['journal', ['at', 'key', 'body', 'id']],
      ['link', ['salt', 'hash', 'id', 'name']],
      ['chain', ['first', 'anchor', 'last', 'head']],
    ] as const
    const cells = columns.flatMap(([table, names]) => names.map((name) => ({ table, name })))
    const edit = fc.record({
      cell: fc.constantFrom(...cells),
      row: fc.nat(9),
      value: fc.integer({ min: 100, max: 1e9 }),
    })
    fc.assert(
      fc.property(edit, ({ cell: { table, name }, row, value }) => {
        const db = opened(':memory:')
        onTestFinished(() => db.close())
        append(db, ...Array.from({ length: 10 }, (_, index) => `entry ${index}`))
        for (const each of ['journal_is_kept', 'link_is_kept']) db.run(`DROP TRIGGER ${each}`)
        const where = table === 'chain' ? `name = 'journal' AND ? >= 0` : 'id = ?'
        db.run(`UPDATE ${table} SET ${name} = ? WHERE ${where}`, name === 'name' ? 'other' : value, row + 1)
        expect(verdict(db)).toMatchObject({ isUnbroken: false })
      }),
      { numRuns: 300, seed: 10 },
    )
    expect(chainNames).toEqual(['journal', 'written'])
  })
})
