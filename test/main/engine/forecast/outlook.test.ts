import { describe, expect, it } from 'vitest'
import type { CanaryStep, Rollout } from '#api/rollout.ts'
import { type Outlook, outlook } from '#engine/forecast/outlook.ts'
import type { Stage } from '#engine/forecast/timeline.ts'
import { normaliseRollout } from '#engine/normalise/normalise-rollout.ts'
import { stepHash } from '#engine/pod-hash/pod-template-hash.ts'
import type { RolloutWorld } from '#engine/world.ts'
import { applyMergePatch } from '#lib/merge-patch.ts'
import { deployed } from '#test/support/blue-green-journey.ts'
import { aRollout, pause, setWeight } from '#test/support/builders/rollout.ts'
import { aWorld } from '#test/support/builders/world.ts'
import { RolloutJourney } from '#test/support/rollout-journey.ts'
import { aRoutedRelease } from '#test/support/routed-journey.ts'

const startMs = 10_000

/** Four pods of `web:1` at rest that have just been told to become `web:2`. */
function updating(steps: readonly CanaryStep[]): RolloutJourney {
  const canary = { steps, maxSurge: 1, maxUnavailable: 0 }
  const journey = new RolloutJourney(aWorld({ rollout: aRollout({ replicas: 4, canary }) })).settle()
  journey.now += 60_000
  return journey.setImage('web:2')
}

/** The same with steps that this engine would refuse, as the reference's controller drives them. */
function withSteps(world: RolloutWorld, steps: readonly CanaryStep[]): RolloutWorld {
  const rollout = applyMergePatch(world.rollout, { spec: { strategy: { canary: { steps } } } }) as Rollout
  return { ...world, rollout }
}

const foreseen = (found: Outlook) => {
  if (found.kind !== 'foreseen') throw new Error(`nothing is foreseen: ${found.feature}`)
  return found
}
const lookAt = ({ world, now }: RolloutJourney) => foreseen(outlook(world, now, startMs)).timeline
const inSeconds = (from: number, { stages }: { readonly stages: readonly Stage[] }) =>
  stages.map(({ kind, step, from: begin, until }) => {
    const [at, to] = [begin, until].map((time) => Math.floor((time - from) / 1000))
    return `${kind} ${step ?? '-'} ${at}…${to}`
  })

describe('a canary', () => {
  it('is told step by step: pods, pauses, and the rest of the pods', () => {
    const journey = updating([setWeight(25), pause(60), setWeight(50)])
    const timeline = lookAt(journey)
    expect(inSeconds(journey.now, timeline)).toEqual(['pods 0 0…10', 'pause 1 10…70', 'pods 2 70…80', 'pods - 80…100'])
    expect(timeline.end).toMatchObject({ how: 'healthy', at: timeline.end.restsAt, step: undefined })
  })

  it('ends at the step whose pause has no timer, and takes no time when it stands there', () => {
    const journey = updating([setWeight(25), pause(), setWeight(50)])
    expect(lookAt(journey).end).toMatchObject({ how: 'person', at: journey.now + 10_000, step: 1 })
    journey.settle()
    expect(lookAt(journey)).toEqual({
      stages: [],
      end: { how: 'person', at: journey.now, restsAt: journey.now, step: 1 },
    })
  })

  it('keeps the time of a step that is passed at once', () => {
    const journey = updating([setWeight(25), setWeight(20), pause(60)])
    expect(inSeconds(journey.now, lookAt(journey))).toContain('pods 1 10…10')
  })

  it('ends as aborted, when its pods are gone', () => {
    const journey = updating([setWeight(25), pause()])
      .settle()
      .abort()
    const timeline = lookAt(journey)
    expect(timeline.end.how).toBe('aborted')
    expect(timeline.end.restsAt).toBe(journey.now + 10_000)
    expect(inSeconds(journey.now, timeline)).toEqual(['scaleDown - 0…10'])
  })

  it('paused by hand waits for a person where it is', () => {
    const journey = updating([setWeight(25), pause(60)])
      .settle()
      .patchSpec({ paused: true })
      .settle()
    expect(lookAt(journey)).toMatchObject({ stages: [], end: { how: 'person', at: journey.now } })
  })
})

describe('blue-green', () => {
  it('is told as preview, pause, switch and scale-down', () => {
    const blueGreen = { autoPromotionSeconds: 60, scaleDownDelaySeconds: 30 }
    const journey = deployed({ replicas: 2, blueGreen }).setImage('web:2')
    const timeline = lookAt(journey)
    expect(inSeconds(journey.now, timeline)).toEqual(['pods 0 0…10', 'pause 1 10…70', 'scaleDown 3 70…100'])
    expect(timeline.end).toMatchObject({ how: 'healthy', step: 3 })
    expect(Math.floor((timeline.end.at - journey.now) / 1000)).toBe(70)
    expect(Math.floor((timeline.end.restsAt - journey.now) / 1000)).toBe(100)
  })
})

describe('what this engine does not carry out', () => {
  const analysis: CanaryStep = { analysis: { templates: [{ templateName: 'smoke' }] } }

  it('ends the forecast at an analysis step; nothing after it is guessed, nothing is written there', () => {
    const journey = updating([setWeight(25), pause(60)])
    const world = withSteps(journey.world, [setWeight(25), pause(60), analysis, setWeight(50)])
    const { timeline, cutAt, writes } = foreseen(outlook(world, journey.now, startMs))
    expect(cutAt).toBe(2)
    expect(inSeconds(journey.now, timeline)).toEqual(['pods 0 0…10', 'pause 1 10…70'])
    expect(timeline.end.step).toBe(2)
    expect(Math.max(...writes.map(({ at }) => at))).toBe(timeline.end.at)
    expect(JSON.stringify(writes.at(-1))).not.toContain('CanaryPauseStep"}')
  })

  it('goes on after an analysis step that is done', () => {
    const journey = updating([pause(1), setWeight(25), pause(60)])
      .settle()
      .pass(2)
    expect(journey.status.currentStepIndex).toBe(2)
    const { currentStepHash } = withHash(journey, [analysis, setWeight(25), pause(60)])
    journey.patchStatus({ currentStepHash })
    const world = withSteps(journey.world, [analysis, setWeight(25), pause(60)])
    const { timeline, cutAt } = foreseen(outlook(world, journey.now, startMs))
    expect(cutAt).toBeUndefined()
    expect(timeline.end.how).toBe('healthy')
    expect(inSeconds(journey.now, timeline)[0]).toBe('pause 2 0…60')
  })

  it('PLG-2: says nothing about a rollout whose traffic a program of somebody else moves', () => {
    const journey = updating([setWeight(25)])
    const canary = { trafficRouting: { plugins: { 'example.com/mesh': {} } }, stableService: 'a', canaryService: 'b' }
    const rollout = applyMergePatch(journey.world.rollout, { spec: { strategy: { canary } } }) as Rollout
    expect(outlook({ ...journey.world, rollout }, journey.now, startMs)).toEqual({
      kind: 'notForeseen',
      feature: 'spec.strategy.canary.trafficRouting.plugins',
    })
  })

  it('TR-10: says when a router gets which weight', () => {
    const journey = aRoutedRelease({ steps: [setWeight(20), pause(60), setWeight(50)] })
    journey.setImage('web:2').settle()
    const found = outlook(journey.world, journey.now, startMs)
    const writes = found.kind === 'foreseen' ? found.writes.map(({ write }) => write.summary) : []
    expect(writes.filter((each) => each.startsWith('Set weight'))).toEqual([
      'Set weight 50 in VirtualService web',
      'Set weight 100 in VirtualService web',
      'Set weight 0 in VirtualService web',
    ])
    expect(found).toMatchObject({ timeline: { end: { how: 'healthy' } } })
  })

  it('API-90: a rollout that this engine has refused stays as it is', () => {
    const journey = updating([setWeight(25)])
    const refused = new RolloutJourney(withSteps(journey.world, [analysis])).settle() // its template does not exist
    refused.now = journey.now
    expect(refused.status.conditions?.some(({ type }) => type === 'InvalidSpec')).toBe(true)
    expect(lookAt(refused.settle())).toMatchObject({ stages: [], end: { how: 'degraded' } })
  })
})

/** What a controller that can drive these steps would have stored. */
function withHash(journey: RolloutJourney, steps: readonly CanaryStep[]): { readonly currentStepHash: string } {
  return {
    currentStepHash: stepHash(
      normaliseRollout(withSteps(journey.world, steps).rollout).rollout.spec.strategy?.canary?.steps,
    ),
  }
}
