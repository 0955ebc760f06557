import { beforeEach, describe, expect, it } from 'vitest'
import type { Deployment } from '#api/apps.ts'
import { resourcePath, resources } from '#api/resources.ts'
import { aWorld, type World } from '#test/support/world.ts'
import { canary, manifest, post, type Shop, shopIn, template } from './shop.ts'

let world: World

beforeEach(async () => {
  world = await aWorld()
})

const workload = 'shop-base'
const path = () => resourcePath(resources.deployments, { namespace: world.namespace, name: workload })
const deployment = async () => (await world.send<Deployment>('GET', path())).body
const change = async (spec: object) => {
  const headers = { 'Content-Type': 'application/merge-patch+json' }
  expect(await world.send('PATCH', path(), { body: { spec }, headers })).toMatchObject({ code: 200 })
}

/** A Rollout without a template of its own, and the Deployment it borrows from. */
async function borrowing(scaleDown?: string): Promise<Shop> {
  const { selector, template: _own, ...spec } = manifest({ strategy: canary([{ setWeight: 50 }, { pause: {} }]) }).spec
  await post(world, resources.deployments, {
    metadata: { name: workload },
    spec: { replicas: 1, selector, template: template('1') },
  })
  await world.eventually('the Deployment available', async () => (await deployment()).status?.availableReplicas === 1)
  world.startEngine()
  const shop = shopIn(world)
  const mode = scaleDown === undefined ? {} : { scaleDown }
  const workloadRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: workload, ...mode }
  await post(world, resources.rollouts, { ...manifest({}), spec: { ...spec, workloadRef } })
  await shop.untilHealthy()
  return shop
}

describe('a rollout that borrows the template of a Deployment', () => {
  it('REC-82, REC-83: follows it through the steps, and stores nothing of it', async () => {
    const shop = await borrowing()
    expect((await deployment()).spec.replicas).toBe(1)
    await change({ replicas: 0 })
    await shop.story.turnPage()
    await change({ template: { spec: template('2').spec } })
    await shop.until('paused', ({ status }) => status?.phase === 'Paused' && status.currentStepIndex === 1)
    await shop.untilPods('1×1 2×1')
    await shop.patchStatus({ pauseConditions: null })
    await shop.until('on 2', ({ status }) => status?.phase === 'Healthy' && status.currentPodHash === status.stableRS)
    await shop.untilPods('2×2')
    expect(await shop.story.told('step', 'pods')).toEqual([
      ...['step 0', '1×2 2×1', '1×1 2×1', 'step 1'],
      ...['step 2', '1×1 2×2', '2×2'],
    ])
    expect(shop.story.latest.spec).not.toHaveProperty('template')
    expect(shop.story.latest.spec).not.toHaveProperty('selector')
    expect((await deployment()).spec.replicas).toBe(0)
  })

  it.each([
    ['REC-84', 'onsuccess'],
    ['REC-85', 'progressively'],
  ])(
    '%s: asked to scale it down %s, does so once it is Healthy, and only in its first revision',
    async (_rule, mode) => {
      const shop = await borrowing(mode)
      const pods = async () => (await deployment()).status?.replicas ?? 0
      await world.eventually('the Deployment without pods', async () => (await pods()) === 0)
      expect((await deployment()).spec.replicas).toBe(0)
      await change({ replicas: 1, template: { spec: template('2').spec } })
      await shop.until('paused', ({ status }) => status?.phase === 'Paused' && status.currentStepIndex === 1)
      await shop.patchStatus({ promoteFull: true })
      await shop.until('on 2', ({ status }) => status?.phase === 'Healthy' && status.currentPodHash === status.stableRS)
      expect((await deployment()).spec.replicas).toBe(1)
    },
  )
})
