import { describe, expect, it } from 'vitest'
import type { HistoryMomentView } from '#contract/views.ts'
import { alignedMoment } from '#renderer/features/history/aligned-moment.ts'

const reached = (at: number, stepIndex: number): HistoryMomentView => ({
  at,
  who: 'engine',
  kind: 'step',
  stepIndex,
  stepCount: 3,
})
const quick = { from: 1000, until: 2000, timeline: [reached(1100, 0), reached(1200, 1), reached(1300, 2)] }
const slow = { from: 5000, until: 9000, timeline: [reached(5100, 0), reached(7000, 1)] }

describe('UI-HIST-7: two releases laid over each other', () => {
  it.each([
    ['their beginnings', 1150, 'start', 5150],
    ['never past the end of the other', 9000, 'start', 9000],
    ['the step that the one is at', 1250, 'step', 7050],
    ['the beginnings again before its first step', 1050, 'step', 5050],
    ['the end of one that never came to the step', 1350, 'step', 9000],
  ] as const)('go by %s', (_what, at, by, moment) => {
    expect(alignedMoment(quick, slow, at, by)).toBe(moment)
  })
})
