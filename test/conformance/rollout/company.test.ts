import { beforeEach, describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { resourcePath, resources } from '#api/resources.ts'
import { aWorld, type World } from '#test/support/world.ts'
import { aHealthyShop, aShop, canary, isHealthy, manifest, objectsOf, shopIn, shopName, template } from './shop.ts'

let world: World

beforeEach(async () => {
  world = await aWorld()
})

const half = canary([{ setWeight: 50 }, { pause: {} }])
const kubectl = (...args: readonly string[]) => world.meanwhile(world.kubectl.ok(...args))
const file = (name: string, object: object) => world.kubectl.file(name, stringify(object, { lineWidth: 0 }))

describe('others who write to the same objects', () => {
  it('REC-151: a rollout and its ReplicaSets that are labelled and annotated all the time still move', async () => {
    const shop = await aHealthyShop(world, { strategy: canary([{ setWeight: 50 }, { pause: { duration: '2s' } }]) })
    await shop.release('2')
    const headers = { 'Content-Type': 'application/merge-patch+json' }
    let turn = 0
    await world.eventually('healthy with 2', async () => {
      turn++
      const metadata = { labels: { turn: `${turn}` }, annotations: { 'example.com/turn': `${turn}` } }
      for (const resource of [resources.rollouts, resources.replicaSets])
        for (const { metadata: each } of await objectsOf(world, resource)) {
          const path = resourcePath(resource, { namespace: world.namespace, name: each.name })
          expect(await world.send('PATCH', path, { body: { metadata }, headers })).toMatchObject({ code: 200 })
        }
      return isHealthy(shop.story.latest)
    })
    expect(await shop.story.told('step', 'pods')).toEqual([
      ...['step 0', '1×2 2×1', '1×1 2×1'],
      ...['step 1', 'step 2', '1×1 2×2', '2×2'],
    ])
    expect(shop.story.latest.metadata.labels).toHaveProperty('turn')
    expect(shop.story.replicaSets).toHaveLength(2)
  })

  it('REC-60: an autoscaler that writes the scale while it is updated is obeyed', async () => {
    const shop = await aHealthyShop(world, { strategy: half })
    await shop.release('2')
    await shop.untilPausedAt(1)
    await kubectl('scale', 'rollout', shopName, '--replicas=4')
    await shop.untilPods('1×2 2×2')
    const scale = await world.send(
      'GET',
      resourcePath(resources.rollouts, { namespace: world.namespace, name: shopName, subresource: 'scale' }),
    )
    expect(scale.body).toMatchObject({
      spec: { replicas: 4 },
      status: { replicas: 4, selector: expect.stringContaining('app=shop') },
    })
    const refused = await world.meanwhile(
      world.kubectl.run(['scale', 'rollout', shopName, '--current-replicas=2', '--replicas=3']),
    )
    expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('Expected replicas to be 2, was 4') })
  })
})

describe('kubectl', () => {
  it('API-2: applies it on the server, in agreement with the engine and in conflict with another manager', async () => {
    world.startEngine()
    const shop = shopIn(world)
    const first = file('first.yaml', manifest({ strategy: half }))
    const second = file('second.yaml', manifest({ strategy: half, template: template('2') }))
    const apply = (manager: string, path: string, ...flags: readonly string[]) =>
      world.meanwhile(world.kubectl.run(['apply', '--server-side', `--field-manager=${manager}`, '-f', path, ...flags]))
    expect(await apply('one', first)).toMatchObject({ code: 0 })
    await shop.untilHealthy()
    expect(await apply('two', second)).toMatchObject({
      code: 1,
      err: expect.stringMatching(/conflict with "one".*\.spec\.template\.spec\.containers/s),
    })
    await world.pass(1_000)
    expect(shop.story.replicaSets).toHaveLength(1)
    expect(await apply('two', second, '--force-conflicts')).toMatchObject({ code: 0 })
    await shop.untilPausedAt(1)
    expect(shop.story.latest.metadata.annotations).toMatchObject({ 'rollout.argoproj.io/revision': '2' })
    expect(await apply('two', second)).toMatchObject({ code: 0 })
    await world.pass(1_000)
    expect(shop.story.latest.status).toMatchObject({ phase: 'Paused', currentStepIndex: 1 })
  })

  it('REC-63: waits for its conditions', async () => {
    world.startEngine()
    const shop = await aShop(world, { strategy: half })
    const waitFor = (what: string) => kubectl('wait', 'rollout', shopName, `--for=${what}`, '--timeout=60s')
    const met = `rollout.argoproj.io/${shopName} condition met\n`
    expect(await waitFor('condition=Available')).toBe(met)
    expect(await waitFor('condition=Healthy')).toBe(met)
    expect(await waitFor('condition=Completed')).toBe(met)
    await shop.release('2')
    expect(await waitFor('condition=Completed=false')).toBe(met)
    expect(await waitFor('jsonpath={.status.phase}=Paused')).toBe(met)
    expect(await waitFor('condition=Paused')).toBe(met)
    await shop.patchStatus({ pauseConditions: null })
    expect(await waitFor('condition=Healthy')).toBe(met)
  })

  it('VIEW-1: watches it in a table while it is deployed', async () => {
    world.startEngine()
    const watching = world.kubectl.start(['get', 'rollouts', '-w', '--no-headers'])
    const shop = await aShop(world, { replicas: 3, strategy: half })
    await shop.untilHealthy()
    const rows = () =>
      watching
        .printed()
        .trim()
        .split('\n')
        .map((row) => row.split(/\s+/).slice(0, 5).join(' '))
    await world.eventually('the last row', () => rows().at(-1) === `${shopName} 3 3 3 3`)
    expect(rows().length).toBeGreaterThan(2)
    watching.stop()
  })
})
