import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { rolloutKey } from '#contract/keys.ts'
import { silentLog } from '#lib/log.ts'
import { createObjectRecorder } from '#main/history/objects/object-recorder.ts'
import { readRecord, searchHistory } from '#main/history/reader.ts'
import { createRecorder } from '#main/history/recorder.ts'
import { statisticsOf } from '#main/history/statistics/statistics.ts'
import { type History, openHistory } from '#main/history/store.ts'
import { filmOf } from '#main/time-travel/film.ts'
import { pastBoard } from '#main/time-travel/past-board.ts'
import { VirtualClock } from '#test/support/virtual-clock.ts'
import { aRelease, type SeenVersion } from './recorded-release.ts'
import { contextOf, nameOf, runId, writeRelease } from './recorded-runs.ts'
import { distribution, type Report, single } from './report.ts'
import type { Section } from './section.ts'

const changesWanted = 1_000_000
const rollouts = 1000
const days = 90
/** As many runs as retention keeps. */
const runsMax = 10_000
const day = 24 * 3_600_000
const samples = 200
const words = [
  'app-7',
  'aborted',
  'latency-p99',
  'nobody-said-this',
  'harbor-3 completed',
  'scaled',
  '"web:2"',
  'shop app-42',
  'app:app-4* outcome:aborted since:30d',
  'cluster:harbor-3 namespace:shop actor:bot',
  'image:1.4711',
  'image:nobody-runs-this',
  '"scaled up replicaset app-7-5"',
]

/** Binding: what a history of a million changes may cost and take. */
const limits = { insertsPerSecond: 20_000, timelineMs: 100, searchMs: 150, megabytes: 2048, openMs: 300, startMs: 200 }

export const history: Section = {
  name: 'history',
  about: 'a history of a million recorded changes: writing, size, search, a past release, start',
  async run({ report }) {
    const folder = mkdtempSync(join(tmpdir(), 'argosy-bench-history-'))
    try {
      await measure(join(folder, 'history.db'), report)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  },
}

async function measure(path: string, report: Report): Promise<void> {
  const clock = new VirtualClock()
  const archive = openHistory({ path, clock, log: silentLog })
  const release = aRelease()
  const releases = Math.ceil(changesWanted / release.length)
  const begin = clock.now()
  const recorder = createObjectRecorder({ history: archive, clock })
  let writingMs = 0
  for (let index = 0; index < releases; index++) {
    await clock.advance(begin + Math.floor((days * day * index) / releases) - clock.now())
    const told = { release, index, begin: clock.now() }
    writingMs += writeRelease(archive, recorder, told)
  }
  recorder.stop()
  report(atLeast('history.insert', (releases * release.length) / (writingMs / 1000), limits.insertsPerSecond))
  report(single('history.changes', 'count', releases * release.length))
  const size = sizeOf(path)
  report(single('history.size', 'MB', size.objects + size.runs))
  // Of runs the newest are kept, of versions those of all 90 days.
  const daily = (size.objects * rollouts * days + size.runs * runsMax) / releases
  report(single('history.size-of-90-days-at-one-release-a-day', 'MB', daily, { target: limits.megabytes }))
  measureReading(archive, { releases, release, begin }, report)
  const board = performance.now()
  await pastBoard(archive, begin + 45 * day, async () => undefined)
  report(single('history.board', 'ms', performance.now() - board))
  const now = begin + days * day
  const figures = performance.now()
  const query = { since: begin, bucket: 'week', troubles: 20 } as const
  await statisticsOf(archive, query, now, () => new Promise((resolve) => setImmediate(resolve)))
  report(single('history.statistics', 'ms', performance.now() - figures))
  archive.close()
  const started = performance.now()
  const again = openHistory({ path, clock, log: silentLog })
  createRecorder({ history: again, clock, log: silentLog })
  createObjectRecorder({ history: again, clock })
  report(single('history.start', 'ms', performance.now() - started, { target: limits.startMs }))
  again.close()
}

function measureReading(
  archive: History,
  {
    releases,
    release,
    begin,
  }: { readonly releases: number; readonly release: readonly SeenVersion[]; readonly begin: number },
  report: Report,
): void {
  const timed = (count: number, task: (index: number) => void): readonly number[] =>
    Array.from({ length: count }, (_, sample) => {
      const started = performance.now()
      task(Math.floor((sample * 7919) % releases))
      return performance.now() - started
    })
  const timeline = timed(samples, (index) => readRecord(archive, runId(index)))
  report(distribution('history.timeline', timeline, { target: limits.timelineMs }))
  const now = begin + days * day
  const search = timed(samples, (index) => {
    const found = searchHistory(archive, { filter: words[index % words.length], limit: 500 }, now)
    if (!found.ok) throw new Error(`no search: ${words[index % words.length]}`)
  })
  report(distribution('history.search', search, { target: limits.searchMs }))
  // The words are everywhere, and nowhere in this order: all timelines are read.
  const phrase = timed(5, () => searchHistory(archive, { filter: '"replicaset scaled up"', limit: 500 }, now))
  report(distribution('history.search-whole-timelines', phrase))
  const lastMs = (release.at(-1)?.afterMs ?? 0) + 1
  const film = timed(samples, (index) => {
    const from = begin + Math.floor((days * day * index) / releases)
    const key = rolloutKey({ context: contextOf(index), namespace: 'shop', name: nameOf(index) })
    const made = filmOf(archive, key, from, from + lastMs)
    if (made === undefined || made.changes.length < 20) throw new Error(`no film of release ${index}`)
  })
  report(distribution('history.past-release', film, { target: limits.openMs }))
}

const atLeast = (bench: string, value: number, target: number) => ({
  ...single(bench, '1/s', value),
  target,
  ok: value >= target,
})

/** MB of what is recorded of objects, and of runs with their moments. */
function sizeOf(path: string): { readonly objects: number; readonly runs: number } {
  const db = new DatabaseSync(path, { readOnly: true })
  const rows = db.prepare('SELECT name, sum(pgsize) AS bytes FROM dbstat GROUP BY name').all()
  db.close()
  const sum = (isWanted: (name: string) => boolean) =>
    rows.reduce((bytes, row) => bytes + (isWanted(String(row['name'])) ? Number(row['bytes']) : 0), 0) / 1e6
  const isOfRuns = (name: string) => /^(run|moment)|_run_/.test(name)
  return { objects: sum((name) => !isOfRuns(name)), runs: sum(isOfRuns) }
}
