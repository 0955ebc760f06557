import fc from 'fast-check'
import { expect, it } from 'vitest'
import { amountDuring, aWave } from '#main/sandbox/traffic/wave.ts'

const ripples = [
  { depth: 0.3, periodMs: 410_000 },
  { depth: 0.25, periodMs: 83_000 },
]

/** Millisecond by ten milliseconds. */
function counted(from: number, to: number, isOn: (at: number) => boolean, rateAt: (at: number) => number): number {
  let sum = 0
  for (let at = from; at < to; at += 10) if (isOn(at)) sum += rateAt(at) / 100
  return sum
}

it('what comes by turns is what comes while each is on', () => {
  const span = fc.tuple(fc.integer({ min: 0, max: 500 }), fc.integer({ min: 0, max: 500 }))
  const property = fc.property(
    fc.integer({ min: 0, max: 100 }),
    span,
    fc.boolean(),
    (seed, [start, seconds], again) => {
      const wave = aWave(50, ripples, seed, 'test')
      const turn = { first: 100_000, lengthMs: 20_000, everyMs: again ? 50_000 : undefined }
      const [from, to] = [start * 1000, (start + seconds) * 1000]
      const isOn = (at: number) => at >= 100_000 && (again ? (at - 100_000) % 50_000 : at - 100_000) < 20_000
      const rateAt = (at: number) =>
        wave.mean *
        wave.ripples.reduce(
          (so, { depth, periodMs, phase }) => so + depth * Math.sin((2 * Math.PI * at) / periodMs + phase),
          1,
        )
      expect(amountDuring(wave, turn, from, to)).toBeCloseTo(counted(from, to, isOn, rateAt), 0)
    },
  )
  fc.assert(property, { seed: 1, numRuns: 60 })
})
