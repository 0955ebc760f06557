import { describe, expect, it } from 'vitest'
import { resources } from '#api/resources.ts'
import type { RolloutKey } from '#contract/views.ts'
import { type Log, silentLog } from '#lib/log.ts'
import { Forecasts } from '#main/fleet/forecasts.ts'
import type { RolloutParts } from '#main/fleet/rollout-parts.ts'
import { aRollout, pause, setWeight } from '#test/support/builders/rollout.ts'
import { aWorld } from '#test/support/builders/world.ts'
import { FakeApi } from '#test/support/fake-api.ts'
import { FakeCluster } from '#test/support/fake-cluster.ts'
import { someParts } from '#test/support/fleet-parts.ts'
import { RolloutJourney } from '#test/support/rollout-journey.ts'
import { T0, VirtualClock } from '#test/support/virtual-clock.ts'

const key = 'eu/shop/web'

function paused(): RolloutParts {
  const rollout = aRollout({ replicas: 2, steps: [setWeight(50), pause(60)] })
  const { world } = new RolloutJourney(aWorld({ rollout })).settle().setImage('web:2').settle()
  return someParts({ rollout: world.rollout, replicaSets: world.replicaSets })
}
const changed = (parts: RolloutParts): RolloutParts => ({ ...parts, rollout: { ...parts.rollout } })

/** A clock whose forecasts each take `costMs`. */
class SlowClock extends VirtualClock {
  costMs = 0
  #extra = 0

  override elapsed(): number {
    this.#extra += this.costMs
    return super.elapsed() + this.#extra
  }
}

function someForecasts(log: Log = silentLog) {
  const clock = new SlowClock()
  const cluster = new FakeCluster(new FakeApi())
  const asked: { runs: RolloutKey[]; again: RolloutKey[] } = { runs: [], again: [] }
  const pastRuns = (of: RolloutKey) => {
    asked.runs.push(of)
    return []
  }
  const forecasts = new Forecasts({ clock, log, pastRuns, again: (of) => asked.again.push(of) })
  return { clock, cluster, asked, forecasts, of: (parts: RolloutParts) => forecasts.of(key, cluster, parts, undefined) }
}

describe('Forecasts', () => {
  it('makes one from what is there', () => {
    const { of } = someForecasts()
    expect(of(paused())).toMatchObject({
      state: 'foreseen',
      stages: [{ kind: 'pause', step: 1, until: T0 + 60_001 }],
    })
  })

  it('makes none because time has gone by, and another one when an object has changed', async () => {
    const { clock, of, asked } = someForecasts()
    const parts = paused()
    const first = of(parts)
    await clock.advance(30_000)
    expect(of({ ...parts })).toBe(first)
    const second = of(changed(parts))
    expect(second).not.toBe(first)
    expect(second).toMatchObject({ stages: [{ from: T0 + 30_000, until: T0 + 60_001 }] })
    expect(asked).toEqual({ runs: [key], again: [] })
  })

  it('rests ten times as long as the last one took, and asks to be asked again', async () => {
    const { clock, of, asked } = someForecasts()
    clock.costMs = 50
    const parts = paused()
    const first = of(parts)
    expect(of(changed(parts))).toBe(first)
    expect(of(changed(parts))).toBe(first)
    await clock.advance(499)
    expect(asked.again).toEqual([key])
    await clock.advance(10_000)
    expect(of(changed(parts))).not.toBe(first)
    expect(asked.again).toEqual([key])
  })

  it('is not known while caches are filled, or out of reach', () => {
    const { cluster, of, forecasts } = someForecasts()
    cluster.synced = false
    expect(of(paused())).toEqual({ state: 'notKnown', why: 'loading' })
    expect(forecasts.of(key, cluster, paused(), 'eu is unreachable')).toEqual({ state: 'notKnown', why: 'unreachable' })
  })

  it('is not known for a template that is borrowed from a kind nobody watches', () => {
    const { of } = someForecasts()
    const parts = paused()
    const workloadRef = { apiVersion: 'v1', kind: resources.podTemplates.kind, name: 'base' }
    const rollout = { ...parts.rollout, spec: { ...parts.rollout.spec, workloadRef } }
    expect(of({ ...parts, rollout })).toEqual({ state: 'notKnown', why: 'workload' })
  })

  it('a bug costs the forecast and is logged', () => {
    const logged: string[] = []
    const { of } = someForecasts((_level, message) => logged.push(message))
    const parts = paused()
    expect(of({ ...parts, replicaSets: [undefined as never] })).toEqual({ state: 'notKnown', why: 'failed' })
    expect(logged).toEqual(['forecast failed'])
  })
})
