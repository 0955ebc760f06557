import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, describe, expect, it, onTestFinished } from 'vitest'
import type { KubeObject } from '#api/meta.ts'
import { silentLog } from '#lib/log.ts'
import { recordGaps } from '#main/history/objects/object-reader.ts'
import { createObjectRecorder } from '#main/history/objects/object-recorder.ts'
import { type History, type HistoryOptions, openHistory } from '#main/history/store.ts'
import { verifyHistory } from '#main/history/verify.ts'
import { aHistoryPath } from '#test/support/builders/history.ts'
import { T0, VirtualClock } from '#test/support/virtual-clock.ts'

const pageBytes = 4096
const runs = 300

const folder = mkdtempSync(join(tmpdir(), 'argosy-recovery-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A history of some hundred runs and acts, and of versions of objects in packs and beside them. */
async function written(): Promise<{ readonly file: Buffer; readonly wal: Buffer }> {
  const path = join(folder, 'whole.db')
  const clock = new VirtualClock()
  const history = openHistory({ path, clock, log: silentLog })
  history.add([{ table: 'meta', name: 'aFact', value: 'the key' }])
  for (let index = 0; index < runs; index++) {
    const body = JSON.stringify({ text: `${index} `.repeat(120) })
    history.add([
      { table: 'run', id: `run-${index}`, key: 'eu/shop/web', startedAt: T0 + index, search: `web ${index}`, body },
      { table: 'moment', runId: `run-${index}`, at: T0 + index, body },
      { table: 'moment', runId: `run-${index}`, at: T0 + index + 1, body },
      { table: 'journal', at: T0 + index, key: 'eu/shop/web', body },
      { table: 'plan', id: `plan-${index}`, context: 'eu', namespace: 'shop', isDriven: false, body },
    ])
  }
  const recorder = createObjectRecorder({ history, clock })
  recorder.complete('eu', true, clock.now())
  for (let index = 0; index < 3000; index++) {
    recorder.seen('eu', 'rollouts', anObject(index % 30, index), clock.now())
    await clock.advance(1000)
  }
  recorder.stop()
  // The log of writes of a session that was killed.
  history.all('SELECT 1')
  const rest = { file: readFileSync(path), wal: readFileSync(`${path}-wal`) }
  history.close()
  return { file: readFileSync(path), wal: rest.wal }
}

const anObject = (number: number, version: number) =>
  ({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { namespace: 'shop', name: `app-${number}`, uid: `uid-${number}`, resourceVersion: String(version) },
    status: { version, text: `version ${version} of app-${number} `.repeat(8) },
  }) as KubeObject

const whole = await written()

/** Every row of a file, as one text each. */
function rowsOf(path: string): ReadonlySet<string> {
  const db = new DatabaseSync(path, { readOnly: true })
  const queries = {
    meta: 'SELECT name, value FROM meta',
    run: 'SELECT id, key, startedAt, search, body FROM run',
    moment: 'SELECT runId, at, body FROM moment',
    journal: 'SELECT id, at, key, body FROM journal',
    plan: 'SELECT id, context, body FROM plan',
    object: 'SELECT id, context, kind, name, uid FROM object',
    version: 'SELECT objectId, at, place, form, body FROM version',
    pack: 'SELECT objectId, since, hex(body) AS body FROM pack',
  }
  const rows = Object.entries(queries).flatMap(([table, query]) =>
    db
      .prepare(query)
      .all()
      .map((row) => `${table} ${JSON.stringify(row)}`),
  )
  db.close()
  return new Set(rows)
}

const wholePath = join(folder, 'whole.db')
const allRows = rowsOf(wholePath)

/** Opens what was made of the file, and lets it take its time. */
async function openedFrom(bytes: Buffer, options: Partial<HistoryOptions> = {}) {
  const [path, clock] = [aHistoryPath(), new VirtualClock()]
  writeFileSync(path, bytes)
  const history = openHistory({ path, clock, log: silentLog, ...options })
  onTestFinished(() => history.close())
  await clock.advance(60_000)
  return { path, clock, history }
}

const asideOf = (path: string): string | undefined => {
  const name = readdirSync(dirname(path)).find((each) => /\.damaged-[^.]*$/.test(each))
  return name === undefined ? undefined : join(dirname(path), name)
}

const worksOn = (history: History): void => {
  history.add([{ table: 'run', id: 'new', key: 'k', startedAt: T0, search: '', body: '{}' }])
  expect(history.all(`SELECT id FROM run WHERE id = 'new'`)).toEqual([{ id: 'new' }])
  expect(history.mode).toBe('file')
}

/** Which rows of the whole file are in it, and how many that are not from there. */
function compared(path: string) {
  const rows = rowsOf(path)
  const back = [...rows].filter((row) => allRows.has(row)).length
  return { back, foreign: rows.size - back }
}

/** Numbers that look random and are the same every time. */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

const pages = whole.file.length / pageBytes

describe('a file that ends too early', () => {
  const cuts = Array.from({ length: 24 }, (_, index) => Math.floor(((index + 0.37) * whole.file.length) / 24))

  it.each(cuts)('cut at byte %i: moved aside as it is, what is left of it is back, and Argosy goes on', async (cut) => {
    const bytes = whole.file.subarray(0, cut)
    const { path, history } = await openedFrom(bytes)
    const aside = asideOf(path) ?? ''
    expect(readFileSync(aside).equals(bytes)).toBe(true)
    expect(history.notices).toMatchObject([{ id: 'history.damaged', severity: 'warning' }])
    expect(history.notices[0]?.detail).toContain(aside)
    expect(history.notices[0]?.detail).not.toContain('is being read')
    worksOn(history)
    const { back, foreign } = compared(path)
    expect(foreign).toBe(1)
    // Pages are written in the order of their tables' growth: some of most tables is in each part of the file.
    expect(back).toBeGreaterThan(cut > whole.file.length * 0.9 ? allRows.size / 3 : -1)
  })

  it('an empty one is a new one', async () => {
    const { path, history } = await openedFrom(Buffer.alloc(0))
    expect(history.notices).toEqual([])
    expect(asideOf(path)).toBeUndefined()
    worksOn(history)
  })
})

describe('bytes that have changed', () => {
  it.each(Array.from({ length: 36 }, (_, seed) => seed))(
    'seed %i: Argosy starts, and nothing is made up',
    async (seed) => {
      const random = seeded(seed)
      const bytes = Buffer.from(whole.file)
      const hits = 1 + Math.floor(random() * 6)
      for (let hit = 0; hit < hits; hit++) {
        const page = Math.floor(random() * pages)
        const length = random() < 0.5 ? 1 : pageBytes
        const from = page * pageBytes + Math.floor(random() * (pageBytes - length + 1))
        for (let at = from; at < from + length; at++) bytes[at] = Math.floor(random() * 256)
      }
      const { path, history } = await openedFrom(bytes)
      worksOn(history)
      const aside = asideOf(path)
      // What nobody noticed at the start may be noticed now: reading all of it must not stop anybody.
      for (const table of ['run', 'moment', 'journal', 'plan', 'object', 'version', 'pack'])
        history.all(`SELECT * FROM ${table}`)
      if (aside === undefined) return
      expect(readFileSync(aside).equals(bytes)).toBe(true)
      const { back, foreign } = compared(path)
      const isReadable = !history.notices.some(({ detail }) => detail.includes('Nothing of it could be read'))
      expect(back > 0 || !isReadable).toBe(true)
      // A page holds forty rows at most.
      expect(foreign).toBeLessThanOrEqual(1 + hits * 40)
    },
  )

  it.each([
    ['moment', true],
    ['journal', false],
  ] as const)('W10: with a page of %s lost, the proof of the record holds: %s', async (table, holds) => {
    const bytes = Buffer.from(whole.file)
    const page = leafOf(table)
    bytes.fill(0xee, (page - 1) * pageBytes, page * pageBytes)
    const { history } = await openedFrom(bytes)
    history.add([{ table: 'journal', at: T0 + runs, key: 'eu/shop/web', body: '{"text":"after it"}' }])
    expect(history.all('SELECT count(*) AS count FROM journal WHERE at = ?', T0 + runs)).toEqual([{ count: 1 }])
    const journal = verifyHistory(history).find(({ name }) => name === 'journal')
    expect(journal?.verdict.isUnbroken).toBe(holds)
    expect(journal?.head.last).toBe(runs + 1)
  })

  it('one damaged page of a table costs the rows of that page', async () => {
    const bytes = Buffer.from(whole.file)
    const page = leafOf('journal')
    bytes.fill(0xee, (page - 1) * pageBytes, page * pageBytes)
    const { path, history } = await openedFrom(bytes)
    expect(history.notices[0]?.detail).toContain('1 place could not be read')
    const rows = rowsOf(path)
    const lost = [...allRows].filter((row) => !rows.has(row))
    expect(lost.length).toBeGreaterThan(0)
    expect(lost.length).toBeLessThan(20)
    expect(lost.every((row) => row.startsWith('journal '))).toBe(true)
    expect(history.all(`SELECT value FROM meta WHERE name = 'aFact'`)).toEqual([{ value: 'the key' }])
    expect(recordGaps(history, 'eu', T0 + 1000, T0 + 2000)).toEqual([])
  })

  it('UI-HIST-4: where versions of objects are lost the past is told as a gap', async () => {
    const bytes = Buffer.from(whole.file)
    const page = leafOf('pack')
    bytes.fill(0xee, (page - 1) * pageBytes, page * pageBytes)
    const { history } = await openedFrom(bytes)
    expect(recordGaps(history, 'eu', T0 + 1000, T0 + 2000)).toEqual([{ from: T0 + 1000, until: T0 + 2000 }])
  })
})

/** The number of a page with rows of a table in the middle of it. */
function leafOf(table: string): number {
  const db = new DatabaseSync(wholePath, { readOnly: true })
  const leaves = db.prepare(`SELECT pageno FROM dbstat WHERE name = ? AND pagetype = 'leaf' ORDER BY path`).all(table)
  db.close()
  return Number(leaves[Math.floor(leaves.length / 2)]?.['pageno'])
}

describe('what lies beside the file', () => {
  it('a log of writes and an index of it that fit nothing stop nobody, and are kept', async () => {
    const [path, clock] = [aHistoryPath(), new VirtualClock()]
    writeFileSync(path, whole.file)
    writeFileSync(`${path}-wal`, Buffer.concat([Buffer.alloc(32, 7), whole.wal]))
    writeFileSync(`${path}-shm`, Buffer.alloc(32_768, 9))
    const history = openHistory({ path, clock, log: silentLog })
    worksOn(history)
    expect(compared(path).back).toBe(allRows.size)
    history.close()
  })

  it('the log of a damaged file goes aside with it', async () => {
    const [path, clock] = [aHistoryPath(), new VirtualClock()]
    const bytes = Buffer.from(whole.file)
    bytes.fill(0xee, (leafOf('journal') - 1) * pageBytes, leafOf('journal') * pageBytes)
    writeFileSync(path, bytes)
    writeFileSync(`${path}-wal`, whole.wal)
    const history = openHistory({ path, clock, log: silentLog })
    const aside = asideOf(path) ?? ''
    expect(readFileSync(aside).equals(bytes)).toBe(true)
    expect(readFileSync(`${aside}-wal`).equals(whole.wal)).toBe(true)
    worksOn(history)
    history.close()
  })
})

describe('a large file', () => {
  const options = { wholeCheckMax: 0 }

  it('is not read whole when it is opened, but a minute later, and then not for a day', async () => {
    const checked: string[] = []
    const checkWhole = async (path: string) => {
      checked.push(path)
      return 'ok'
    }
    const { path, clock, history } = await openedFrom(whole.file, { ...options, checkWhole })
    expect(checked).toEqual([path])
    await clock.advance(20 * 3_600_000)
    history.close()
    const again = openHistory({ path, clock, log: silentLog, ...options, checkWhole })
    await clock.advance(3_600_000)
    expect(checked).toHaveLength(1)
    await clock.advance(4 * 3_600_000)
    expect(checked).toHaveLength(2)
    again.close()
  })

  it('that is found damaged by then is replaced while the window is open', async () => {
    const bytes = Buffer.from(whole.file)
    bytes.fill(0xee, (leafOf('moment') - 1) * pageBytes, leafOf('moment') * pageBytes)
    const answers = ['a page is damaged']
    const checkWhole = async () => answers.pop() ?? 'ok'
    const { path, clock, history } = await openedFrom(bytes, { ...options, checkWhole })
    await clock.advance(60_000)
    expect(history.notices).toMatchObject([{ id: 'history.damaged' }])
    expect(history.notices[0]?.detail).toContain('a page is damaged')
    expect(history.lost).toBe(1)
    worksOn(history)
    expect(compared(path).back).toBeGreaterThan(allRows.size * 0.95)
  })

  it('that is found damaged by somebody who reads it answers from what could be brought back', async () => {
    const bytes = Buffer.from(whole.file)
    bytes.fill(0xee, (leafOf('run') - 1) * pageBytes, leafOf('run') * pageBytes)
    const { history } = await openedFrom(bytes, { ...options, checkWhole: () => new Promise(() => {}) })
    expect(history.notices).toEqual([])
    const ids = history.all('SELECT id, body FROM run')
    expect(ids.length).toBeGreaterThan(runs * 0.8)
    expect(ids.length).toBeLessThan(runs)
    expect(history.notices).toMatchObject([{ id: 'history.damaged' }])
    worksOn(history)
  })

  it('the check itself finds a damaged page, and nothing in a whole file', async () => {
    const { checkInThread } = await import('#main/history/integrity.ts')
    expect(await checkInThread(wholePath)).toBe('ok')
    const path = aHistoryPath()
    copyFileSync(wholePath, path)
    expect(await checkInThread(path)).toBe('ok')
    truncateSync(path, whole.file.length - 3 * pageBytes)
    expect(await checkInThread(path)).not.toBe('ok')
  })
})

it('a salvage that is broken off is gone on with at the next start', async () => {
  const [path, clock] = [aHistoryPath(), new VirtualClock()]
  const bytes = Buffer.from(whole.file)
  bytes.fill(0xee, (leafOf('journal') - 1) * pageBytes, leafOf('journal') * pageBytes)
  writeFileSync(path, bytes)
  const first = openHistory({ path, clock, log: silentLog })
  await clock.advance(120)
  first.close()
  expect(existsSync(`${asideOf(path) ?? ''}.unfinished`)).toBe(true)
  expect(compared(path).back).toBeLessThan(allRows.size * 0.9)
  const again = openHistory({ path, clock, log: silentLog })
  await clock.advance(60_000)
  again.close()
  expect(existsSync(`${asideOf(path) ?? ''}.unfinished`)).toBe(false)
  const { back, foreign } = compared(path)
  expect(back).toBeGreaterThan(allRows.size * 0.98)
  expect(foreign).toBe(0)
})

it.skipIf(process.platform !== 'linux')('in a folder where no file can be made the session is kept in memory', () => {
  const history = openHistory({ path: '/proc/history.db', clock: new VirtualClock(), log: silentLog })
  expect(history.mode).toBe('memory')
  history.close()
})
