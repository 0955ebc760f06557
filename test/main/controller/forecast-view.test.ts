import { describe, expect, it } from 'vitest'
import type { CanaryStep } from '#api/rollout.ts'
import type { ForecastView } from '#contract/views.ts'
import { planAction, type RolloutAction } from '#engine/actions/plan-action.ts'
import type { PastRun } from '#engine/forecast/past-runs.ts'
import { formatSeconds } from '#lib/rfc3339.ts'
import { type ForecastSources, forecastView, pathAfter } from '#main/controller/forecast-view.ts'
import { deployed } from '#test/support/blue-green-journey.ts'
import { aRollout, pause, setWeight } from '#test/support/builders/rollout.ts'
import { aPod } from '#test/support/builders/service.ts'
import { aWorld } from '#test/support/builders/world.ts'
import { RolloutJourney } from '#test/support/rollout-journey.ts'

const podStartMs = 20_000

/** Four pods of `web:1` that took 20 s to start, told to become `web:2`, so many seconds ago. */
function updating(steps: readonly CanaryStep[], seconds = 0): RolloutJourney {
  const canary = { steps, maxSurge: 1, maxUnavailable: 0 }
  const journey = new RolloutJourney(aWorld({ rollout: aRollout({ replicas: 4, canary }) })).settle()
  journey.now += 60_000
  return journey.setImage('web:2').settle().pass(seconds)
}

function sourcesOf(journey: RolloutJourney, pastRuns: readonly PastRun[] = []): ForecastSources {
  const created = formatSeconds(journey.now - 3_600_000)
  const lastTransitionTime = formatSeconds(journey.now - 3_600_000 + podStartMs)
  const pods = journey.world.replicaSets
    .filter((rs) => (rs.spec.replicas ?? 0) > 0)
    .map((rs) => aPod(rs, 0, created))
    .map((pod) => ({
      ...pod,
      status: { conditions: [{ type: 'Ready', status: 'True' as const, lastTransitionTime }] },
    }))
  return { world: { ...journey.world, pods }, now: journey.now, pastRuns, stepEnds: new Map() }
}

function foreseen(sources: ForecastSources): Extract<ForecastView, { readonly state: 'foreseen' }> {
  const view = forecastView(sources)
  if (view.state !== 'foreseen') throw new Error(`not foreseen: ${view.feature}`)
  return view
}

describe('forecastView', () => {
  it('sums the pauses and the pod starts that were seen', () => {
    const journey = updating([setWeight(25), pause(60)], 10)
    const view = foreseen(sourcesOf(journey))
    expect(view).toMatchObject({ podStartMs, end: { how: 'healthy', usual: undefined } })
    // What is left of the pause, and three pods one after the other.
    expect(Math.floor((view.end.at - journey.now) / 1000)).toBe(50 + 3 * 20)
    expect(view.elapsed).toMatchObject({ now: 'paused', since: journey.now - 10_000 })
  })

  it('tells the next writes in order with their rules, without their bodies and without events', () => {
    const journey = updating([setWeight(25), pause(60)])
    const { writes, writeCount } = foreseen(sourcesOf(journey))
    expect(writes.map(({ at }) => at)).toEqual(writes.map(({ at }) => at).toSorted((a, b) => a - b))
    expect(writes[0]).toMatchObject({ verb: 'patch', kind: 'Rollout', name: 'web', because: 'REC-61' })
    expect(writes.some(({ summary }) => /^Scale up ReplicaSet web-\w+ \(revision 2\) from 1 to 2$/.test(summary))).toBe(
      true,
    )
    expect(writeCount).toBe(writes.length)
    expect(Object.keys(writes[0] ?? {})).toEqual(['at', 'summary', 'because', 'verb', 'kind', 'name'])
  })

  it('tells the first forty of many', () => {
    const steps = Array.from({ length: 30 }, (_, index) => [setWeight(index + 1), pause(5)]).flat()
    const { writes, writeCount } = foreseen(sourcesOf(updating(steps)))
    expect(writes).toHaveLength(40)
    expect(writeCount).toBeGreaterThan(60)
  })

  it('W15: with five earlier runs it tells what is usual from this step on, and never less than the pauses take', () => {
    const journey = updating([setWeight(25), pause(60)], 10)
    const run = (endS: number): PastRun => ({
      stepCount: 2,
      durationMs: (30 + endS) * 1000,
      reachedMs: new Map([
        [0, 0],
        [1, 30_000],
      ]),
    })
    const since = journey.now - 10_000
    const view = foreseen(sourcesOf(journey, [130, 140, 150, 160, 400].map(run)))
    expect(view.end.usual).toEqual({ about: since + 150_000, by: since + 400_000, runs: 5 })
    const hasty = foreseen(sourcesOf(journey, [1, 2, 3, 4, 5].map(run)))
    expect(hasty.end.usual).toEqual({ about: hasty.end.at, by: hasty.end.at, runs: 5 })
    expect(foreseen(sourcesOf(journey, [130, 140, 150, 160].map(run))).end.usual).toBeUndefined()
  })

  it('says where promoting it now would lead', () => {
    const journey = updating([setWeight(25), pause(), setWeight(50), pause(600)])
    const view = foreseen(sourcesOf(journey))
    expect(view).toMatchObject({ stages: [], end: { how: 'person', step: 1 } })
    expect(view.elapsed).toMatchObject({ now: 'waiting' })
    const minutes = (at: number | undefined) => Math.floor(((at ?? 0) - journey.now) / 1000)
    expect(view.ifPromoted).toMatchObject({ how: 'healthy', usual: undefined })
    expect(minutes(view.ifPromoted?.at)).toBe(20 + 600 + 2 * 20)
    expect(minutes(view.ifPromotedFully?.at)).toBe(3 * 20)
  })

  it('is at rest when nothing is under way', () => {
    const journey = new RolloutJourney(aWorld({ rollout: aRollout({ replicas: 2 }) })).settle()
    expect(forecastView(sourcesOf(journey))).toMatchObject({
      state: 'foreseen',
      stages: [],
      end: { how: 'healthy', at: journey.now },
      writes: [],
      elapsed: undefined,
      ifPromoted: undefined,
      ifPromotedFully: undefined,
    })
  })

  it('takes pods to need no time while none was seen', () => {
    const journey = updating([setWeight(25), pause(60)])
    const view = foreseen({ ...sourcesOf(journey), world: journey.world })
    expect(view.podStartMs).toBeUndefined()
    expect(Math.floor((view.end.at - journey.now) / 1000)).toBe(60)
  })
})

describe('pathAfter', () => {
  const followed = (journey: RolloutJourney, action: RolloutAction) => {
    const sources = sourcesOf(journey)
    const plan = planAction({ action, world: sources.world, parameters: {}, now: sources.now })
    return plan.ok ? pathAfter(plan.value.writes, sources) : undefined
  }

  it('promote: the next step, and the next stop', () => {
    const journey = updating([setWeight(25), pause(600), setWeight(50), pause()])
    const path = followed(journey, 'promote')
    expect(path?.stages).toMatchObject([{ kind: 'pods', step: 2, from: journey.now }])
    expect(path?.end).toMatchObject({ how: 'person', step: 3, at: journey.now + 20_000 })
  })

  it('abort: canary pods go as stable ones come back', () => {
    const journey = updating([setWeight(50), pause()])
    expect(followed(journey, 'abort')).toMatchObject({
      stages: [{ kind: 'scaleDown' }],
      end: { how: 'aborted', at: journey.now },
    })
  })

  it('abort of blue-green: the preview stops when its delay is over', () => {
    const journey = deployed({
      replicas: 2,
      blueGreen: { autoPromotionEnabled: false, abortScaleDownDelaySeconds: 45 },
    })
    journey.setImage('web:2').settle()
    const path = followed(journey, 'abort')
    expect(path?.end.how).toBe('aborted')
    expect(Math.floor(((path?.end.restsAt ?? 0) - journey.now) / 1000)).toBe(45)
  })

  it('undo: the JSON patch of the template counts as well', () => {
    const journey = updating([setWeight(25), pause()])
    expect(followed(journey, 'undo')?.end).toMatchObject({ how: 'healthy' })
  })

  it('pause: it waits for a person', () => {
    const journey = updating([setWeight(25), pause(600), setWeight(50)])
    expect(followed(journey, 'pause')).toMatchObject({ stages: [], end: { how: 'person' } })
  })
})
