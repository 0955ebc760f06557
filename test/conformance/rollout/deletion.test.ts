import { beforeEach, describe, expect, it } from 'vitest'
import { resources } from '#api/resources.ts'
import { aWorld, type World } from '#test/support/world.ts'
import { aHealthyShop, canary, manifest, objectsOf, post, type Shop, shopName } from './shop.ts'

let world: World

const strategy = canary([{ setWeight: 50 }, { pause: {} }])

beforeEach(async () => {
  world = await aWorld()
})

const deployed = () => aHealthyShop(world, { strategy })

const left = async (shop: Shop) => [
  (await objectsOf(world, resources.rollouts)).length,
  (await objectsOf(world, resources.replicaSets)).length,
  (await shop.pods()).length,
]
const nothingLeft = (shop: Shop) =>
  world.eventually('nothing left', async () => (await left(shop)).every((count) => count === 0))

const remove = (...flags: readonly string[]) =>
  world.meanwhile(world.kubectl.ok('delete', 'rollout', shopName, ...flags))

describe('a rollout that is deleted', () => {
  it('REC-21: takes its ReplicaSets and pods with it', async () => {
    const shop = await deployed()
    await shop.release('2')
    await shop.untilPausedAt(1)
    await remove()
    await nothingLeft(shop)
    await world.pass(3_000)
    expect(await left(shop)).toEqual([0, 0, 0])
  })

  it('REC-21: in the foreground is left alone while it waits for them', async () => {
    const shop = await deployed()
    await shop.release('2')
    await shop.untilPausedAt(1)
    await shop.story.turnPage()
    await remove('--cascade=foreground')
    await nothingLeft(shop)
    expect(shop.story.isGone).toBe(true)
    expect(shop.story.replicaSets).toHaveLength(2)
    expect(await shop.story.told('step')).toEqual([])
  })

  it('REC-35: as an orphan leaves pods that the next rollout of that name takes over', async () => {
    const shop = await deployed()
    const uids = async () => new Set((await shop.pods()).map(({ metadata: { uid } }) => uid))
    const before = await uids()
    await remove('--cascade=orphan')
    await world.eventually('the rollout gone', async () => (await objectsOf(world, resources.rollouts)).length === 0)
    const { metadata } = await post(world, resources.rollouts, manifest({ strategy }))
    await shop.until('another is there', (rollout) => rollout.metadata.uid === metadata.uid)
    await shop.untilHealthy()
    expect(await uids()).toEqual(before)
    const [replicaSet, ...others] = await objectsOf(world, resources.replicaSets)
    expect(replicaSet?.metadata.ownerReferences).toMatchObject([{ uid: metadata.uid, controller: true }])
    expect(others).toEqual([])
  })
})

describe('what a rollout owns', () => {
  it('REC-36a: pods that go come back, without a new revision', async () => {
    const shop = await deployed()
    const [pod] = await shop.pods()
    await world.send('DELETE', `/api/v1/namespaces/${world.namespace}/pods/${pod?.metadata.name}`)
    await world.eventually('another pod', async () => {
      const pods = await shop.pods()
      return pods.length === 2 && pods.every(({ metadata }) => metadata.uid !== pod?.metadata.uid)
    })
    await shop.until('available again', ({ status }) => status?.phase === 'Healthy' && status.availableReplicas === 2)
    expect(await shop.story.told('pods', 'step')).toEqual([])
  })

  it('REC-46: a ReplicaSet that goes is made again', async () => {
    const shop = await deployed()
    const [replicaSet] = shop.story.replicaSets
    const name = replicaSet?.metadata.name
    await world.send('DELETE', `/apis/apps/v1/namespaces/${world.namespace}/replicasets/${name}`)
    await shop.until('made again', () => shop.story.replicaSets.length === 2)
    await shop.untilHealthy()
    await shop.untilPods('1×2')
    expect(shop.story.replicaSets[1]?.metadata.name).toBe(name)
  })
})
