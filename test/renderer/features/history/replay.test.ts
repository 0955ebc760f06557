import { describe, expect, it } from 'vitest'
import type { HistoryMomentView } from '#contract/views.ts'
import { at, drawn, layOut, nextStop, placeOf, ticks } from '#renderer/features/history/replay.ts'
import { historyEntries } from '#test/support/fixture-detail.ts'
import { T0 } from '#test/support/virtual-clock.ts'

const [first] = historyEntries(T0)
if (first === undefined) throw new Error('the fixture has no history')
const entry = { ...first, startedAt: T0, endedAt: T0 + 100_000 }
const weight = (after: number, percent: number): HistoryMomentView => ({
  at: T0 + after,
  who: 'engine',
  kind: 'weight',
  setWeight: percent,
  actualWeight: percent,
})
const gap: HistoryMomentView = { at: T0 + 30_000, who: '', kind: 'gap', until: T0 + 40_000, why: 'application closed' }
const replay = layOut(
  { entry, timeline: [weight(50_000, 20), weight(0, 5), weight(10_000, 5), gap], revisions: [] },
  T0,
)

describe('a replay', () => {
  it('UI-HIST-2: holds each fact until the next of its kind; the same fact twice is one stretch', () => {
    expect(replay.weight.map(({ from, to, moment }) => [from - T0, to - T0, moment.actualWeight])).toEqual([
      [0, 50_000, 5],
      [50_000, 100_000, 20],
    ])
  })

  it('UI-HIST-3: knows what the very last moment left', () => {
    const left = layOut({ entry, timeline: [weight(0, 20), weight(120_000, 0)], revisions: [] }, T0)
    expect(at(left.weight, left.end)?.actualWeight).toBe(0)
    expect(drawn(left.weight).map(({ moment }) => moment.actualWeight)).toEqual([20])
  })

  it('UI-HIST-3: a status has its message later than itself; another message is another stretch', () => {
    const status = (after: number, message: string): HistoryMomentView => ({
      at: T0 + after,
      who: 'engine',
      kind: 'status',
      status: 'Aborted',
      message,
    })
    const timeline = [status(10_000, ''), status(12_000, 'metric failed'), status(50_000, 'deadline passed')]
    const lane = layOut({ entry, timeline, revisions: [] }, T0).status
    expect(lane.map(({ from, moment }) => [from - T0, moment.message])).toEqual([
      [10_000, 'metric failed'],
      [50_000, 'deadline passed'],
    ])
  })

  it('UI-HIST-3: knows what held at a moment, also at the very end', () => {
    expect(at(replay.weight, T0 + 49_999)?.actualWeight).toBe(5)
    expect(at(replay.weight, T0 + 50_000)?.actualWeight).toBe(20)
    expect(at(replay.weight, T0 + 100_000)?.actualWeight).toBe(20)
  })

  it('UI-HIST-4: a gap keeps its reason', () => {
    expect(replay.gaps.map(({ moment }) => moment.why)).toEqual(['application closed'])
  })

  it('goes from event to event and stops at both ends', () => {
    expect(nextStop(replay, T0 + 10_000, 1)).toBe(T0 + 30_000)
    expect(nextStop(replay, T0 + 10_000, -1)).toBe(T0)
    expect(nextStop(replay, T0 + 50_000, 1)).toBe(T0 + 100_000)
    expect(nextStop(replay, T0, -1)).toBe(T0)
  })

  it('places moments on the axis, never outside it', () => {
    expect(placeOf(replay, T0 + 25_000)).toBe(25)
    expect(placeOf(replay, T0 - 1)).toBe(0)
    expect(placeOf(replay, T0 + 200_000)).toBe(100)
    expect(ticks(replay)).toHaveLength(6)
  })

  it('of a rollout under way ends now', () => {
    expect(layOut({ entry: { ...entry, endedAt: undefined }, timeline: [], revisions: [] }, T0 + 7000).end).toBe(
      T0 + 7000,
    )
  })
})
