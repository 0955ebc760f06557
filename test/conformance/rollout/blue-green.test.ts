import { beforeEach, describe, expect, it } from 'vitest'
import { resources } from '#api/resources.ts'
import type { BlueGreenStrategy, Rollout } from '#api/rollout.ts'
import { aWorld, type World } from '#test/support/world.ts'
import { aHealthyShop, post, type Shop } from './shop.ts'

let world: World

beforeEach(async () => {
  world = await aWorld()
  for (const name of ['active', 'preview'])
    await post(world, resources.services, {
      metadata: { name, labels: { app: 'shop' } },
      spec: { selector: { app: 'shop' }, ports: [{ port: 80 }] },
    })
})

const aBlueGreenShop = (more: BlueGreenStrategy) =>
  aHealthyShop(world, {
    strategy: {
      blueGreen: { activeService: 'active', previewService: 'preview', scaleDownDelaySeconds: 3, ...more },
    },
  })

const isWaiting = ({ status }: Rollout) =>
  status?.phase === 'Paused' && status.pauseConditions?.[0]?.reason === 'BlueGreenPause'

/** 2 is complete behind the preview Service and waits. */
async function previewed(more: BlueGreenStrategy = {}): Promise<Shop> {
  const shop = await aBlueGreenShop({ autoPromotionEnabled: false, ...more })
  await shop.release('2')
  await shop.until('waiting', isWaiting)
  return shop
}

describe('a blue-green rollout', () => {
  it('BG-52, BG-70: switches when the new version is complete, and scales the old one down after its delay', async () => {
    const shop = await aBlueGreenShop({})
    await shop.release('2')
    await shop.untilHealthy()
    const deadline = () => shop.story.replicaSets[0]?.metadata.annotations?.['scale-down-deadline']
    await world.eventually('a deadline', () => deadline() !== undefined)
    await shop.untilPods('2×2')
    expect(await shop.story.told('pods', 'service', 'stable')).toEqual([
      'preview → 2',
      '1×2 2×2',
      'active → 2',
      'stable 2',
      '2×2',
    ])
  })

  it('BG-30, ACT-35: waits for its promotion, both versions complete', async () => {
    const shop = await previewed()
    await world.pass(5_000)
    await shop.untilPods('1×2 2×2')
    expect(await shop.story.told('pods', 'service')).toEqual(['preview → 2', '1×2 2×2'])
    await shop.patchStatus({ pauseConditions: null })
    await shop.untilHealthy()
    await shop.untilPods('2×2')
    expect(await shop.story.told('pods', 'service', 'stable')).toEqual([
      ...['preview → 2', '1×2 2×2'],
      ...['active → 2', 'stable 2', '2×2'],
    ])
  })

  it('BG-31: is promoted by itself after its time, not before', async () => {
    const shop = await aBlueGreenShop({ autoPromotionSeconds: 3 })
    await shop.release('2')
    await shop.until('waiting', isWaiting)
    const began = Date.parse(shop.story.latest.status?.pauseConditions?.[0]?.startTime ?? '')
    await shop.until('switched', ({ status }) => status?.stableRS === status?.currentPodHash)
    const progressed = shop.story.latest.status?.conditions?.find(({ type }) => type === 'Progressing')
    const lasted = Date.parse(progressed?.lastUpdateTime ?? '') - began
    expect(lasted).toBeGreaterThanOrEqual(3_000)
    expect(lasted).toBeLessThan(15_000)
  })

  it('BG-73: aborted before the switch, stays on the old version and drops the new one after its delay', async () => {
    const shop = await previewed({ abortScaleDownDelaySeconds: 3 })
    await shop.patchStatus({ abort: true })
    await shop.untilPods('1×2')
    expect(shop.story.latest.status).toMatchObject({
      phase: 'Degraded',
      message: 'RolloutAborted: Rollout aborted update to revision 2',
    })
    expect(await shop.story.told('pods', 'service')).toEqual(['preview → 2', '1×2 2×2', '1×2'])
    await shop.patchStatus({ abort: false })
    await shop.until('waiting again', isWaiting)
    await shop.untilPods('1×2 2×2')
    await shop.patchStatus({ pauseConditions: null })
    await shop.untilHealthy()
    expect((await shop.story.told('service')).at(-1)).toBe('active → 2')
  })

  it('BG-76: set back within the delay, switches at once and without a pause', async () => {
    const shop = await previewed({ scaleDownDelaySeconds: 600 })
    await shop.patchStatus({ pauseConditions: null })
    await shop.untilHealthy()
    await world.eventually('a deadline', () =>
      shop.story.replicaSets.some(({ metadata }) => metadata.annotations?.['scale-down-deadline'] !== undefined),
    )
    await shop.story.turnPage()
    await shop.release('1')
    await shop.untilHealthy()
    expect(await shop.story.told('pods', 'service', 'stable')).toEqual(['preview → 1', 'active → 1', 'stable 1'])
    expect(await shop.story.told('phase')).not.toContain('Paused')
    const [first, second] = shop.story.replicaSets
    await world.eventually(
      'the deadline of 2',
      () => shop.story.replicaSets[1]?.metadata.annotations?.['scale-down-deadline'] !== undefined,
    )
    expect(first?.metadata.annotations).not.toHaveProperty('scale-down-deadline')
    expect(second?.spec.replicas).toBe(2)
  })

  it('BG-71: previews with fewer pods, and is complete before it switches', async () => {
    const shop = await previewed({ previewReplicaCount: 1 })
    await shop.patchStatus({ pauseConditions: null })
    await shop.untilHealthy()
    await shop.untilPods('2×2')
    expect(await shop.story.told('pods', 'service')).toEqual([
      ...['preview → 2', '1×2 2×1', '1×2 2×2'],
      ...['active → 2', '2×2'],
    ])
  })

  it('BG-78: given a third version in its pause, previews that', async () => {
    const shop = await previewed()
    await shop.release('3')
    await shop.until('3 created', () => shop.story.replicaSets.length === 3)
    await shop.until('waiting with 3', (rollout) => isWaiting(rollout) && rollout.status?.updatedReplicas === 2)
    await shop.untilPods('1×2 3×2')
    expect(await shop.story.told('service')).toEqual(['preview → 2', 'preview → 3'])
  })

  it('BG-79: promoted in full, does not wait', async () => {
    const shop = await previewed()
    await shop.patchStatus({ promoteFull: true })
    await shop.untilHealthy()
    expect(shop.story.latest.status).not.toHaveProperty('promoteFull')
    expect((await shop.story.told('service')).at(-1)).toBe('active → 2')
  })

  it('BG-80: that does not get ready keeps the old version in service', async () => {
    const shop = await aHealthyShop(world, {
      progressDeadlineSeconds: 4,
      strategy: { blueGreen: { activeService: 'active', previewService: 'preview' } },
    })
    await shop.release('2-hang')
    await shop.until('Degraded', ({ status }) => status?.phase === 'Degraded')
    expect(await shop.story.told('service', 'stable')).toEqual(['preview → 2-hang'])
  })
})
