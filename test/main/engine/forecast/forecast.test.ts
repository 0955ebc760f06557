import { expect, it } from 'vitest'
import type { CanaryStep, RolloutSpec } from '#api/rollout.ts'
import { forecast } from '#engine/forecast/forecast.ts'
import type { RolloutWorld } from '#engine/world.ts'
import { aRollout, pause, setWeight } from '#test/support/builders/rollout.ts'
import { aWorld } from '#test/support/builders/world.ts'
import { RolloutJourney } from '#test/support/rollout-journey.ts'

const startMs = 10_000

/** Four pods of `web:1` at rest that have just been told to become `web:2`. */
function updating(steps: readonly CanaryStep[], spec: Partial<RolloutSpec> = {}): { world: RolloutWorld; now: number } {
  const canary = { steps, maxSurge: 1, maxUnavailable: 0 }
  const journey = new RolloutJourney(aWorld({ rollout: aRollout({ replicas: 4, canary, spec }) })).settle()
  journey.now += 60_000
  const { world, now } = journey.setImage('web:2')
  return { world, now }
}

it('foresees when an update is done: what pods and pauses take', () => {
  const { world, now } = updating([setWeight(25), pause(60)])
  const { rollout, restsAt } = forecast(world, now, startMs)
  expect(rollout.status?.phase).toBe('Healthy')
  expect(rollout.status?.stableRS).toBe(rollout.status?.currentPodHash)
  // The canary, the pause, and the three other pods one after the other.
  expect(Math.floor(((restsAt ?? 0) - now) / 1000)).toBe(10 + 60 + 3 * 10)
})

it('ends where a pause without a timer waits for a person', () => {
  const { world, now } = updating([setWeight(25), pause(), setWeight(50)])
  const { rollout, restsAt } = forecast(world, now, startMs)
  expect(rollout.status).toMatchObject({ phase: 'Paused', currentStepIndex: 1 })
  expect(restsAt).toBe(now + startMs)
})

it('ends Degraded at the progress deadline when pods never start', () => {
  const { world, now } = updating([setWeight(25)], { progressDeadlineSeconds: 120 })
  const { rollout, restsAt } = forecast(world, now, Number.POSITIVE_INFINITY)
  expect(rollout.status?.phase).toBe('Degraded')
  expect(restsAt).toBeGreaterThanOrEqual(now + 120_000)
  expect(restsAt).toBeLessThan(now + 125_000)
})

it('foresees nothing for what is at rest, and leaves the world as it was', () => {
  const { world, now } = updating([setWeight(25), pause()])
  const before = structuredClone(world)
  forecast(world, now, startMs)
  expect(world).toEqual(before)
  const settled = new RolloutJourney(aWorld({ rollout: aRollout({ replicas: 2 }) })).settle()
  expect(forecast(settled.world, settled.now, startMs)).toMatchObject({ writes: [], restsAt: settled.now })
})
