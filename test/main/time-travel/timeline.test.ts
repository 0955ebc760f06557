import { describe, expect, it } from 'vitest'
import type { RolloutDetailView } from '#contract/views.ts'
import { actionMoments, Timeline } from '#main/time-travel/timeline.ts'
import { aDetail, historyActions } from '#test/support/fixture-detail.ts'
import { fleetRollouts } from '#test/support/fixture-fleet.ts'
import { T0 } from '#test/support/virtual-clock.ts'

const live = fleetRollouts(T0).find(({ name, context }) => name === 'checkout-api' && context === 'prod-eu-west')
if (live === undefined) throw new Error('the fixture has no checkout-api')
const page = aDetail(live, T0)

/** Only those of one metric, from one on. */
const measuredFrom = (from: number, until: number): RolloutDetailView => ({
  ...page,
  analysisRuns: page.analysisRuns.slice(0, 1).map((run) => ({
    ...run,
    metrics: run.metrics.slice(0, 1).map((metric) => ({
      ...metric,
      measurements: metric.measurements.slice(from, until),
    })),
  })),
})
const kinds = (timeline: Timeline) => timeline.moments.map(({ kind }) => kind)

describe('UI-HIST-2: the marks of a film', () => {
  it('begin with how it stood, and tell only what changed after', () => {
    const timeline = new Timeline()
    timeline.note(T0 - 1000, page, false)
    timeline.begin(T0)
    expect(kinds(timeline)).toEqual(['status', 'weight', 'step', 'pods'])
    timeline.note(T0 + 1000, page, true)
    expect(timeline.moments).toHaveLength(4)
    timeline.note(T0 + 2000, { ...page, view: { ...page.view, actualWeight: 60 } }, true)
    expect(timeline.moments.slice(4)).toEqual([
      expect.objectContaining({ at: T0 + 2000, kind: 'weight', actualWeight: 60 }),
    ])
  })

  it('tell each measurement once, also those that its AnalysisRun no longer holds, and none of before', () => {
    const timeline = new Timeline()
    timeline.note(T0, measuredFrom(0, 2), false)
    timeline.begin(T0)
    timeline.note(T0 + 1, measuredFrom(0, 4), true)
    timeline.note(T0 + 2, measuredFrom(3, 5), true)
    const all = page.analysisRuns[0]?.metrics[0]?.measurements.slice(2, 5).map(({ at }) => at)
    expect(timeline.measurements.map(({ at }) => at)).toEqual(all)
  })

  it('tell an event again when it happens again', () => {
    const timeline = new Timeline()
    const [event, ...others] = page.events
    if (event === undefined) throw new Error('the fixture has no event')
    timeline.note(T0, page, false)
    timeline.note(T0 + 1, { ...page, events: [{ ...event, at: T0 + 1, count: event.count + 1 }, ...others] }, true)
    const told = timeline.moments.filter(({ kind }) => kind === 'event')
    expect(told).toEqual([expect.objectContaining({ at: T0 + 1, reason: event.reason, count: event.count + 1 })])
  })

  it('UI-HIST-5: tell who acted and why, by the name that the cluster knows', () => {
    const moments = actionMoments(historyActions(T0))
    expect(moments.length).toBeGreaterThan(0)
    expect(moments.every((each) => each.kind === 'action' && each.who !== '')).toBe(true)
  })
})
