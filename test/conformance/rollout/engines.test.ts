import { beforeEach, describe, expect, it } from 'vitest'
import { resources } from '#api/resources.ts'
import { aWorld, type World } from '#test/support/world.ts'
import { aShop, canary, isHealthy, objectsOf, type Shop } from './shop.ts'

let world: World

beforeEach(async () => {
  world = await aWorld()
})

const strategy = canary([{ setWeight: 25 }, { pause: {} }, { setWeight: 75 }])
const whole = [
  ...['step 0', '1×4 2×1', '1×3 2×1', 'step 1'],
  ...['step 2', '1×3 2×2', '1×2 2×2', '1×2 2×3', '1×1 2×3'],
  ...['step 3', '1×1 2×4', '2×4'],
]

/** Deployed by an engine that is ended in order. */
async function deployed(): Promise<Shop> {
  const engine = world.startEngine()
  const shop = await aShop(world, { replicas: 4, strategy })
  await shop.untilHealthy()
  await engine.stop()
  await shop.story.turnPage()
  return shop
}

describe('an engine that follows another', () => {
  it('OPS-37, OPS-42: goes on where it was stopped, in the pause', async () => {
    const shop = await deployed()
    const first = world.startEngine({ identity: 'first' })
    await shop.release('2')
    await shop.untilPausedAt(1)
    await first.stop()
    await shop.patchStatus({ pauseConditions: null })
    await world.pass(2_000)
    expect(shop.story.latest.status).toMatchObject({ phase: 'Paused', currentStepIndex: 1 })
    world.startEngine({ identity: 'second' })
    await shop.untilHealthy()
    expect(await shop.story.told('step', 'pods')).toEqual(whole)
    expect(await objectsOf(world, resources.replicaSets)).toHaveLength(2)
  })

  it('OPS-32, OPS-42: waits for the lease of one that died in the middle of a step, and finishes it', async () => {
    const shop = await deployed()
    const first = world.startEngine({ identity: 'first' })
    await world.eventually('the first drives', () => first.drives)
    const second = world.startEngine({ identity: 'second' })
    await shop.release('2')
    await shop.untilPausedAt(1)
    expect([first.drives, second.drives]).toEqual([true, false])
    await shop.patchStatus({ pauseConditions: null })
    await shop.until('in step 2', ({ status }) => status?.currentStepIndex === 2)
    await first.kill()
    await world.eventually('the second drives', () => second.drives)
    await shop.untilHealthy()
    expect(await shop.story.told('step', 'pods')).toEqual(whole)
    expect(await objectsOf(world, resources.replicaSets)).toHaveLength(2)
  })

  it('OPS-42: ends where one engine would end, although each dies of its first write', async () => {
    const shop = await aShop(world, { replicas: 2, strategy: canary([{ setWeight: 50 }]) })
    const byShortLives = async (what: string, isDone: () => boolean) => {
      for (let lives = 0; !isDone(); lives++) {
        if (lives > 60) throw new Error(`not ${what} after ${lives} lives`)
        const engine = world.startEngine({ writesMax: 1 })
        await world.eventually(`${what}, or a death`, () => engine.isDead || isDone())
        await engine.kill()
      }
    }
    await byShortLives('deployed', () => shop.story.versions.length > 0 && isHealthy(shop.story.latest))
    await shop.story.turnPage()
    await shop.release('2')
    await byShortLives('updated', () => isHealthy(shop.story.latest))
    expect(await shop.story.told('step', 'pods')).toEqual([
      ...['step 0', '1×2 2×1', '1×1 2×1'],
      ...['step 1', '1×1 2×2', '2×2'],
    ])
    expect(await objectsOf(world, resources.replicaSets)).toHaveLength(2)
    expect(shop.story.replicaSets).toHaveLength(2)
    expect(shop.story.latest.metadata.annotations).toMatchObject({ 'rollout.argoproj.io/revision': '2' })
  })
})
