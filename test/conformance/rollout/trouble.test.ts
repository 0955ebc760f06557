import { beforeEach, describe, expect, it } from 'vitest'
import { aWorld, type World } from '#test/support/world.ts'
import { aHealthyShop, aShop, canary, template } from './shop.ts'

let world: World

beforeEach(async () => {
  world = await aWorld()
})

const half = canary([{ setWeight: 50 }])
/** A container that crashes is ready for a moment before it does, unless readiness has to last. */
const minReadySeconds = 4

describe('an update whose pods do not get ready', () => {
  it('REC-71: crashing, is Degraded after its deadline, keeps the old pods, and recovers with a fix', async () => {
    const shop = await aHealthyShop(world, { replicas: 1, progressDeadlineSeconds: 7, minReadySeconds, strategy: half })
    await shop.release('2-crash')
    await shop.until('Degraded', ({ status }) => status?.phase === 'Degraded')
    expect(shop.story.latest.status?.message).toMatch(
      /^ProgressDeadlineExceeded: ReplicaSet "shop-\w+" has timed out progressing\.$/,
    )
    expect(shop.story.latest.status).not.toHaveProperty('abort')
    expect(await shop.story.told('pods', 'step')).toEqual(['step 0', '1×1 2-crash×1'])
    await shop.release('3')
    await shop.untilHealthy()
    await shop.untilPods('3×1')
    expect((await shop.story.told('pods')).slice(1)).toEqual(['1×1', '1×1 3×1', '3×1'])
  })

  it('REC-71, CAN-61: not pulled, recovers with the old template, without another ReplicaSet', async () => {
    const shop = await aHealthyShop(world, { progressDeadlineSeconds: 4, strategy: half })
    await shop.release('2-missing')
    await shop.until('Degraded', ({ status }) => status?.phase === 'Degraded')
    await shop.release('1')
    await shop.untilHealthy()
    expect(await shop.story.told('pods')).toEqual(['1×2 2-missing×1', '1×2'])
    expect(shop.story.replicaSets).toHaveLength(2)
  })

  it('REC-72: is aborted at its deadline when it asks for that', async () => {
    const shop = await aHealthyShop(world, {
      progressDeadlineSeconds: 4,
      progressDeadlineAbort: true,
      strategy: half,
    })
    await shop.release('2-hang')
    await shop.until('aborted', ({ status }) => status?.abort === true)
    await shop.untilPods('1×2')
    expect(shop.story.latest.status?.message).toMatch(
      /^RolloutAborted: Rollout aborted update to revision 2: ReplicaSet "shop-\w+" has timed out progressing\.$/,
    )
    await shop.release('3')
    await shop.untilHealthy()
    await shop.untilPods('3×2')
  })

  it('CAN-4, REC-71: at its first deployment is Degraded, and recovers with a fix', async () => {
    world.startEngine()
    const shop = await aShop(world, { progressDeadlineSeconds: 4, template: template('1-missing'), strategy: half })
    await shop.until('Degraded', ({ status }) => status?.phase === 'Degraded')
    await shop.release('2')
    await shop.untilHealthy()
    await shop.untilPods('2×2')
    expect(shop.story.replicaSets).toHaveLength(2)
  })
})

describe('a spec that is not valid', () => {
  it('API-90, REC-60: is told, nothing is done, and it goes on once it is mended', async () => {
    const shop = await aHealthyShop(world, { strategy: half })
    await shop.patch({ spec: { strategy: canary([{ setWeight: 120 }]) } })
    await shop.until('Degraded', ({ status }) => status?.phase === 'Degraded')
    expect(shop.story.latest.status?.message).toMatch(
      /^InvalidSpec: .*spec\.strategy\.steps\[0\]\.setWeight: Invalid value: 120: /,
    )
    await shop.release('2')
    await world.pass(2_000)
    expect(await shop.story.told('pods', 'step')).toEqual([])
    await shop.patch({ spec: { strategy: half } })
    await shop.untilHealthy()
    await shop.untilPods('2×2')
    expect(shop.story.latest.status?.conditions?.map(({ type }) => type)).not.toContain('InvalidSpec')
  })

  it('API-90: from the beginning, gets no ReplicaSet', async () => {
    world.startEngine()
    const shop = await aShop(world, { strategy: canary([{ setWeight: -1 }]) })
    await shop.until('Degraded', ({ status }) => status?.phase === 'Degraded')
    await world.pass(2_000)
    expect(shop.story.replicaSets).toEqual([])
    await shop.patch({ spec: { strategy: half } })
    await shop.untilHealthy()
    await shop.untilPods('1×2')
  })
})
