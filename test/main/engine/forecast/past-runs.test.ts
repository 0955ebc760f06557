import { describe, expect, it } from 'vitest'
import { type PastRun, usualEnd } from '#engine/forecast/past-runs.ts'
import { Random } from '#test/sim/random.ts'

/** Of four steps: each reached after so many seconds, and the end. */
const aRun = (...seconds: readonly number[]): PastRun => ({
  stepCount: 4,
  durationMs: (seconds.at(-1) ?? 0) * 1000,
  reachedMs: new Map(seconds.slice(0, -1).map((second, step) => [step, second * 1000])),
})
const fiveRuns = [100, 120, 150, 200, 400].map((end) => aRun(0, 10, 40, 60, end))
const toTheEnd = { stepCount: 4, fromStep: 0, toStep: undefined, since: 1_000_000 }

describe('usualEnd', () => {
  it('is the median, and the bound for eight in ten', () => {
    expect(usualEnd(fiveRuns, toTheEnd)).toEqual({ about: 1_150_000, by: 1_400_000, runs: 5 })
    expect(usualEnd([...fiveRuns, aRun(0, 10, 40, 60, 170)], toTheEnd)?.about).toBe(1_160_000)
  })

  it('says nothing with fewer than five runs', () => {
    expect(usualEnd(fiveRuns.slice(1), toTheEnd)).toBeUndefined()
  })

  it('compares from the present step, and to the step at which it ends', () => {
    expect(usualEnd(fiveRuns, { ...toTheEnd, fromStep: 1, toStep: 3 })).toMatchObject({
      about: 1_050_000,
      by: 1_050_000,
    })
  })

  it('leaves out runs with other steps, and those that were not seen from the start', () => {
    const others = [
      { ...aRun(0, 1, 2, 3, 4), stepCount: 5 },
      { ...aRun(0, 1, 2, 3, 4), reachedMs: new Map([[2, 0]]) },
    ]
    expect(usualEnd([...others, ...fiveRuns], toTheEnd)).toMatchObject({ about: 1_150_000, runs: 5 })
  })

  it('of blue-green, which has no steps, compares the whole', () => {
    const runs = [1, 2, 3, 4, 5].map((minutes) => ({
      stepCount: 0,
      durationMs: minutes * 60_000,
      reachedMs: new Map(),
    }))
    expect(usualEnd(runs, { ...toTheEnd, stepCount: 0 })).toMatchObject({ about: 1_180_000 })
  })

  it('W15: eight in ten of further runs end within the bound', () => {
    const random = new Random(15, 'past runs')
    const took = () => 300 + 600 * random.next() ** 3
    let within = 0
    const replays = 4000
    for (let replay = 0; replay < replays; replay++) {
      const runs = Array.from({ length: random.int(5, 20) }, () => aRun(0, 1, 2, 3, took()))
      if ((usualEnd(runs, { ...toTheEnd, since: 0 })?.by ?? 0) >= took() * 1000) within++
    }
    expect(within / replays).toBeGreaterThan(0.75)
    expect(within / replays).toBeLessThan(0.87)
  })
})
