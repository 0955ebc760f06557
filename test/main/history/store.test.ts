import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import type { Notice } from '#contract/views.ts'
import { silentLog } from '#lib/log.ts'
import type { HistoryRow } from '#main/history/history-row.ts'
import { migrations } from '#main/history/migrations.ts'
import { openHistory, readHistory } from '#main/history/store.ts'
import { aHistory, aHistoryPath } from '#test/support/builders/history.ts'
import { T0, VirtualClock } from '#test/support/virtual-clock.ts'

const aRun = (id: string, body = '{}'): HistoryRow => ({
  table: 'run',
  id,
  key: 'c/n/app',
  startedAt: T0,
  search: '',
  body,
})

const countRuns = 'SELECT count(*) AS count FROM run'

describe('openHistory', () => {
  it('stores what was added within a second, in one transaction', async () => {
    const [clock, path] = [new VirtualClock(), aHistoryPath()]
    const history = aHistory({ clock, path })
    history.add([aRun('a')])
    history.add([aRun('b'), { table: 'moment', runId: 'a', at: T0, body: '{}' }])
    await clock.advance(1000)
    const other = readHistory({ path, clock, log: silentLog })
    expect(other.ok && other.value.all(countRuns)).toEqual([{ count: 2 }])
    if (other.ok) other.value.close()
    expect(clock.pending).toBe(0)
  })

  it('readers see what was added a moment ago, and closing loses nothing', () => {
    const [clock, path] = [new VirtualClock(), aHistoryPath()]
    const history = aHistory({ clock, path })
    history.add([aRun('a')])
    expect(history.all(countRuns)).toEqual([{ count: 1 }])
    history.add([aRun('b')])
    history.close()
    history.close()
    expect(aHistory({ clock, path }).all(countRuns)).toEqual([{ count: 2 }])
  })

  it('moves a damaged file aside, whole, says so, and begins a new one', () => {
    const path = aHistoryPath()
    const damaged = 'these bytes are somebody else’s '.repeat(300)
    writeFileSync(path, damaged)
    const history = aHistory({ path })
    const aside = readdirSync(dirname(path)).find((name) => name.includes('.damaged-')) ?? ''
    expect(readFileSync(`${dirname(path)}/${aside}`, 'utf8')).toBe(damaged)
    expect(history.mode).toBe('file')
    expect(history.notices).toMatchObject([{ id: 'history.damaged', severity: 'warning' }])
    expect(history.notices[0]?.detail).toContain(aside)
    history.add([aRun('a')])
    expect(history.all(countRuns)).toEqual([{ count: 1 }])
  })

  it('leaves a file of a later Argosy as it is and keeps this session in memory', () => {
    const path = aHistoryPath()
    const later = new DatabaseSync(path)
    later.exec(`CREATE TABLE later (x); PRAGMA user_version = ${migrations.length + 1}`)
    later.close()
    const before = readFileSync(path)
    const history = aHistory({ path })
    history.add([aRun('a')])
    expect(history.all(countRuns)).toEqual([{ count: 1 }])
    history.close()
    expect(history.mode).toBe('memory')
    expect(history.notices[0]).toMatchObject({ id: 'history.memory' })
    expect(history.notices[0]?.detail).toContain('a later Argosy')
    expect(readFileSync(path).equals(before)).toBe(true)
  })

  it('keeps the session in memory where nothing can be written', () => {
    const inTheWay = aHistoryPath()
    writeFileSync(inTheWay, '')
    const history = aHistory({ path: `${inTheWay}/history.db` })
    expect(history.mode).toBe('memory')
    history.add([aRun('a')])
    expect(history.all(countRuns)).toEqual([{ count: 1 }])
    expect(history.notices).toMatchObject([{ id: 'history.memory' }])
  })
})

describe('a file that cannot be opened at the start', () => {
  const openedInTheWay = () => {
    const [clock, inTheWay] = [new VirtualClock(), aHistoryPath()]
    writeFileSync(inTheWay, '')
    const path = `${inTheWay}/history.db`
    const history = aHistory({ clock, path })
    const told: Notice[] = []
    history.onNotice((notice) => told.push(notice))
    return { clock, inTheWay, path, history, told }
  }
  const moment: HistoryRow = { table: 'moment', runId: 'a', at: T0, body: '1', mark: 'e' }

  it('W9: is tried again, takes what is in memory, and that is told once', async () => {
    const { clock, inTheWay, path, history, told } = openedInTheWay()
    history.add([aRun('a'), moment, { table: 'journal', at: T0, key: 'k', body: '{}' }])
    await clock.advance(3600_000)
    expect(told).toEqual([])
    expect(clock.pending).toBe(1)

    rmSync(inTheWay)
    history.add([aRun('b')])
    await clock.advance(300_000)
    expect(told).toEqual([
      {
        id: 'history.memory',
        severity: 'info',
        title: 'History is being written again',
        detail: `What was kept in memory is in ${path} now.`,
      },
    ])
    expect({ mode: history.mode, notices: history.notices, pending: clock.pending }).toEqual({
      mode: 'file',
      notices: [],
      pending: 0,
    })
    history.add([aRun('c')])
    await clock.advance(1000)
    const other = readHistory({ path, clock, log: silentLog })
    expect(other.ok && other.value.all('SELECT id FROM run ORDER BY id')).toEqual([
      { id: 'a' },
      { id: 'b' },
      { id: 'c' },
    ])
    expect(other.ok && other.value.all('SELECT runId, at, body, mark FROM moment')).toEqual([
      { runId: 'a', at: T0, body: '1', mark: 'e' },
    ])
    expect(other.ok && other.value.all('SELECT count(*) AS count FROM journal')).toEqual([{ count: 1 }])
    if (other.ok) other.value.close()
  })

  it('is tried a last time when Argosy ends', () => {
    const { clock, inTheWay, path, history } = openedInTheWay()
    history.add([aRun('a')])
    rmSync(inTheWay)
    history.close()
    expect(aHistory({ clock, path }).all(countRuns)).toEqual([{ count: 1 }])
    expect(clock.pending).toBe(0)
  })

  it('a file of a later Argosy is never tried again', async () => {
    const [clock, path] = [new VirtualClock(), aHistoryPath()]
    const later = new DatabaseSync(path)
    later.exec(`PRAGMA user_version = ${migrations.length + 1}`)
    later.close()
    expect(aHistory({ clock, path }).mode).toBe('memory')
    expect(clock.pending).toBe(0)
  })
})

/** A history whose disk has room for its schema and little more. */
function aFullHistory() {
  const [clock, path] = [new VirtualClock(), aHistoryPath()]
  const history = aHistory({ clock, path, maxBytes: 184 * 1024, keepBytes: 2 ** 30 })
  const told: Notice[] = []
  history.onNotice((notice) => told.push(notice))
  return { clock, path, history, told }
}

const big = JSON.stringify({ text: 'x'.repeat(40 * 1024) })

/** Somebody makes room: the pages of what was deleted are free again. */
function makeRoom(path: string): void {
  const other = new DatabaseSync(path)
  other.exec(`DELETE FROM run WHERE id = 'big'`)
  other.close()
}

describe('a full disk', () => {
  it('is told once, loses nothing, and is written when there is room again', async () => {
    const { clock, path, history, told } = aFullHistory()
    history.add([aRun('big', big)])
    await clock.advance(1000)
    history.add([aRun('a', big), aRun('b')])
    await clock.advance(1000)
    expect(told).toMatchObject([{ id: 'history.unwritten', severity: 'warning' }])
    expect(history.notices).toEqual(told)
    expect(history.all(countRuns)).toEqual([{ count: 1 }])

    await clock.advance(5000)
    history.add([aRun('c')])
    expect(told).toHaveLength(1)

    makeRoom(path)
    await clock.advance(60_000)
    expect(history.all('SELECT id FROM run ORDER BY id')).toEqual([{ id: 'a' }, { id: 'b' }, { id: 'c' }])
    expect(told.at(-1)).toMatchObject({ id: 'history.unwritten', severity: 'info', detail: 'Nothing was lost.' })
    expect(history.notices).toEqual([])
  })

  it('keeps the newest 20,000 entries and says how many did not fit', async () => {
    const { clock, path, history, told } = aFullHistory()
    history.add([aRun('big', big)])
    await clock.advance(1000)
    history.add([aRun('a', big)])
    await clock.advance(1000)
    history.add(Array.from({ length: 20_005 }, () => aRun('b')))
    makeRoom(path)
    await clock.advance(600_000)
    expect(told.at(-1)).toMatchObject({
      id: 'history.unwritten',
      severity: 'info',
      detail: '6 entries did not fit and are lost.',
    })
    expect(history.all('SELECT id FROM run')).toEqual([{ id: 'b' }])
  })
})

describe('rows', () => {
  it('a run is updated in place and keeps its moments; a moment of an unknown run is dropped', () => {
    const history = aHistory()
    history.add([aRun('a'), { table: 'moment', runId: 'a', at: T0, body: '1' }, aRun('a', '{"ended":true}')])
    history.add([{ table: 'moment', runId: 'gone', at: T0, body: '2' }])
    expect(history.all('SELECT body FROM run')).toEqual([{ body: '{"ended":true}' }])
    expect(history.all('SELECT runId, body FROM moment')).toEqual([{ runId: 'a', body: '1' }])
  })

  it('a moment of the same mark takes the place of the former; in another run it is another', () => {
    const history = aHistory()
    const moment = { table: 'moment', runId: 'a', at: T0, body: '1', mark: 'e' } as const
    history.add([aRun('a'), aRun('b'), moment, { ...moment, at: T0 + 1, body: '2' }, { ...moment, runId: 'b' }])
    expect(history.all('SELECT runId, at, body FROM moment ORDER BY runId')).toEqual([
      { runId: 'a', at: T0 + 1, body: '2' },
      { runId: 'b', at: T0, body: '1' },
    ])
  })

  it('the first capture of a template stands, and so does the first value of a fact', () => {
    const history = aHistory()
    const template = { table: 'template', key: 'k', uid: 'u', revision: 1, version: undefined } as const
    history.add([
      { ...template, capturedAt: 1, body: 'first' },
      { ...template, capturedAt: 2, body: 'second' },
      { table: 'meta', name: 'n', value: 'first' },
      { table: 'meta', name: 'n', value: 'second' },
    ])
    expect(history.all('SELECT capturedAt, body FROM template')).toEqual([{ capturedAt: 1, body: 'first' }])
    expect(history.all('SELECT value FROM meta')).toEqual([{ value: 'first' }])
  })
})

describe('readHistory', () => {
  it('reads while another process writes, and fails where there is no history', () => {
    const [clock, path] = [new VirtualClock(), aHistoryPath()]
    expect(readHistory({ path, clock, log: silentLog })).toMatchObject({ ok: false, error: { kind: 'NotWritable' } })
    expect(existsSync(path)).toBe(false)
    const writer = openHistory({ path, clock, log: silentLog })
    writer.add([aRun('a')])
    writer.all(countRuns)
    const reader = readHistory({ path, clock, log: silentLog })
    expect(reader.ok && reader.value.all(countRuns)).toEqual([{ count: 1 }])
    if (reader.ok) reader.value.close()
    writer.close()
  })
})
