import { expect, it } from 'vitest'
import { type Database, openDatabase } from '#main/history/database.ts'
import { prune as pruneSome } from '#main/history/retention.ts'
import { T0 } from '#test/support/virtual-clock.ts'

const day = 24 * 3_600_000

function aDatabase(): Database {
  const opened = openDatabase(':memory:', { mode: 'write', maxBytes: 100 * 1024 ** 2 })
  if (!opened.ok) throw new Error(opened.error.message)
  opened.value.run('PRAGMA foreign_keys = ON')
  return opened.value
}

/** Until nothing is left, none of the steps larger than some hundred rows. */
function prune(db: Database, now: number): void {
  const changes = () => Number(db.all('SELECT total_changes() AS count')[0]?.['count'])
  for (let isMore = true; isMore; ) {
    const before = changes()
    isMore = pruneSome(db, now)
    expect(changes() - before).toBeLessThan(1000)
  }
}

const addRun = (db: Database, id: string, startedAt: number) =>
  db.run('INSERT INTO run VALUES (?, ?, ?, ?, ?)', id, 'k', startedAt, '', '{}')

it('removes runs after 90 days, and their moments with them', () => {
  const db = aDatabase()
  addRun(db, 'old', T0 - 91 * day)
  addRun(db, 'young', T0 - 89 * day)
  for (const id of ['old', 'young']) db.run('INSERT INTO moment (runId, at, body) VALUES (?, ?, ?)', id, T0, '')
  prune(db, T0)
  expect(db.all('SELECT id FROM run')).toEqual([{ id: 'young' }])
  expect(db.all('SELECT runId FROM moment')).toEqual([{ runId: 'young' }])
})

it('keeps the newest 10,000 runs', () => {
  const db = aDatabase()
  for (let index = 0; index < 10_003; index += 1) addRun(db, String(index), T0 + index)
  prune(db, T0 + 10_003)
  expect(db.all('SELECT count(*) AS count, min(startedAt) AS first FROM run')).toEqual([
    { count: 10_000, first: T0 + 3 },
  ])
})

it('keeps 25 templates of each rollout, however old', () => {
  const db = aDatabase()
  for (let revision = 1; revision <= 27; revision += 1) {
    db.run('INSERT INTO template VALUES (?, ?, ?, ?, ?, ?)', 'a', 'u', revision, T0 - 400 * day + revision, null, '')
  }
  db.run('INSERT INTO template VALUES (?, ?, ?, ?, ?, ?)', 'b', 'u', 1, T0 - 900 * day, null, '')
  prune(db, T0)
  expect(db.all('SELECT key, count(*) AS count, min(revision) AS first FROM template GROUP BY key')).toEqual([
    { key: 'a', count: 25, first: 3 },
    { key: 'b', count: 1, first: 1 },
  ])
})

it('a run goes with all its moments, and many runs not at once', () => {
  const db = aDatabase()
  for (let index = 0; index < 600; index += 1) {
    addRun(db, String(index), T0 - 91 * day + index)
    for (let at = 0; at < 5; at += 1)
      db.run('INSERT INTO moment (runId, at, body) VALUES (?, ?, ?)', String(index), at, '')
  }
  prune(db, T0)
  expect(db.all('SELECT (SELECT count(*) FROM run) AS runs, (SELECT count(*) FROM moment) AS moments')).toEqual([
    { runs: 0, moments: 0 },
  ])
})

it('keeps the newest 1,000 plans and 50,000 of their events', () => {
  const db = aDatabase()
  for (let index = 0; index < 1600; index += 1)
    db.run('INSERT INTO plan VALUES (?, ?, ?, 0, ?)', `2026-${String(index).padStart(5, '0')}`, 'c', 'n', '')
  for (let index = 0; index < 50_600; index += 1)
    db.run('INSERT INTO planEvent (planId, at, body) VALUES (?, ?, ?)', 'p', index, '')
  prune(db, T0)
  expect(db.all('SELECT count(*) AS count, min(id) AS first FROM plan')).toEqual([{ count: 1000, first: '2026-00600' }])
  expect(db.all('SELECT count(*) AS count, min(at) AS first FROM planEvent')).toEqual([{ count: 50_000, first: 600 }])
})

it('ACT-15: the journal outlives the runs', () => {
  const db = aDatabase()
  db.run('INSERT INTO journal (at, key, body) VALUES (?, ?, ?)', T0 - 400 * day, 'k', '')
  addRun(db, 'old', T0 - 400 * day)
  prune(db, T0)
  expect(db.all('SELECT count(*) AS count FROM journal')).toEqual([{ count: 1 }])
})
