import { describe, expect, it } from 'vitest'
import type { RolloutView } from '#contract/views.ts'
import type { Told, ToldUpdate } from '#main/history/back-fill.ts'
import type { ContextGap } from '#main/history/context-gaps.ts'
import { readRecord } from '#main/history/reader.ts'
import type { History } from '#main/history/store.ts'
import { aHistoryPath } from '#test/support/builders/history.ts'
import { anUpdatingView, aRolloutView } from '#test/support/builders/rollout-view.ts'
import { anEvent, aRecording, entries, key, kindsOf, second, timelineOf } from '#test/support/recording.ts'
import { T0, VirtualClock } from '#test/support/virtual-clock.ts'

const minute = 60 * second
const at = (minutes: number) => T0 + minutes * minute

const update = (revision: number, minutes: number): ToldUpdate => ({
  podHash: `hash${revision}`,
  revision,
  version: `1.${revision - 7}.0`,
  startedAt: at(minutes),
  from: { podHash: `hash${revision - 1}`, revision: revision - 1, version: `1.${revision - 8}.0` },
})

const moment = (minutes: number, reason = 'RolloutChanged') => ({
  mark: `told ${at(minutes)} ${reason}`,
  moment: {
    ...{ at: at(minutes), who: 'kubectl-edit', backFilled: true, kind: 'event' as const },
    ...{ type: 'Normal' as const, reason, message: 'Last change by kubectl-edit', count: 1 },
  },
})

const stable = (revision: number) =>
  aRolloutView({
    ...{ version: `1.${revision - 7}.0`, stableVersion: `1.${revision - 7}.0`, revision, stableRevision: revision },
    ...{ currentPodHash: `hash${revision}`, stableRS: `hash${revision}` },
  })

const told = (more: Partial<Told> = {}): Told => ({ updates: [], endedAt: undefined, moments: [], ...more })

/** Recorded until `at(5)`, with a run under way where `first` is one; closed until `at(500)`. */
async function afterANight(first: RolloutView | undefined, second: (gap: ContextGap) => Told, view: RolloutView) {
  const [path, clock] = [aHistoryPath(), new VirtualClock()]
  const evening = aRecording(path, clock)
  if (first !== undefined) evening.recorder.observe(first)
  await clock.advance(5 * minute)
  evening.history.add([{ table: 'span', context: 'prod-eu', since: T0, until: clock.now() }])
  evening.recorder.stop()
  evening.history.close()
  await clock.advance(495 * minute)
  const morning = aRecording(path, clock)
  const gaps: ContextGap[] = []
  const tell = (gap: ContextGap) => {
    gaps.push(gap)
    return second(gap)
  }
  const answer = morning.recorder.observe(view, tell)
  return { ...morning, path, gaps, answer }
}

const summary = (history: History) =>
  entries(history).map(({ revision, outcome, startedAt, endedAt, backFilled }) => [
    revision,
    outcome,
    (startedAt - T0) / minute,
    endedAt === undefined ? undefined : (endedAt - T0) / minute,
    backFilled === true,
  ])

describe('UI-HIST-4: a night that nobody saw', () => {
  it('the gap is that from the last recorded moment of the context to the first sight of it', async () => {
    const { gaps, answer } = await afterANight(stable(7), () => told(), stable(7))
    expect(gaps).toEqual([{ at: at(5), until: at(500), why: 'Argosy was closed' }])
    expect(answer).toBeUndefined()
  })

  it('updates that began and ended in it are runs of their own: the newest completed, those before it superseded', async () => {
    const night = told({ updates: [update(8, 10), update(9, 20)], endedAt: at(42), moments: [moment(9.9), moment(43)] })
    const { history, answer } = await afterANight(stable(7), () => night, stable(9))
    expect(summary(history)).toEqual([
      [9, 'Completed', 20, 42, true],
      [8, 'Superseded', 10, 20, true],
    ])
    expect(entries(history)[0]).toMatchObject({ fromVersion: '1.1.0', toVersion: '1.2.0' })
    expect(answer).toMatchObject({ at: at(5) })
    const last = timelineOf(history)
    expect(last[0]).toMatchObject({ at: at(20), kind: 'gap', until: at(42), why: 'Argosy was closed' })
    expect(last.filter(({ kind }) => kind !== 'gap').every(({ backFilled }) => backFilled)).toBe(true)
    expect(last.filter(({ kind }) => kind === 'status')).toMatchObject([{ at: at(42), status: 'Healthy' }])
    expect(last.at(-1)).toMatchObject({ at: at(43), kind: 'event' })
    expect(timelineOf(history, 1)).toMatchObject([
      { at: at(9.9), who: 'kubectl-edit' },
      { at: at(10), kind: 'gap' },
    ])
  })

  it('one that is stable while the next is under way was completed before that, and the next goes on', async () => {
    const view = anUpdatingView({
      ...{ stableRS: 'hash8', stableVersion: '1.1.0' },
      revision: 9,
      currentPodHash: 'hash9',
    })
    const night = told({ updates: [update(8, 10), update(9, 480)] })
    const { history, clock, recorder } = await afterANight(stable(7), () => night, view)
    expect(summary(history)).toEqual([
      [9, 'Running', 480, undefined, false],
      [8, 'Completed', 10, 480, true],
    ])
    expect(timelineOf(history)[0]).toMatchObject({ at: at(480), kind: 'gap', until: at(500) })
    expect(timelineOf(history)[1]).toMatchObject({ at: at(500), kind: 'status' })
    await clock.advance(minute)
    recorder.observe(stable(9))
    expect(summary(history)[0]).toEqual([9, 'Completed', 480, 501, false])
  })

  it('an abort and a way back are told as such', async () => {
    const aborted = anUpdatingView({ status: 'Aborted', phase: 'Degraded', message: 'RolloutAborted: metric failed' })
    const night = told({ updates: [update(8, 10)], endedAt: at(12) })
    const first = await afterANight(stable(7), () => night, aborted)
    expect(summary(first.history)).toEqual([[8, 'Aborted', 10, 12, true]])
    expect(entries(first.history)[0]).toMatchObject({ reason: 'RolloutAborted: metric failed' })
    const back = await afterANight(stable(7), () => night, { ...stable(7), revision: 9 })
    expect(summary(back.history)).toEqual([[8, 'RolledBack', 10, 12, true]])
  })

  it('one that was under way before it ends when the cluster says so', async () => {
    const { history } = await afterANight(anUpdatingView(), () => told({ endedAt: at(30) }), stable(8))
    expect(summary(history)).toEqual([[8, 'Completed', 0, 30, false]])
    expect(timelineOf(history).find(({ kind }) => kind === 'gap')).toMatchObject({ at: at(5), until: at(30) })
    expect(timelineOf(history).at(-1)).toMatchObject({ at: at(30), backFilled: true })
  })

  it('one that was under way before it, and is stable or gone when others began, ended before them', async () => {
    const next = told({ updates: [update(9, 100)], endedAt: at(120) })
    const superseded = await afterANight(anUpdatingView(), () => next, stable(9))
    expect(summary(superseded.history)).toEqual([
      [9, 'Completed', 100, 120, true],
      [8, 'Superseded', 0, 100, false],
    ])
    const view = anUpdatingView({ stableRS: 'hash8', revision: 9, currentPodHash: 'hash9' })
    const completed = await afterANight(anUpdatingView(), () => told({ updates: [update(9, 100)] }), view)
    expect(summary(completed.history)).toEqual([
      [9, 'Running', 100, undefined, false],
      [8, 'Completed', 0, 100, false],
    ])
  })

  it('nothing is told twice, in this session or the next', async () => {
    const night = told({ updates: [update(8, 10)], endedAt: at(42), moments: [moment(11)] })
    const { history, recorder, clock, path } = await afterANight(stable(7), () => night, stable(8))
    const [before, runs] = [timelineOf(history), summary(history)]
    recorder.afterwards(key, night.moments)
    expect(timelineOf(history)).toEqual(before)
    recorder.stop()
    history.close()
    await clock.advance(minute)
    const again = aRecording(path, clock)
    again.recorder.observe(stable(8), () => night)
    expect(timelineOf(again.history)).toEqual(before)
    expect(summary(again.history)).toEqual(runs)
  })

  it('events of that time come later, and are told of their own run; one of them may say that it was completed', async () => {
    const night = told({ updates: [update(8, 10), update(9, 20)], endedAt: at(42) })
    const { history, recorder } = await afterANight(stable(7), () => night, stable(9))
    const message = 'Rollout completed update to revision 8 (hash8): Completed all 4 canary steps'
    recorder.event(key, anEvent({ id: 'a', at: at(21), message: 'of nine' }), 'uid-1')
    recorder.event(key, anEvent({ id: 'b', at: at(15), reason: 'RolloutCompleted', message }), 'uid-1')
    recorder.event(key, anEvent({ id: 'c', at: at(300), message: 'of none' }), 'uid-1')
    expect(summary(history)[1]).toEqual([8, 'Completed', 10, 15, true])
    const messagesOf = (index: number) =>
      timelineOf(history, index).flatMap((each) => (each.kind === 'event' ? [each.message] : []))
    expect(messagesOf(0)).toEqual(['of nine'])
    expect(messagesOf(1)).toEqual([message])
  })

  it('what comes later of the same time is told of the run of that time', async () => {
    const night = told({ updates: [update(8, 10)], endedAt: at(42) })
    const { history, recorder } = await afterANight(stable(7), () => night, stable(8))
    recorder.afterwards(key, [moment(12, 'AnalysisRunFailed'), moment(200, 'AnalysisRunFailed')])
    expect(timelineOf(history).filter(({ kind }) => kind === 'event')).toMatchObject([{ at: at(12), backFilled: true }])
  })
})

describe('UI-HIST-4: the first sight', () => {
  const past = told({ updates: [update(7, -500), update(8, -20)], moments: [moment(-400), moment(-19)] })

  it('of a cluster that was never recorded tells the update that is under way, from its beginning on, and nothing before', () => {
    const { history, recorder } = aRecording()
    recorder.observe(anUpdatingView(), () => past)
    expect(summary(history)).toEqual([[8, 'Running', -20, undefined, false]])
    expect(timelineOf(history).slice(0, 2)).toMatchObject([
      { at: at(-20), kind: 'gap', until: T0, why: 'not watched before' },
      { at: at(-19), kind: 'event' },
    ])
    recorder.observe(aRolloutView({ context: 'prod-us' }), () => past)
    expect(entries(history)).toHaveLength(1)
  })

  it('of a rollout that is made later is no end of a gap', async () => {
    const { clock, recorder } = aRecording()
    const gaps: ContextGap[] = []
    const tell = (gap: ContextGap) => {
      gaps.push(gap)
      return undefined
    }
    recorder.observe(stable(7), tell)
    await clock.advance(minute)
    recorder.observe(aRolloutView({ name: 'new' }), tell)
    recorder.observe(stable(8), tell)
    expect(gaps.map(({ until }) => until)).toEqual([T0, T0])
  })
})

describe('UI-HIST-4: a gap in the middle of a session', () => {
  const failure = { kind: 'Unreachable', message: 'refused', since: T0 } as const

  it('data that come back before the connection is said to end the run when the cluster says, with one gap', async () => {
    const { clock, history, recorder } = aRecording()
    recorder.observe(anUpdatingView())
    await clock.advance(minute)
    recorder.connection('prod-eu', { state: 'unreachable', since: clock.now(), failure, retryAt: 0, attempt: 1 })
    await clock.advance(60 * minute)
    recorder.observe(stable(8), () => told({ endedAt: at(30), moments: [moment(29)] }))
    recorder.connection('prod-eu', { state: 'connected', since: clock.now() })
    expect(summary(history)).toEqual([[8, 'Completed', 0, 30, false]])
    const gaps = timelineOf(history).filter(({ kind }) => kind === 'gap')
    expect(gaps).toMatchObject([{ at: at(1), until: at(30), why: 'context unreachable' }])
    expect(timelineOf(history)).toContainEqual(moment(29).moment)
  })

  it('a sleep is a gap of every cluster that was in sight, and what it changed is told', async () => {
    const { clock, history, recorder } = aRecording()
    recorder.observe(anUpdatingView())
    await clock.advance(120 * minute)
    recorder.slept({ at: at(1), until: at(120), why: 'the machine slept' })
    recorder.observe(anUpdatingView({ actualWeight: 20 }), () => told({ moments: [moment(60)] }))
    expect(kindsOf(timelineOf(history)).slice(4)).toEqual(['gap', 'event', 'weight'])
    await clock.advance(2 * minute)
    let asked = false
    recorder.observe(anUpdatingView({ actualWeight: 40 }), () => {
      asked = true
      return told()
    })
    expect(asked).toBe(false)
    expect(readRecord(history, entries(history)[0]?.id ?? '')?.timeline[4]).toMatchObject({ why: 'the machine slept' })
  })
})
