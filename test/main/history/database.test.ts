import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import { backupOf, type Database, openDatabase } from '#main/history/database.ts'
import { migrations } from '#main/history/migrations.ts'
import { aHistoryPath } from '#test/support/builders/history.ts'

const maxBytes = 10 * 1024 ** 2

function opened(path: string): Database {
  const database = openDatabase(path, { mode: 'write', maxBytes })
  if (!database.ok) throw new Error(database.error.message)
  return database.value
}

describe('openDatabase', () => {
  it('makes the folder and the newest schema, and opens the same file again', () => {
    const path = aHistoryPath()
    const database = opened(path)
    database.run('INSERT INTO meta (name, value) VALUES (?, ?)', 'colour', 'blue')
    database.close()
    const again = opened(path)
    expect(again.all('PRAGMA user_version')).toEqual([{ user_version: migrations.length }])
    expect(again.all('SELECT * FROM meta')).toEqual([{ name: 'colour', value: 'blue' }])
    again.close()
  })

  it('brings a file of the first schema up to date and keeps what is in it', () => {
    const path = aHistoryPath()
    const first = new DatabaseSync(path)
    first.exec(`${migrations[0] ?? ''}; PRAGMA user_version = 1`)
    first.exec(`INSERT INTO run VALUES ('a', 'k', 1, '', '{}')`)
    first.close()
    const database = opened(path)
    expect(database.all('SELECT id FROM run')).toEqual([{ id: 'a' }])
    expect(database.all('SELECT * FROM meta')).toEqual([])
    database.close()
    const backup = new DatabaseSync(backupOf(path), { readOnly: true })
    expect(backup.prepare('PRAGMA user_version').get()).toEqual({ user_version: 1 })
    expect(backup.prepare('SELECT id FROM run').all()).toEqual([{ id: 'a' }])
    backup.close()
    expect(statSync(backupOf(path)).mode & 0o777).toBe(0o600)
  })

  it('makes no copy of a file that needs no change', () => {
    const path = aHistoryPath()
    opened(path).close()
    opened(path).close()
    expect(existsSync(backupOf(path))).toBe(false)
  })

  it('calls a file that is no database corrupt, and does not touch it', () => {
    const path = aHistoryPath()
    writeFileSync(path, 'not a database, but long enough to have a header that can be looked at'.repeat(100))
    const before = readFileSync(path, 'utf8')
    expect(openDatabase(path, { mode: 'write', maxBytes })).toMatchObject({ ok: false, error: { kind: 'Corrupt' } })
    expect(readFileSync(path, 'utf8')).toBe(before)
  })

  it('leaves a file of a later Argosy alone', () => {
    const path = aHistoryPath()
    const later = new DatabaseSync(path)
    later.exec(`CREATE TABLE later (x); PRAGMA user_version = ${migrations.length + 1}`)
    later.close()
    const before = readFileSync(path)
    expect(openDatabase(path, { mode: 'write', maxBytes })).toMatchObject({ ok: false, error: { kind: 'Newer' } })
    expect(readFileSync(path).equals(before)).toBe(true)
  })

  it('cannot write where a file stands in place of the folder', () => {
    const path = aHistoryPath()
    writeFileSync(path, '')
    const answer = openDatabase(`${path}/below/history.db`, { mode: 'write', maxBytes })
    expect(answer).toMatchObject({ ok: false, error: { kind: 'NotWritable' } })
  })

  it('reading neither makes a file nor accepts an empty one', () => {
    const path = aHistoryPath()
    expect(openDatabase(path, { mode: 'read', maxBytes })).toMatchObject({ ok: false, error: { kind: 'NotWritable' } })
    writeFileSync(path, '')
    expect(openDatabase(path, { mode: 'read', maxBytes })).toMatchObject({ ok: false, error: { kind: 'Corrupt' } })
  })

  it('a new folder and file are for their owner only', () => {
    const path = `${dirname(aHistoryPath())}/new/history.db`
    opened(path).close()
    expect([dirname(path), path].map((each) => statSync(each).mode & 0o777)).toEqual([0o700, 0o600])
  })
})

describe('transaction', () => {
  it('writes all or nothing, and passes bugs on', () => {
    const database = opened(aHistoryPath())
    const wrongSql = () =>
      database.transaction(() => {
        database.run('INSERT INTO meta (name, value) VALUES (?, ?)', 'a', 'b')
        database.run('INSERT INTO nowhere VALUES (1)')
      })
    expect(wrongSql).toThrow('no such table')
    expect(database.all('SELECT * FROM meta')).toEqual([])
    database.close()
  })
})
