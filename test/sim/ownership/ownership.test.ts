import { describe, expect, it } from 'vitest'
import { type FightResult, fight } from './fight.ts'

/** A taste; `node test/sim/ownership/index.ts --runs 500` is the meal. */
const seeds = 24

describe('two engines and a reference controller that want one cluster for ten minutes', () => {
  const results: FightResult[] = []

  it('OPS-32, OPS-33, OPS-36, OPS-41: never are there two that would write, and it goes over in time', async () => {
    for (let seed = 1; seed <= seeds; seed++) {
      const result = await fight(seed)
      const story = result.violation === undefined ? '' : result.lines.slice(-80).join('\n')
      expect(result.violation, `seed ${seed}\n${story}`).toBeUndefined()
      results.push(result)
    }
  }, 120_000)

  it('is a fight: it goes over in every way, and all of them write', () => {
    const takeOvers = results.flatMap((each) => each.takeOvers)
    const those = (how: string) => takeOvers.filter((each) => each.how === how)
    expect(those('quit').filter(({ isCalm }) => isCalm).length).toBeGreaterThan(10)
    expect(those('crash').filter(({ isCalm }) => isCalm).length).toBeGreaterThan(4)
    expect(those('lost').length).toBeGreaterThan(10)
    expect(takeOvers.filter(({ byOurs }) => !byOurs).length).toBeGreaterThan(10)
    const written = (who: 'engine' | 'reference') => results.reduce((sum, { writes }) => sum + writes[who], 0)
    expect(written('engine')).toBeGreaterThan(500)
    expect(written('reference')).toBeGreaterThan(500)
  })

  it('tells the same story for the same seed', async () => {
    expect((await fight(3)).lines).toEqual(results[2]?.lines)
  })
})
