import { describe, expect, it } from 'vitest'
import type { HistoryMomentView } from '#contract/views.ts'
import { writeBody } from '#main/history/record-body.ts'
import { readUpdates } from '#main/history/statistics/read-updates.ts'
import { type StatisticsQuery, statisticsOf } from '#main/history/statistics/statistics.ts'
import type { History } from '#main/history/store.ts'
import { aHistory } from '#test/support/builders/history.ts'
import { aPastUpdate, minute, record, type UpdateSketch } from '#test/support/builders/past-update.ts'
import { anUpdatingView, aRolloutView } from '#test/support/builders/rollout-view.ts'
import { anAction, anEvent, aRecording, key, second } from '#test/support/recording.ts'
import { T0 } from '#test/support/virtual-clock.ts'

const day = 24 * 60
const now = T0 + 10 * day * minute
const pause = async () => undefined

function aHistoryOf(...sketches: readonly UpdateSketch[]): History {
  const history = aHistory()
  for (const sketch of sketches) record(history, aPastUpdate(sketch))
  return history
}

async function statistics(history: History, change: Partial<StatisticsQuery> = {}) {
  const told = await statisticsOf(history, { since: T0, bucket: 'day', troubles: 10, ...change }, now, pause)
  if (!told.ok) throw new Error(told.error.kind)
  return told.value
}

const three = [
  { from: 60, to: 70, entry: { reason: 'errors', actor: 'ada', outcome: 'Aborted' as const } },
  { from: day, to: day + 20, entry: { context: 'prod-us' } },
  { from: 3 * day, to: 3 * day + 5, versions: '1.0 3.0', entry: { name: 'cart' } },
] as const

describe('statisticsOf', () => {
  it('tells figures of all, by day without holes, by application and by cluster', async () => {
    const { all, buckets, apps, clusters } = await statistics(aHistoryOf(...three))
    expect(all).toMatchObject({ ended: 3, completed: 2, failed: 1 })
    expect(buckets.map(({ ended }) => ended)).toEqual([1, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0])
    expect(buckets[1]).toMatchObject({ from: Date.parse('2026-01-16'), until: Date.parse('2026-01-17') })
    expect(apps.map(({ name, ended, failed }) => [name, ended, failed])).toEqual([
      ['checkout', 2, 1],
      ['cart', 1, 0],
    ])
    expect(clusters.map(({ context, ended }) => [context, ended])).toEqual([
      ['prod-eu', 2],
      ['prod-us', 1],
    ])
  })

  it('weeks begin on Mondays', async () => {
    const { buckets } = await statistics(aHistoryOf(...three), { bucket: 'week' })
    expect(buckets.map(({ from, ended }) => [new Date(from).toISOString().slice(0, 10), ended])).toEqual([
      ['2026-01-12', 3],
      ['2026-01-19', 0],
    ])
  })

  it('goes by what a search finds, and still knows what came before and elsewhere', async () => {
    const history = aHistoryOf(...three)
    const us = await statistics(history, { filter: 'cluster:prod-us' })
    expect(us.all).toMatchObject({ ended: 1, failed: 0, lead: { count: 1 } })
    const [trouble] = (await statistics(history, { filter: 'outcome:aborted app:checkout' })).troubles
    expect(trouble).toMatchObject({ kind: 'aborted', reason: 'errors', actor: 'ada', restoredAt: undefined })
    expect((await statistics(history, { name: 'cart' })).all.ended).toBe(1)
    expect((await statistics(history, { contexts: ['prod-us'], namespace: 'shop' })).all.ended).toBe(1)
    expect((await statistics(history, { since: T0 + 2 * day * minute })).all.ended).toBe(1)
    expect(
      await statisticsOf(history, { filter: 'clustr:x', since: T0, bucket: 'day', troubles: 1 }, now, pause),
    ).toEqual({
      ok: false,
      error: { kind: 'unknownTerm', term: 'clustr', text: 'clustr:x' },
    })
  })

  it('tells the last failures with who and why: of a version that was taken back those of the way back', async () => {
    const back = { from: 30, to: 34, versions: '2.0 1.0', entry: { actor: 'bob', reason: 'slow checkout' } }
    const { troubles } = await statistics(aHistoryOf({ from: 0, to: 10 }, back, ...three), { troubles: 2 })
    expect(troubles).toMatchObject([
      { kind: 'aborted', failedAt: T0 + 70 * minute, restoredAt: undefined, fromVersion: '1.0', toVersion: '2.0' },
      { kind: 'returned', actor: 'bob', reason: 'slow checkout', restoredAt: T0 + 34 * minute, metrics: [] },
    ])
  })

  it('with nothing recorded tells zeros', async () => {
    const { all, buckets, apps, troubles } = await statistics(aHistory())
    expect([all.ended, buckets.length, apps, troubles]).toEqual([0, 11, [], []])
  })
})

describe('what was recorded', () => {
  it('an abort names the metrics that failed; one that was degraded and recovered says what the cluster said', async () => {
    const { clock, history, recorder } = aRecording()
    recorder.observe(anUpdatingView())
    await clock.advance(10 * second)
    recorder.observe(anUpdatingView({ status: 'Degraded', phase: 'Degraded', message: 'ProgressDeadlineExceeded' }))
    await clock.advance(10 * second)
    recorder.observe(
      aRolloutView({ currentPodHash: 'hash8', stableRS: 'hash8', version: '1.1.0', stableVersion: '1.1.0' }),
    )
    await clock.advance(600 * second)
    const next = anUpdatingView({
      currentPodHash: 'hash9',
      stableRS: 'hash8',
      stableVersion: '1.1.0',
      version: '1.2.0',
    })
    recorder.observe(next)
    recorder.event(
      key,
      anEvent({
        at: clock.now(),
        message: 'Metric "latency-p99" assessed Failed due to failed (3) > failureLimit (2)',
      }),
    )
    recorder.action(key, anAction())
    recorder.observe({ ...next, status: 'Aborted', phase: 'Degraded', message: 'aborted' })
    const told = await statisticsOf(history, { since: T0, bucket: 'day', troubles: 5 }, clock.now(), pause)
    expect(told).toMatchObject({
      value: {
        all: { ended: 2, failed: 2, failures: { aborted: 1, degraded: 1 } },
        troubles: [
          { kind: 'aborted', actor: 'ada', reason: 'errors', metrics: ['latency-p99'] },
          { kind: 'degraded', reason: 'ProgressDeadlineExceeded', failedAt: T0 + 10 * second, metrics: [] },
        ],
      },
    })
  })

  it('UI-HIST-4: what was found ended after a gap is told apart; a gap in the middle does no harm', async () => {
    const history = aHistoryOf(
      { from: 0, to: 100 },
      { from: 200, to: 300, versions: '2.0 3.0' },
      { from: 400, to: 500, versions: '3.0 4.0' },
    )
    const gap = (from: number, until: number): HistoryMomentView => ({
      at: T0 + from * minute,
      until: T0 + until * minute,
      who: 'argosy',
      kind: 'gap',
      why: 'Argosy was closed',
    })
    const add = (runId: string, moment: HistoryMomentView) =>
      history.add([{ table: 'moment', runId, at: moment.at, body: writeBody(moment) }])
    add('prod-eu checkout 0', gap(20, 30))
    add('prod-eu checkout 200', gap(250, 300))
    history.add([{ table: 'moment', runId: 'prod-eu checkout 400', at: T0, body: '"kind":"gap"' }])
    expect((await readUpdates(history, pause)).map(({ isUnseen }) => isUnseen)).toEqual([false, true, false])
  })

  it('one that the cluster told of afterwards is told apart, and a row that cannot be read hides no other', async () => {
    const history = aHistoryOf({ from: 0, to: 1 })
    const { entry, ...rest } = aPastUpdate({ from: 5, to: 6, versions: '2.0 3.0' })
    const body = writeBody({
      ...rest,
      entry: { ...entry, backFilled: true },
      fromRevision: 1,
      seenAt: 0,
      words: 'long',
    })
    const row = { table: 'run', key: entry.key, startedAt: entry.startedAt, search: '' } as const
    history.add([
      { ...row, id: entry.id, body },
      { ...row, id: 'broken', body: '{"entry":{}}' },
    ])
    expect((await readUpdates(history, pause)).map(({ isUnseen }) => isUnseen)).toEqual([false, true])
  })
})
