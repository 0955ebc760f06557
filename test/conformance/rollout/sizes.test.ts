import { beforeEach, describe, expect, it } from 'vitest'
import { aWorld, type World } from '#test/support/world.ts'
import { aHealthyShop, canary, type Shop } from './shop.ts'

let world: World

beforeEach(async () => {
  world = await aWorld()
})

const atQuarter = async (replicas: number): Promise<Shop> => {
  const shop = await aHealthyShop(world, { replicas, strategy: canary([{ setWeight: 25 }, { pause: {} }]) })
  await shop.release('2')
  await shop.untilPausedAt(1)
  await shop.story.turnPage()
  return shop
}

describe('a change of size', () => {
  it('CAN-79, E43: while paused keeps the share of the canary, and the pause', async () => {
    const shop = await atQuarter(1)
    await shop.patch({ spec: { replicas: 8 } })
    await shop.untilPods('1×6 2×2')
    await shop.patch({ spec: { replicas: 4 } })
    await shop.untilPods('1×3 2×1')
    expect(await shop.story.told('step')).toEqual([])
    expect(shop.story.latest.status).toMatchObject({ currentStepIndex: 1, controllerPause: true })
  })

  it('CAN-79c, REC-55: to nothing and back in a pause, goes on where it was', async () => {
    const shop = await atQuarter(2)
    await shop.patch({ spec: { replicas: 0 } })
    await shop.untilPods('')
    await world.eventually('no pods', async () => (await shop.pods()).length === 0)
    await shop.patch({ spec: { replicas: 2 } })
    await shop.until('two are available', ({ status }) => (status?.availableReplicas ?? 0) >= 2)
    await shop.untilPausedAt(1)
    await shop.patchStatus({ pauseConditions: null })
    await shop.untilHealthy()
    await shop.untilPods('2×2')
    expect(await shop.story.told('step')).toEqual(['step 2'])
  })

  it('REC-31: of a rollout at rest makes no revision', async () => {
    const shop = await aHealthyShop(world, { strategy: canary([{ setWeight: 50 }, { pause: {} }]) })
    await shop.patch({ spec: { replicas: 4 } })
    await shop.untilPods('1×4')
    await shop.untilHealthy()
    await shop.patch({ spec: { replicas: 1 } })
    await shop.untilPods('1×1')
    await shop.untilHealthy()
    expect(await shop.story.told('pods', 'step')).toEqual(['1×4', '1×1'])
    expect(shop.story.replicaSets).toHaveLength(1)
  })

  it('REC-55, CAN-21: together with a new template is done first, by the weight of the first step', async () => {
    const shop = await aHealthyShop(world, { strategy: canary([{ setWeight: 50 }, { pause: {} }]) })
    const containers = [{ name: 'shop', image: 'registry.example/shop:2' }]
    await shop.patch({ spec: { replicas: 4, template: { spec: { containers } } } })
    await shop.untilPausedAt(1)
    expect(await shop.story.told('pods', 'step')).toEqual(['1×2 2×2', 'step 0', 'step 1'])
  })

  it('CAN-79a: steps edited in the middle begin again, with the same pods', async () => {
    const shop = await atQuarter(4)
    await shop.patch({ spec: { strategy: canary([{ setWeight: 50 }, { pause: {} }]) } })
    await shop.until('paused at half', ({ status }) => status?.currentStepIndex === 1 && status.phase === 'Paused')
    await shop.untilPods('1×2 2×2')
    expect((await shop.story.told('step')).slice(0, 2)).toEqual(['step 0', 'step 1'])
    expect(shop.story.replicaSets).toHaveLength(2)
  })
})

describe('a restart', () => {
  it('REC-122, REC-124: replaces every pod that is older, without a new revision', async () => {
    const shop = await aHealthyShop(world, { strategy: canary([], { maxUnavailable: '100%' }) })
    const before = (await shop.pods()).map(({ metadata }) => metadata.uid)
    await world.pass(1_500)
    const [newest = ''] = (await shop.pods())
      .map(({ metadata }) => metadata.creationTimestamp ?? '')
      .toSorted()
      .toReversed()
    const restartAt = new Date(Date.parse(newest) + 1_000).toISOString().replace('.000Z', 'Z')
    await shop.patch({ spec: { restartAt } })
    await shop.until('restarted', ({ status }) => status?.restartedAt === restartAt)
    await shop.untilHealthy()
    await shop.untilPods('1×2')
    const after = (await shop.pods()).filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    expect(after).toHaveLength(2)
    expect(after.filter(({ metadata }) => before.includes(metadata.uid))).toEqual([])
    expect(await shop.story.told('pods', 'step')).toEqual([])
    expect(shop.story.replicaSets).toHaveLength(1)
  })

  it('REC-125: leaves a pod that a disruption budget protects, until it no longer does', async () => {
    const shop = await aHealthyShop(world, { replicas: 1, strategy: canary([]) })
    const [old] = await shop.pods()
    const budgets = `/apis/policy/v1/namespaces/${world.namespace}/poddisruptionbudgets`
    await world.send('POST', budgets, {
      body: { metadata: { name: 'keep' }, spec: { minAvailable: 1, selector: { matchLabels: { app: 'shop' } } } },
    })
    const restartAt = new Date(Date.parse(old?.metadata.creationTimestamp ?? '') + 1_000).toISOString()
    await shop.patch({ spec: { restartAt: restartAt.replace('.000Z', 'Z') } })
    await shop.until('announced', ({ status }) => status?.message === 'rollout is restarting')
    await world.pass(4_000)
    expect((await shop.pods()).map(({ metadata }) => metadata.uid)).toEqual([old?.metadata.uid])
    await world.send('DELETE', `${budgets}/keep`)
    await shop.patch({ metadata: { annotations: { 'example.com/look': 'again' } } })
    await shop.until('restarted', ({ status }) => status?.restartedAt !== undefined)
    await shop.untilHealthy()
    await shop.untilPods('1×1')
    expect((await shop.pods()).map(({ metadata }) => metadata.uid)).not.toContain(old?.metadata.uid)
  })

  it('REC-121: waits until its time has come', async () => {
    const shop = await aHealthyShop(world, { replicas: 1, strategy: canary([]) })
    const [old] = await shop.pods()
    const created = Date.parse(old?.metadata.creationTimestamp ?? '')
    const restartAt = new Date(created + 3_600_000).toISOString().replace('.000Z', 'Z')
    await shop.patch({ spec: { restartAt } })
    await shop.until('announced', ({ status }) => status?.message === 'rollout is restarting')
    await world.pass(3_000)
    expect((await shop.pods()).map(({ metadata }) => metadata.uid)).toEqual([old?.metadata.uid])
    await shop.patch({ spec: { restartAt: null } })
    await shop.untilHealthy()
  })
})
