import { describe, expect, it } from 'vitest'
import type { RolloutStatus } from '#api/rollout.ts'
import { formatSeconds } from '#lib/rfc3339.ts'
import { elapsedView } from '#main/controller/elapsed-view.ts'
import { aRollout, pause, setWeight } from '#test/support/builders/rollout.ts'
import { T0 } from '#test/support/virtual-clock.ts'

const at = (seconds: number) => formatSeconds(T0 + seconds * 1000)
const steps = [setWeight(10), pause('2m'), setWeight(50), pause(60), pause()]
const elapsed = (status: RolloutStatus, stepEnds = new Map<number, number>()) =>
  elapsedView(aRollout({ steps, status: { duration: { rolloutStartedAt: at(0) }, ...status } }), stepEnds)

describe('elapsedView', () => {
  it('is nothing before an update, and after it', () => {
    expect(elapsedView(aRollout({ steps }), new Map())).toBeUndefined()
    expect(elapsed({ duration: { rolloutStartedAt: at(0), finishedAt: at(9) } })).toBeUndefined()
  })

  it('works since the start, less what timers took', () => {
    const sums = { startedAt: T0, now: 'working', since: T0, waitingMs: 0 }
    expect(elapsed({ currentStepIndex: 0 })).toEqual({ ...sums, pausedMs: 0 })
    expect(elapsed({ currentStepIndex: 2 })).toEqual({ ...sums, pausedMs: 120_000 })
  })

  it('takes what was measured of a pause that somebody ended early, and never more than its timer', () => {
    expect(
      elapsed(
        { currentStepIndex: 2 },
        new Map([
          [0, T0],
          [1, T0 + 7_000],
        ]),
      ),
    ).toMatchObject({ pausedMs: 7_000 })
    expect(
      elapsed(
        { currentStepIndex: 2 },
        new Map([
          [0, T0],
          [1, T0 + 130_000],
        ]),
      ),
    ).toMatchObject({ pausedMs: 120_000 })
  })

  it('is paused while a timer runs', () => {
    const pauseConditions = [{ reason: 'CanaryPauseStep', startTime: at(30) } as const]
    expect(elapsed({ currentStepIndex: 1, pauseConditions })).toMatchObject({
      now: 'paused',
      since: T0 + 30_000,
      pausedMs: 0,
    })
  })

  it('REC-132: waits while a person is asked for, on top of the waits before', () => {
    const duration = { rolloutStartedAt: at(0), manualPauseStartedAt: at(300), totalManualPauseDurationSeconds: 40 }
    const pauseConditions = [{ reason: 'CanaryPauseStep', startTime: at(300) } as const]
    expect(elapsed({ currentStepIndex: 4, pauseConditions, duration })).toEqual({
      startedAt: T0,
      now: 'waiting',
      since: T0 + 300_000,
      pausedMs: 180_000,
      waitingMs: 40_000,
    })
  })
})
