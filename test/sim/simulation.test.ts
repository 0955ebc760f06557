import { beforeAll, describe, expect, it } from 'vitest'
import { foundSeeds } from './seeds.ts'
import { simulate } from './simulation.ts'

/** A taste; `npm run test:sim -- --runs 2000` is the meal. */
const seeds = 60
const steps = 40

const runs: Awaited<ReturnType<typeof simulate>>[] = []
beforeAll(async () => {
  for (let seed = 1; seed <= seeds; seed++) runs.push(await simulate(seed, steps))
}, 240_000)

const failureOf = ({ violation, lines }: Awaited<ReturnType<typeof simulate>>): string | undefined =>
  violation && [...lines.slice(-60), `${violation.checker}: ${violation.text}`].join('\n')

describe('the simulator', () => {
  it('E3, E4, OPS-41, OPS-42: no checker objects, whatever the network, the laptops and the people do', () => {
    for (const [index, run] of runs.entries()) expect(failureOf(run), `seed ${index + 1}`).toBeUndefined()
  })

  it.each(foundSeeds)('seed $seed, which once showed: $shows', async ({ seed, steps: itsSteps }) => {
    expect(failureOf(await simulate(seed, itsSteps))).toBeUndefined()
  })

  it('tells the same story for the same seed, and another one for another', async () => {
    const again = await simulate(7, steps)
    expect(again.lines).toEqual(runs[6]?.lines)
    expect(again.hash).toBe(runs[6]?.hash)
    expect(new Set(runs.map(({ hash }) => hash)).size).toBe(seeds)
  })

  it('is busy: faults strike, controllers change, updates end', () => {
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
    expect(runs.reduce((sum, { writes }) => sum + writes, 0)).toBeGreaterThan(1500)
  })
})
