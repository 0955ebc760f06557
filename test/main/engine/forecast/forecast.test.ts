import { describe, expect, it } from 'vitest'
import type { CanaryStep, RolloutSpec } from '#api/rollout.ts'
import { forecast } from '#engine/forecast/forecast.ts'
import type { RolloutWorld } from '#engine/world.ts'
import { formatSeconds } from '#lib/rfc3339.ts'
import { aRollout, pause, setWeight } from '#test/support/builders/rollout.ts'
import { aPod } from '#test/support/builders/service.ts'
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

/** As seen `seconds` after the canary pod was created; it is not ready yet. */
function starting(seconds: number, waiting?: string): { readonly world: RolloutWorld; readonly now: number } {
  const { world, now } = updating([setWeight(25), pause()], { progressDeadlineSeconds: 120 })
  const journey = new RolloutJourney(world)
  journey.now = now
  journey.isReady = (rs) => rs.spec.template.spec?.containers[0]?.image !== 'web:2'
  journey.settle()
  const pod = aPod(journey.replicaSet('web:2'), 0, formatSeconds(now))
  const container = { name: 'app', ready: false, restartCount: 1 }
  const status =
    waiting === undefined ? {} : { containerStatuses: [{ ...container, state: { waiting: { reason: waiting } } }] }
  return { world: { ...journey.world, pods: [{ ...pod, status }] }, now: now + seconds * 1000 }
}

describe('pods that are starting', () => {
  it('are ready when their own age says', () => {
    const { world, now } = starting(4)
    expect(forecast(world, now, startMs)).toMatchObject({
      restsAt: now + 6_000,
      rollout: { status: { phase: 'Paused' } },
    })
  })

  it('and are late are taken as just created', () => {
    const { world, now } = starting(30)
    expect(forecast(world, now, startMs).restsAt).toBe(now + startMs)
  })

  it('and fail stay so, and so does what would follow them: Degraded at the deadline', () => {
    const { world, now } = starting(30, 'CrashLoopBackOff')
    const { rollout, restsAt } = forecast(world, now, startMs)
    expect(rollout.status?.phase).toBe('Degraded')
    expect(restsAt).toBeGreaterThanOrEqual(now + 90_000)
    expect(restsAt).toBeLessThan(now + 95_000)
  })
})

it('REC-124: foresees a restart one pod after the other, each as long as its replacement takes', () => {
  const journey = new RolloutJourney(aWorld({ rollout: aRollout({ replicas: 3 }) })).settle()
  const rs = journey.replicaSet('web:1')
  journey.patchSpec({ restartAt: formatSeconds(journey.now) })
  const pods = [0, 1, 2].map((index) => aPod(rs, index))
  const now = journey.now + 5_000
  const { writes, rollout } = forecast({ ...journey.world, pods }, now, startMs)
  const evictions = writes.filter(({ write }) => write.kind === 'evict').map(({ at }) => Math.floor((at - now) / 1000))
  expect(evictions).toEqual([0, 10, 20])
  expect(rollout.status?.restartedAt).toBe(rollout.spec.restartAt)
})

it('does not look further than asked', () => {
  const { world, now } = updating([setWeight(25), pause(60), setWeight(50)])
  expect(forecast(world, now, startMs, { roundsMax: 3 }).restsAt).toBeUndefined()
  expect(forecast(world, now, startMs, { untilStep: 1 })).toMatchObject({
    restsAt: now + startMs,
    rollout: { status: { currentStepIndex: 1 } },
  })
})
