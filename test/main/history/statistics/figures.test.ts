import { describe, expect, it } from 'vitest'
import { changesOf } from '#main/history/statistics/changes.ts'
import { figuresOf, spanOf } from '#main/history/statistics/figures.ts'
import { aPastUpdate, minute, type UpdateSketch } from '#test/support/builders/past-update.ts'
import { T0 } from '#test/support/virtual-clock.ts'

describe('spanOf', () => {
  it('says how many, the median from five on, the 90th percentile from ten on', () => {
    expect(spanOf([])).toEqual({ count: 0, medianMs: undefined, p90Ms: undefined })
    expect(spanOf([4, 1, 3, 2])).toEqual({ count: 4, medianMs: undefined, p90Ms: undefined })
    expect(spanOf([5, 1, 4, 2, 3])).toEqual({ count: 5, medianMs: 3, p90Ms: undefined })
    expect(spanOf([10, 9, 8, 7, 6, 5, 4, 3, 2, 11])).toEqual({ count: 10, medianMs: 7, p90Ms: 10 })
  })
})

describe('figuresOf', () => {
  const figures = (...sketches: readonly UpdateSketch[]) => figuresOf(changesOf(sketches.map(aPastUpdate)))

  it('counts what ended, what failed and how; ways back, deleted ones and those under way stand beside', () => {
    expect(
      figures(
        { from: 0, to: 10 },
        { from: 20, to: 30, versions: '2.0 1.0' },
        { from: 40, to: 41, versions: '1.0 3.0', entry: { outcome: 'Aborted' } },
        { from: 42, to: 43, versions: '1.0 3.0', entry: { outcome: 'Superseded' } },
        { from: 44, to: 46, versions: '1.0 4.0', degradedAt: T0 + 45 * minute },
        { from: 50, to: 51, versions: '4.0 5.0', entry: { outcome: 'RolledBack' } },
        { from: 60, to: 61, versions: '4.0 5.0', entry: { outcome: 'Deleted' } },
        { from: 70, versions: '4.0 5.0' },
      ),
    ).toMatchObject({
      ended: 5,
      completed: 2,
      failed: 4,
      failures: { aborted: 1, rolledBack: 1, returned: 1, degraded: 1 },
      returns: 1,
      deleted: 1,
      underWay: 1,
      restore: { count: 3 },
      notRestored: 1,
      durations: { Completed: { count: 2 }, Aborted: { count: 1 }, RolledBack: { count: 1 }, Superseded: { count: 1 } },
    })
  })

  it('what nobody saw the end of is counted, and is in no time', () => {
    const seen = Array.from({ length: 5 }, (_, index) => ({
      from: index * 100,
      to: index * 100 + 10 + index,
      versions: `${index} ${index + 1}`,
    }))
    const all = [
      ...seen,
      { from: 900, to: 2000, versions: '5 6', isUnseen: true, entry: { outcome: 'Aborted' as const } },
    ]
    expect(figures(...all)).toMatchObject({
      ended: 6,
      failed: 1,
      unseen: 1,
      lead: { count: 5, medianMs: 12 * minute },
      durations: { Completed: { count: 5, medianMs: 12 * minute }, Aborted: { count: 0 } },
    })
  })
})
