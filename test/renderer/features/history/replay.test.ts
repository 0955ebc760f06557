import { describe, expect, it } from 'vitest'
import type { HistoryMomentView } from '#contract/views.ts'
import { at, drawn, layOut, nextStop, placeOf, ticks } from '#renderer/features/history/replay.ts'
import { T0 } from '#test/support/virtual-clock.ts'

const stretch = { from: T0, until: T0 + 100_000 }
const weight = (after: number, percent: number): HistoryMomentView => ({
  at: T0 + after,
  who: 'engine',
  kind: 'weight',
  setWeight: percent,
  actualWeight: percent,
})
const gap: HistoryMomentView = { at: T0 + 30_000, who: '', kind: 'gap', until: T0 + 40_000, why: 'application closed' }
const replay = layOut({ ...stretch, timeline: [weight(50_000, 20), weight(0, 5), weight(10_000, 5), gap] })

describe('a replay', () => {
  it('UI-HIST-2: holds each fact until the next of its kind; the same fact twice is one stretch', () => {
    expect(replay.weight.map(({ from, to, moment }) => [from - T0, to - T0, moment.actualWeight])).toEqual([
      [0, 50_000, 5],
      [50_000, 100_000, 20],
    ])
  })

  it('UI-HIST-3: knows what the very last moment left', () => {
    const left = layOut({ ...stretch, timeline: [weight(0, 20), weight(120_000, 0)] })
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
    const lane = layOut({ ...stretch, timeline }).status
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

  it('UI-HIST-2: has a lane for each metric, and stops at each measurement', () => {
    const measured = (after: number, metric: string, phase: 'Successful' | 'Failed' = 'Successful') =>
      ({ at: T0 + after, run: 'web-1', metric, phase, value: '1' }) as const
    const measurements = [
      measured(20_000, 'success-rate', 'Failed'),
      measured(10_000, 'latency'),
      measured(40_000, 'latency'),
    ]
    const { measured: lanes, stops } = layOut({ ...stretch, timeline: [weight(30_000, 5)], measurements })
    expect(lanes.map(({ metric, marks }) => [metric, marks.map(({ at: when }) => when - T0)])).toEqual([
      ['success-rate', [20_000]],
      ['latency', [10_000, 40_000]],
    ])
    expect(stops.map((stop) => stop - T0)).toEqual([10_000, 20_000, 30_000, 40_000])
  })
})
