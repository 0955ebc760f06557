import { describe, expect, it } from 'vitest'
import { reachOf } from '#engine/actions/reach.ts'
import { aRollout, pause, setWeight } from '#test/support/builders/rollout.ts'

const steps = [setWeight(20), pause(), setWeight(40), setWeight(60), pause('10m'), setWeight(80)]
const at = (currentStepIndex: number) => aRollout({ steps, status: { currentStepIndex } })

describe('how far an action reaches', () => {
  it.each([
    ['promote', 1, 60],
    ['promote', 4, 100],
    ['skipStep', 0, 20],
    ['skipStep', 2, 60],
    ['promoteFull', 1, 100],
    ['abort', 4, 0],
    ['retry', 0, 20],
    ['setImage', 6, 20],
    ['undo', 6, 20],
    ['pause', 1, undefined],
    ['restart', 1, undefined],
  ] as const)('%s at step %i: %s', (action, index, share) => {
    expect(reachOf(action, at(index))).toBe(share)
  })

  it('all steps that are left lead to the end', () => {
    expect(reachOf('skipStep', at(1), { allSteps: true })).toBe(100)
  })

  it('ends where an analysis has to pass', () => {
    const judged = [setWeight(10), { analysis: {} }, setWeight(50)]
    expect(reachOf('retry', aRollout({ steps: judged }))).toBe(10)
  })

  it('a resume moves on where the controller holds the pause, and not where somebody paused by hand', () => {
    const pauseConditions = [{ reason: 'CanaryPauseStep', startTime: '2026-01-15T10:00:00Z' }] as const
    expect(reachOf('resume', aRollout({ steps, status: { currentStepIndex: 1, pauseConditions } }))).toBe(60)
    expect(reachOf('resume', at(1))).toBeUndefined()
  })

  it('without steps everything goes at once', () => {
    expect(reachOf('setImage', aRollout({ steps: [] }))).toBe(100)
  })
})
