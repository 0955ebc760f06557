import { describe, expect, it } from 'vitest'
import { foundSeeds } from './seeds.ts'
import { simulate } from './simulation.ts'

/** A taste; `npm run test:sim -- --runs 2000` is the meal. */
const seeds = 100
const steps = 40

const failureOf = ({ violation, lines }: Awaited<ReturnType<typeof simulate>>): string | undefined =>
  violation && [...lines.slice(-60), `${violation.checker}: ${violation.text}`].join('\n')

describe('the simulator', () => {
  it('E3, E4, OPS-41, OPS-42: no checker objects, whatever the network, the laptops and the people do', async () => {
    for (let seed = 1; seed <= seeds; seed++)
      expect(failureOf(await simulate(seed, steps)), `seed ${seed}`).toBeUndefined()
  }, 240_000)

  it.each(foundSeeds)('seed $seed, which once showed: $shows', async ({ seed, steps: itsSteps }) => {
    expect(failureOf(await simulate(seed, itsSteps))).toBeUndefined()
  })

  it('tells the same story for the same seed, and another one for another', async () => {
    const [first, again, other] = [await simulate(7, steps), await simulate(7, steps), await simulate(8, steps)]
    expect(again.lines).toEqual(first.lines)
    expect(again.hash).toBe(first.hash)
    expect(other.hash).not.toBe(first.hash)
  })

  it('is busy: faults strike, controllers change, updates end', async () => {
    const runs = []
    for (let seed = 1; seed <= 20; seed++) runs.push(await simulate(seed, steps))
    const text = runs.flatMap(({ lines }) => lines).join('\n')
    for (const sign of [
      'Conflict',
      'Unreachable',
      'Throttled',
      'lease lost',
      'dies',
      'hands over',
      'RolloutAborted',
      'Healthy',
    ])
      expect(text).toContain(sign)
    expect(runs.reduce((sum, { writes }) => sum + writes, 0)).toBeGreaterThan(500)
  }, 60_000)
})
