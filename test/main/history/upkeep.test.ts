import { createHash } from 'node:crypto'
import { statSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import type { KubeObject } from '#api/meta.ts'
import { migrations } from '#main/history/migrations.ts'
import { objectAt, recordedObjects, recordGaps } from '#main/history/objects/object-reader.ts'
import { createObjectRecorder } from '#main/history/objects/object-recorder.ts'
import type { History } from '#main/history/store.ts'
import { verifyHistory } from '#main/history/verify.ts'
import { aHistory, aHistoryPath } from '#test/support/builders/history.ts'
import { T0, VirtualClock } from '#test/support/virtual-clock.ts'

const mib = 1024 ** 2
const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

/** Text that no compression makes smaller than half. */
const noise = (seed: number, length: number): string =>
  Array.from({ length: Math.ceil(length / 64) }, (_, index) =>
    createHash('sha256').update(`${seed} ${index}`).digest('hex'),
  ).join('')

const apps = 3

const anObject = (app: number, version: number): KubeObject =>
  ({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { namespace: 'shop', name: `app-${app}`, uid: `uid-${app}`, resourceVersion: String(version) },
    status: { version, text: noise(version, 700) },
  }) as KubeObject

const versionAt = (history: History, app: number, at: number): number | undefined => {
  const [found] = recordedObjects(history, { context: 'eu', kind: 'rollouts', name: `app-${app}` })
  const object = found && objectAt(history, found.id, at)
  return (object as { readonly status?: { readonly version: number } } | undefined)?.status?.version
}

/** Records one version every ten seconds, each of the next app, and what else a session writes beside it. */
function aSession(path: string, clock: VirtualClock, keepBytes: number) {
  const history = aHistory({ path, clock, keepBytes, maxBytes: 2 * keepBytes })
  const recorder = createObjectRecorder({ history, clock })
  recorder.complete('eu', true, clock.now())
  const truth: { readonly at: number; readonly app: number; readonly version: number }[] = []
  const record = async (versions: number): Promise<void> => {
    for (let index = 0; index < versions; index++) {
      const [version, app, at] = [truth.length, truth.length % apps, clock.now()]
      recorder.seen('eu', 'rollouts', anObject(app, version), at)
      truth.push({ at, app, version })
      if (version % 25 === 0) {
        const id = `run-${version}`
        const body = JSON.stringify({ entry: { outcome: 'Healthy' }, text: noise(version, 200) })
        history.add([
          { table: 'journal', at, key: 'eu/shop/app', body: JSON.stringify({ version }) },
          { table: 'run', id, key: 'eu/shop/app', startedAt: at, search: '', body },
          { table: 'moment', runId: id, at, body },
        ])
      }
      await clock.advance(10_000)
    }
  }
  const wasAt = (app: number, at: number) => truth.findLast((each) => each.app === app && each.at <= at)?.version
  return { history, recorder, record, wasAt, truth }
}

const pagesOf = (history: History) => ({
  all: Number(history.all('PRAGMA page_count')[0]?.['page_count']),
  free: Number(history.all('PRAGMA freelist_count')[0]?.['freelist_count']),
})
const bytesOf = (history: History): number => pagesOf(history).all * 4096

describe('a history that grows without end', () => {
  it('W9: stays within its bound, is never full, holds the newest whole, and the journal from its beginning', async () => {
    const [path, clock] = [aHistoryPath(), new VirtualClock()]
    const { history, record, wasAt } = aSession(path, clock, mib)
    for (let round = 0; round < 4; round++) {
      await record(700)
      expect(bytesOf(history)).toBeLessThan(1.1 * mib)
    }
    expect(history.notices).toEqual([])
    for (let app = 0; app < apps; app++) expect(versionAt(history, app, clock.now())).toBe(wasAt(app, clock.now()))
    expect(history.all('SELECT count(*) AS count, min(id) AS first FROM journal')).toEqual([{ count: 112, first: 1 }])
    expect(verifyHistory(history).map(({ verdict }) => verdict.isUnbroken)).toEqual([true, true])
    expect(history.all('SELECT count(*) AS count FROM run')).toEqual([{ count: 112 }])
  })

  it('UI-HIST-4: before what was removed the past is a gap, and after it every moment is as it was', async () => {
    const [path, clock] = [aHistoryPath(), new VirtualClock()]
    const { history, record, recorder, wasAt, truth } = aSession(path, clock, mib)
    await record(3000)
    recorder.upToNow()
    const gaps = recordGaps(history, 'eu', T0, clock.now())
    expect(gaps).toEqual([{ from: T0, until: expect.any(Number) }])
    const begin = gaps[0]?.until ?? 0
    expect(begin).toBeGreaterThan(T0 + hour)
    expect(begin).toBeLessThan(clock.now() - hour)
    const later = truth.filter(({ at }, index) => at >= begin && index % 5 === 0)
    for (const { at } of later)
      for (let app = 0; app < apps; app++) expect(versionAt(history, app, at)).toBe(wasAt(app, at))
    expect(versionAt(history, 0, T0 + minute)).toBeUndefined()
  })

  it('an object that nothing has happened to for long is there to the end, and one that is gone makes room', async () => {
    const [path, clock] = [aHistoryPath(), new VirtualClock()]
    const { history, record, recorder } = aSession(path, clock, mib)
    recorder.seen('eu', 'rollouts', anObject(90, 90_000), clock.now())
    recorder.seen('eu', 'rollouts', anObject(91, 91_000), clock.now())
    await record(400)
    recorder.gone('eu', 'rollouts', anObject(91, 91_000), clock.now())
    await record(2600)
    expect(versionAt(history, 90, clock.now())).toBe(90_000)
    expect(recordedObjects(history, { context: 'eu', kind: 'rollouts', name: 'app-91' })).toEqual([])
  })

  it('no step holds the file for more than some hundred rows', async () => {
    const [path, clock] = [aHistoryPath(), new VirtualClock()]
    const first = aSession(path, clock, 100 * mib)
    await first.record(3000)
    first.recorder.stop()
    first.history.close()
    const history = aHistory({ path, clock, keepBytes: mib })
    const changes = () => Number(history.stored('SELECT total_changes() AS count')[0]?.['count'])
    history.add([{ table: 'meta', name: 'one', value: 'more' }])
    await clock.advance(500)
    let steps = 0
    for (let before = changes(); clock.pending > 0; before = changes()) {
      await clock.advance(100)
      expect(changes() - before).toBeLessThan(1000)
      steps++
    }
    expect(steps).toBeGreaterThan(1)
    const { all, free } = pagesOf(history)
    expect((all - free) * 4096).toBeLessThan(mib)
  })

  it('once there are no more versions to remove, runs that have ended make room, and those under way stay', async () => {
    const clock = new VirtualClock()
    const history = aHistory({ clock, keepBytes: mib, maxBytes: 2 * mib })
    for (let index = 0; index < 600; index++) {
      const entry = { outcome: index === 3 ? 'Running' : 'Healthy' }
      const body = JSON.stringify({ entry, text: noise(index, 3000) })
      const id = `run-${String(index).padStart(3, '0')}`
      history.add([{ table: 'run', id, key: 'k', startedAt: T0 + index, search: '', body }])
      await clock.advance(10_000)
    }
    expect(bytesOf(history)).toBeLessThan(1.1 * mib)
    const ids = history.all('SELECT id FROM run ORDER BY startedAt').map(({ id }) => id)
    expect([ids[0], ids.at(-1)]).toEqual(['run-003', 'run-599'])
    expect(ids.length).toBeGreaterThan(150)
    expect(history.notices).toEqual([])
  })
})

describe('pages that became free', () => {
  const large = JSON.stringify({ entry: { outcome: 'Healthy' }, text: noise(1, 100_000) })
  const runs = Array.from({ length: 100 }, (_, index) => ({
    table: 'run' as const,
    id: String(index),
    key: 'k',
    startedAt: T0 + index,
    search: '',
    body: large,
  }))

  it('are given back to the disk, some at once', async () => {
    const [path, clock] = [aHistoryPath(), new VirtualClock()]
    const history = aHistory({ path, clock })
    history.add(runs)
    await clock.advance(minute)
    const before = statSync(path).size
    await clock.advance(91 * day)
    history.add([{ table: 'meta', name: 'a', value: 'b' }])
    await clock.advance(minute)
    expect(history.all('SELECT count(*) AS count FROM run')).toEqual([{ count: 0 }])
    expect(bytesOf(history)).toBeLessThan(before - 4 * mib)
    expect(pagesOf(history).free).toBeLessThan(1024)
    expect(clock.pending).toBe(0)
  })

  it('of a file that was begun by an earlier Argosy are used again before it grows', async () => {
    const [path, clock] = [aHistoryPath(), new VirtualClock()]
    const earlier = new DatabaseSync(path)
    migrations.forEach((step, index) => earlier.exec(`${step}; PRAGMA user_version = ${index + 1}`))
    earlier.close()
    const history = aHistory({ path, clock, keepBytes: 2 * mib, maxBytes: 3 * mib })
    for (let index = 0; index < 400; index++) {
      const body = JSON.stringify({ entry: { outcome: 'Healthy' }, text: noise(index, 30_000) })
      history.add([{ table: 'run', id: `r${index}`, key: 'k', startedAt: T0 + index, search: '', body }])
      await clock.advance(10_000)
    }
    expect(history.all('PRAGMA auto_vacuum')).toEqual([{ auto_vacuum: 0 }])
    expect(bytesOf(history)).toBeLessThan(2.2 * mib)
    expect(history.notices).toEqual([])
  })
})

describe('every hour', () => {
  it('what is past its time goes, and not more often', async () => {
    const clock = new VirtualClock()
    const history = aHistory({ clock })
    const aRun = (id: string) => ({
      table: 'run' as const,
      id,
      key: 'k',
      startedAt: T0 - 91 * day,
      search: '',
      body: '{}',
    })
    const ids = async (id: string) => {
      history.add([aRun(id)])
      await clock.advance(minute)
      return history.all('SELECT id FROM run').map((row) => row['id'])
    }
    expect(await ids('a')).toEqual([])
    expect(await ids('b')).toEqual(['b'])
    await clock.advance(hour)
    expect(await ids('c')).toEqual([])
    expect(clock.pending).toBe(0)
  })

  it('also where each process lives for a moment only', () => {
    const path = aHistoryPath()
    const history = aHistory({ path })
    history.add([{ table: 'run', id: 'a', key: 'k', startedAt: T0 - 91 * day, search: '', body: '{}' }])
    history.close()
    expect(aHistory({ path }).all('SELECT id FROM run')).toEqual([])
  })

  it('UI-HIST-4: a stretch that crosses the cut-off is whole from there on only, while it goes on as well', async () => {
    const [path, clock] = [aHistoryPath(), new VirtualClock()]
    const history = aHistory({ path, clock })
    const seldom = { now: () => clock.now(), elapsed: () => clock.elapsed(), after: () => () => undefined }
    const recorder = createObjectRecorder({ history, clock: seldom })
    recorder.complete('eu', true, clock.now())
    for (let version = 0; version < 240; version++) {
      recorder.seen('eu', 'rollouts', anObject(1, version), clock.now())
      recorder.upToNow()
      await clock.advance(10 * hour)
    }
    recorder.upToNow()
    const cutOff = clock.now() - 90 * day
    const gaps = recordGaps(history, 'eu', T0, clock.now())
    expect(gaps).toEqual([{ from: T0, until: expect.any(Number) }])
    expect(Math.abs((gaps[0]?.until ?? 0) - cutOff)).toBeLessThan(12 * hour)
    expect(recordGaps(history, 'eu', T0, T0 + 1)).toHaveLength(1)
    expect(recordGaps(history, 'eu', cutOff + 12 * hour, clock.now())).toEqual([])
    expect(versionAt(history, 1, cutOff + 12 * hour)).toBe(Math.floor((cutOff + 12 * hour - T0) / (10 * hour)))
    recorder.stop()
  })
})
