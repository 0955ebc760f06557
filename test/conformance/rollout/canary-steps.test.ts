import { beforeEach, describe, expect, it } from 'vitest'
import { resources } from '#api/resources.ts'
import { aWorld, type World } from '#test/support/world.ts'
import { aHealthyShop, aShop, canary, isHealthy, objectsOf } from './shop.ts'

let world: World

beforeEach(async () => {
  world = await aWorld()
})

const twoPauses = canary([{ setWeight: 25 }, { pause: { duration: '3s' } }, { setWeight: 50 }, { pause: {} }])

describe('a canary', () => {
  it('CAN-4, CAN-71: is deployed at once, without its steps', async () => {
    world.startEngine()
    const shop = await aShop(world, { replicas: 3, strategy: twoPauses })
    await shop.untilHealthy()
    expect(await shop.story.told('step', 'pods', 'phase')).toEqual([
      'step 0',
      'Progressing',
      '1×3',
      'step 4',
      'Healthy',
    ])
    expect(shop.story.latest.metadata.annotations).toMatchObject({ 'rollout.argoproj.io/revision': '1' })
    expect(await shop.pods()).toHaveLength(3)
  })

  it('CAN-33, CAN-55: goes through its steps in order, never with fewer pods than wanted', async () => {
    const shop = await aHealthyShop(world, { replicas: 4, strategy: twoPauses })
    await shop.release('2')
    await shop.untilPausedAt(3)
    await shop.patchStatus({ pauseConditions: null })
    await shop.untilHealthy()
    expect(await shop.story.told('step', 'pods')).toEqual([
      ...['step 0', '1×4 2×1', '1×3 2×1'],
      'step 1',
      ...['step 2', '1×3 2×2', '1×2 2×2'],
      'step 3',
      ...['step 4', '1×2 2×3', '1×1 2×3', '1×1 2×4', '2×4'],
    ])
    const lines = await shop.story.told('phase')
    expect(lines).toEqual(['Progressing', 'Paused', 'Progressing', 'Paused', 'Progressing', 'Healthy'])
    await shop.untilPods('2×4')
  })

  it('CAN-42: a timed pause ends by itself, not before its time', async () => {
    const shop = await aHealthyShop(world, { replicas: 1, strategy: canary([{ pause: { duration: '3s' } }]) })
    await shop.release('2')
    await shop.untilPausedAt(0)
    const paused = shop.story.latest.status
    await shop.until('step 1', ({ status }) => status?.currentStepIndex === 1)
    const resumed = shop.story.latest.status?.conditions?.find(({ type }) => type === 'Progressing')
    const began = Date.parse(paused?.pauseConditions?.[0]?.startTime ?? '')
    const lasted = Date.parse(resumed?.lastUpdateTime ?? '') - began
    expect(lasted).toBeGreaterThanOrEqual(3_000)
    expect(lasted).toBeLessThan(15_000)
    await shop.untilHealthy()
  })

  it('CAN-42, CAN-43: an open pause lasts until somebody ends it, and so does the next', async () => {
    const shop = await aHealthyShop(world, { replicas: 1, strategy: canary([{ pause: {} }, { pause: {} }]) })
    await shop.release('2')
    await shop.untilPausedAt(0)
    await world.pass(5_000)
    expect(shop.story.latest.status).toMatchObject({ phase: 'Paused', currentStepIndex: 0 })
    await shop.patchStatus({ pauseConditions: null })
    await shop.untilPausedAt(1)
    await world.pass(3_000)
    expect(await shop.story.told('step', 'pods')).toEqual(['step 0', 'step 1'])
    await shop.patchStatus({ pauseConditions: null })
    await shop.untilHealthy()
    expect(await shop.story.told('step', 'pods')).toEqual(['step 0', 'step 1', 'step 2', '1×1 2×1', '2×1'])
  })

  it('ACT-32, CAN-76: promoted in full, it skips what is left and forgets that it was asked', async () => {
    const shop = await aHealthyShop(world, { strategy: canary([{ pause: {} }, { setWeight: 50 }, { pause: {} }]) })
    await shop.release('2')
    await shop.untilPausedAt(0)
    await shop.patchStatus({ promoteFull: true })
    await shop.untilHealthy()
    expect(await shop.story.told('step', 'pods')).toEqual([
      ...['step 0', '1×2 2×1', 'step 3'],
      ...['1×1 2×1', '1×1 2×2', '2×2'],
    ])
    expect(shop.story.latest.status).not.toHaveProperty('promoteFull')
  })

  it('ACT-40: skips the step it stands at', async () => {
    const shop = await aHealthyShop(world, { strategy: canary([{ pause: {} }, { setWeight: 50 }, { pause: {} }]) })
    await shop.release('2')
    await shop.untilPausedAt(0)
    await shop.patchStatus({ pauseConditions: null, controllerPause: false, currentStepIndex: 1 })
    await shop.untilPausedAt(2)
    expect(await shop.story.told('step', 'pods')).toEqual(['step 0', 'step 1', '1×2 2×1', '1×1 2×1', 'step 2'])
  })

  it('CAN-79b: without steps is a rolling update', async () => {
    const shop = await aHealthyShop(world, { replicas: 3, strategy: canary([]) })
    await shop.release('2')
    await shop.untilHealthy()
    expect(await shop.story.told('pods')).toEqual(['1×3 2×1', '1×2 2×1', '1×2 2×2', '1×1 2×2', '1×1 2×3', '2×3'])
  })

  it('CAN-48: its Services follow, the canary Service with the first pod that is ready', async () => {
    for (const name of ['canary', 'stable'])
      await world.send('POST', `/api/v1/namespaces/${world.namespace}/services`, {
        body: {
          metadata: { name, labels: { app: 'shop' } },
          spec: { selector: { app: 'shop' }, ports: [{ port: 80 }] },
        },
      })
    const services = { canaryService: 'canary', stableService: 'stable' }
    const shop = await aHealthyShop(world, { strategy: canary([{ setWeight: 50 }, { pause: {} }], services) })
    await world.eventually('both on 1', async () => (await shop.story.told('service')).length === 0)
    await shop.release('2')
    await shop.untilPausedAt(1)
    await shop.patchStatus({ pauseConditions: null })
    await shop.untilHealthy()
    await world.eventually('the stable Service', async () => (await shop.story.told('service')).length === 2)
    expect(await shop.story.told('service')).toEqual(['canary → 2', 'stable → 2'])
    const told = await shop.story.told('service', 'pods')
    // Before the last stable pod goes, so that it always has pods behind it (CAN-45).
    expect(told.indexOf('stable → 2')).toBeLessThan(told.indexOf('2×2'))
  })

  it('REC-100: keeps as many old ReplicaSets as it may', async () => {
    const shop = await aHealthyShop(world, { replicas: 1, revisionHistoryLimit: 1, strategy: canary([]) })
    for (const tag of ['2', '3', '4']) {
      await shop.release(tag)
      await shop.untilHealthy()
    }
    await world.eventually('two are left', async () => (await objectsOf(world, resources.replicaSets)).length === 2)
    expect(isHealthy(shop.story.latest)).toBe(true)
    expect(shop.story.latest.metadata.annotations).toMatchObject({ 'rollout.argoproj.io/revision': '4' })
  })
})
