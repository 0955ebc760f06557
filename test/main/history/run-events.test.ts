import { describe, expect, it } from 'vitest'
import type { History } from '#main/history/store.ts'
import { aHistoryPath } from '#test/support/builders/history.ts'
import { anUpdatingView, aRolloutView } from '#test/support/builders/rollout-view.ts'
import { anEvent, aRecording, key, kindsOf, second, timelineOf } from '#test/support/recording.ts'
import { T0, VirtualClock } from '#test/support/virtual-clock.ts'

describe('events', () => {
  const eventsOf = (history: History) => timelineOf(history).filter(({ kind }) => kind === 'event')

  it('are told once, with the last time and count of those that repeat; those from before the update are not', async () => {
    const { clock, history, recorder } = aRecording()
    await clock.advance(3600 * second)
    recorder.observe(anUpdatingView())
    recorder.event(key, anEvent({ id: 'old', at: T0 }))
    const at = clock.now()
    recorder.event(key, anEvent({ at }))
    recorder.event(key, anEvent({ id: 'event-2', at: at + second }))
    recorder.event(key, anEvent({ at: at + 2 * second, count: 2 }))
    recorder.event(key, anEvent({ at: at + 2 * second, count: 2 }))
    recorder.event(key, anEvent({ at, count: 1 }))
    const told = { who: 'engine', kind: 'event', type: 'Normal', reason: 'ScalingReplicaSet', message: 'Scaled up' }
    expect(eventsOf(history)).toEqual([
      { at: at + second, ...told, count: 1 },
      { at: at + 2 * second, ...told, count: 2 },
    ])
  })

  it('one that repeats after a restart is not told a second time', async () => {
    const [path, clock] = [aHistoryPath(), new VirtualClock()]
    const first = aRecording(path, clock)
    first.recorder.observe(anUpdatingView())
    first.recorder.event(key, anEvent())
    first.recorder.stop()
    first.history.close()
    await clock.advance(60 * second)
    const next = aRecording(path, clock)
    next.recorder.observe(anUpdatingView())
    next.recorder.event(key, anEvent({ at: clock.now(), count: 7 }))
    expect(eventsOf(next.history)).toMatchObject([{ at: clock.now(), count: 7 }])
  })

  it('a run takes 1000 of them, and goes on to count those', () => {
    const { history, recorder } = aRecording()
    recorder.observe(anUpdatingView())
    for (let id = 0; id < 1005; id++) recorder.event(key, anEvent({ id: `event-${id}` }))
    recorder.event(key, anEvent({ id: 'event-0', count: 2 }))
    expect(eventsOf(history)).toHaveLength(1000)
    expect(eventsOf(history).filter((each) => each.kind === 'event' && each.count === 2)).toHaveLength(1)
  })

  it('of another rollout that bore the name are not told', () => {
    const { history, recorder } = aRecording()
    recorder.observe(anUpdatingView())
    recorder.event(key, anEvent(), 'uid-of-the-former')
    recorder.event(key, anEvent({ id: 'event-2' }), 'uid-1')
    expect(eventsOf(history)).toHaveLength(1)
  })

  it('that arrive ahead of the view of their update are kept for it', async () => {
    const { clock, history, recorder } = aRecording()
    recorder.observe(aRolloutView())
    recorder.event(key, anEvent())
    await clock.advance(second)
    recorder.observe(anUpdatingView())
    expect(kindsOf(timelineOf(history))).toContain('event')
  })
})
