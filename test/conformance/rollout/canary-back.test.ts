import { beforeEach, describe, expect, it } from 'vitest'
import { labels } from '#api/keys.ts'
import { aWorld, type World } from '#test/support/world.ts'
import { aHealthyShop, canary, type Shop } from './shop.ts'

let world: World

beforeEach(async () => {
  world = await aWorld()
})

const revisionOf = (shop: Shop) => shop.story.latest.metadata.annotations?.['rollout.argoproj.io/revision']
const isAborted = ({ status }: Shop['story']['latest']) => status?.phase === 'Degraded' && status.abort === true

/** Half of it is on 2, and waits. */
async function halfWay(): Promise<Shop> {
  const steps = [{ setWeight: 50 }, { pause: {} }]
  const shop = await aHealthyShop(world, { strategy: canary(steps) })
  await shop.release('2')
  await shop.untilPausedAt(1)
  await shop.untilPods('1×1 2×1')
  await shop.story.turnPage()
  return shop
}

describe('a canary half way', () => {
  it('ACT-52, CAN-73: aborted, is Degraded on its old version, and stays there', async () => {
    const shop = await halfWay()
    await shop.patchStatus({ abort: true })
    await shop.untilPods('1×2')
    expect(shop.story.latest.status).toMatchObject({
      phase: 'Degraded',
      message: 'RolloutAborted: Rollout aborted update to revision 2',
      currentStepIndex: 0,
      abortedAt: expect.stringMatching(/Z$/),
    })
    expect(shop.story.latest.status).not.toHaveProperty('pauseConditions')
    await world.pass(3_000)
    expect(await shop.story.told('pods', 'phase')).toEqual(['1×2 2×1', 'Degraded', '1×2'])
  })

  it('ACT-61, CAN-75: aborted and retried, begins again with its first step', async () => {
    const shop = await halfWay()
    await shop.patchStatus({ abort: true })
    await shop.untilPods('1×2')
    await shop.story.turnPage()
    await shop.patchStatus({ abort: false })
    await shop.untilPausedAt(1)
    expect(await shop.story.told('step', 'phase', 'pods')).toEqual(
      expect.arrayContaining(['Progressing', '1×2 2×1', '1×1 2×1', 'step 1', 'Paused']),
    )
    expect(shop.story.latest.status).not.toHaveProperty('abortedAt')
    await shop.patchStatus({ pauseConditions: null })
    await shop.untilHealthy()
    expect(shop.story.replicaSets).toHaveLength(2)
  })

  it('CAN-59, REC-95: aborted and set back to its old template, is Healthy without another ReplicaSet', async () => {
    const shop = await halfWay()
    await shop.patchStatus({ abort: true })
    await shop.until('aborted', isAborted)
    await shop.release('1')
    await shop.untilHealthy()
    await shop.untilPods('1×2')
    expect(shop.story.latest.status).not.toHaveProperty('abort')
    expect(shop.story.replicaSets).toHaveLength(2)
    expect(revisionOf(shop)).toBe('3')
  })

  it('CAN-52, CAN-78: set back to its old template, skips its steps', async () => {
    const shop = await halfWay()
    await shop.release('1')
    await shop.untilHealthy()
    await shop.untilPods('1×2')
    expect(await shop.story.told('step', 'pods', 'stable')).toEqual(['step 2', '1×2 2×1', '1×2'])
    expect(shop.story.replicaSets).toHaveLength(2)
  })

  it('CAN-77: given a third version, drops the second and begins again', async () => {
    const shop = await halfWay()
    await shop.release('3')
    await shop.untilPausedAt(1)
    await shop.untilPods('1×1 3×1')
    expect((await shop.story.told('step')).slice(0, 2)).toEqual(['step 0', 'step 1'])
    await shop.patchStatus({ pauseConditions: null })
    await shop.untilHealthy()
    await shop.untilPods('3×2')
    expect(revisionOf(shop)).toBe('3')
    expect(shop.story.replicaSets).toHaveLength(3)
  })

  it('ACT-42: aborted, is revived by a promotion in full', async () => {
    const shop = await halfWay()
    await shop.patchStatus({ abort: true })
    await shop.untilPods('1×2')
    await shop.patchStatus({ promoteFull: true })
    await shop.untilHealthy()
    await shop.untilPods('2×2')
    expect(shop.story.latest.status).not.toHaveProperty('abort')
  })

  it('ACT-70, CAN-70: paused by hand, neither moves nor scales until resumed', async () => {
    const shop = await halfWay()
    await shop.patch({ spec: { paused: true } })
    await shop.until('paused by hand', ({ status }) => status?.message === 'manually paused')
    await shop.patch({ spec: { replicas: 4 } })
    await world.pass(3_000)
    expect(await shop.story.told('step', 'pods')).toEqual([])
    await shop.patch({ spec: { paused: false } })
    await shop.untilPods('1×2 2×2')
    await shop.patchStatus({ pauseConditions: null })
    await shop.untilHealthy()
    await shop.untilPods('2×4')
  })
})

describe('a canary at rest', () => {
  it('ACT-55, CAN-59: an abort changes nothing', async () => {
    const shop = await aHealthyShop(world, { strategy: canary([{ setWeight: 50 }]) })
    await shop.patchStatus({ abort: true })
    await shop.until('discarded', ({ status }) => status?.abort === undefined && status?.phase === 'Healthy')
    expect(await shop.story.told('step', 'pods', 'stable')).toEqual([])
  })

  it('ACT-95, ACT-97: undone, comes back as a new revision of the same ReplicaSet', async () => {
    const shop = await aHealthyShop(world, { replicas: 1, strategy: canary([{ setWeight: 50 }]) })
    await shop.release('2')
    await shop.untilHealthy()
    const [first] = shop.story.replicaSets
    const { [labels.podTemplateHash]: _hash, ...kept } = first?.spec.template.metadata?.labels ?? {}
    const template = { ...first?.spec.template, metadata: { labels: kept } }
    await shop.story.turnPage()
    await shop.patch({ spec: { template } })
    await shop.untilHealthy()
    await shop.untilPods('1×1')
    expect(shop.story.replicaSets.map(({ metadata }) => metadata.annotations)).toMatchObject([
      { 'rollout.argoproj.io/revision': '3', 'rollout.argoproj.io/revision-history': '1' },
      { 'rollout.argoproj.io/revision': '2' },
    ])
    expect(await shop.story.told('step', 'pods')).toEqual(['step 0', '2×1 1×1', 'step 1', '1×1'].map(oldestFirst))
    expect(revisionOf(shop)).toBe('3')
  })

  it('REC-15: tells its journey in events, in this order', async () => {
    const events = world.watch<{ readonly type: string; readonly object: { readonly reason?: string } }>(
      `/api/v1/namespaces/${world.namespace}/events?watch=true&fieldSelector=involvedObject.kind%3DRollout`,
    )
    const reasons = () => events.events.filter(({ type }) => type === 'ADDED').map(({ object }) => object.reason)
    const shop = await aHealthyShop(world, {
      replicas: 1,
      strategy: canary([{ setWeight: 50 }, { pause: { duration: '3s' } }]),
    })
    await world.eventually('deployed', () => reasons().includes('RolloutCompleted'))
    const deployed = reasons().length
    await shop.release('2')
    await shop.untilHealthy()
    await world.eventually('completed', () => reasons().lastIndexOf('RolloutCompleted') > deployed)
    expect(reasons().slice(0, deployed)).toEqual([
      'RolloutUpdated',
      'NewReplicaSetCreated',
      'RolloutNotCompleted',
      'ScalingReplicaSet',
      'RolloutCompleted',
    ])
    expect(reasons().slice(deployed)).toEqual([
      'RolloutUpdated',
      'NewReplicaSetCreated',
      'RolloutNotCompleted',
      'ScalingReplicaSet',
      'RolloutStepCompleted',
      'RolloutPaused',
      'RolloutStepCompleted',
      'RolloutResumed',
      'ScalingReplicaSet',
      'RolloutCompleted',
    ])
    events.close()
  })
})

/** A story names the ReplicaSets in the order of their creation. */
const oldestFirst = (line: string) => (line.includes('×') ? line.split(' ').toSorted().join(' ') : line)
