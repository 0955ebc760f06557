import { beforeEach, describe, expect, it } from 'vitest'
import { controllerNamespace } from '#api/keys.ts'
import { type Resource, resourcePath, resources } from '#api/resources.ts'
import { aWebOfServers } from '#test/support/http-server.ts'
import type { Answer, ScriptedServer } from '#test/support/scripted-server.ts'
import { aWorld, type World } from '#test/support/world.ts'
import { canary, manifest, post, type Shop, shopIn } from './shop.ts'

const web = aWebOfServers()
const taken: Answer = (_seen, reply) => reply.text(200, 'ok')
const memory = 'notified.notifications.argoproj.io'

let world: World
let hook: ScriptedServer

beforeEach(async () => {
  world = await aWorld()
  hook = await web.server(taken)
})

/** Where the engines of this world have their lease. */
const home = () => (world.isReal ? world.namespace : controllerNamespace)

async function put(resource: Resource, name: string, content: object) {
  const path = resourcePath(resource, { namespace: home() })
  const body = { metadata: { name, namespace: home() }, ...content }
  const created = await world.send('POST', path, { body })
  if (created.code === 201) return
  const headers = { 'Content-Type': 'application/merge-patch+json' }
  expect(await world.send('PATCH', `${path}/${name}`, { body, headers })).toMatchObject({ code: 200 })
}

/** The catalogue of the reference in small, and a trigger with a condition. */
const configure = (more: Readonly<Record<string, string>> = {}) =>
  put(resources.configMaps, 'argo-rollouts-notification-configmap', {
    data: {
      'service.webhook': `{url: "${hook.url}/base/", retryMax: 1, headers: [{name: Authorization, value: Bearer $hook-token}]}`,
      'trigger.on-rollout-step-completed': '[{send: [step]}]',
      'trigger.on-rollout-completed': '[{send: [done]}]',
      'trigger.on-paused': '[{when: "rollout.status.phase == \'Paused\'", send: [paused]}]',
      'template.step':
        'webhook: {webhook: {method: POST, path: step, body: "{{.rollout.metadata.name}} step number {{add .rollout.status.currentStepIndex 1}}/{{len .rollout.spec.strategy.canary.steps}}"}}',
      'template.done': 'webhook: {webhook: {method: POST, path: done, body: "{{.rollout.metadata.name}} done"}}',
      'template.paused':
        'webhook: {webhook: {method: POST, path: paused, body: "{{range .rollout.spec.template.spec.containers}}{{.image}}{{end}}"}}',
      ...more,
    },
  })

const secret = () =>
  put(resources.secrets, 'argo-rollouts-notification-secret', {
    data: { 'hook-token': Buffer.from('t0ps3cret').toString('base64') },
  })

/** Made, with these annotations, and Healthy. */
async function aSubscribedShop(...triggers: readonly string[]): Promise<Shop> {
  const shop = shopIn(world)
  const annotations = Object.fromEntries(
    triggers.map((trigger) => [`notifications.argoproj.io/subscribe.${trigger}.webhook`, '']),
  )
  const { metadata, ...rest } = manifest({ strategy: canary([{ setWeight: 50 }, { pause: {} }]) })
  await post(world, resources.rollouts, { ...rest, metadata: { ...metadata, annotations } })
  await shop.untilHealthy()
  return shop
}

const told = () => hook.requests.map(({ path, body }) => `${path.replace('/base/', '')}: ${body}`)
const untilTold = (text: string) => world.eventually(text, () => told().includes(text))
const memoryIn = (shop: Shop) =>
  Object.keys(JSON.parse(shop.story.latest.metadata.annotations?.[memory] ?? '{}') as Record<string, number>)

describe('notifications', () => {
  it('OPS-145, OPS-147, OPS-151, OPS-152, OPS-161, OPS-162: Events tell who subscribed, in their order', async () => {
    await secret()
    await configure()
    world.startEngine()
    const shop = await aSubscribedShop('on-rollout-step-completed', 'on-rollout-completed')
    await untilTold('done: shop done')
    await shop.release('2')
    await shop.untilPausedAt(1)
    await untilTold('step: shop step number 1/2')
    await shop.patchStatus({ pauseConditions: null })
    await shop.untilHealthy()
    await world.eventually('all told', () => told().length === 4)
    expect(told()).toEqual([
      'done: shop done',
      'step: shop step number 1/2',
      'step: shop step number 2/2',
      'done: shop done',
    ])
    expect(hook.requests[0]).toMatchObject({ method: 'POST', headers: { authorization: 'Bearer t0ps3cret' } })
    expect(memoryIn(shop)).toEqual([])
  })

  it('OPS-43, OPS-154, OPS-155, OPS-174: a condition tells once, whichever engine drives, until it was false in between', async () => {
    await secret()
    await configure()
    const first = world.startEngine({ identity: 'argosy-one_1' })
    const shop = await aSubscribedShop('on-paused')
    await shop.release('2')
    await shop.untilPausedAt(1)
    await untilTold('paused: registry.example/shop:2')
    await world.eventually('remembered', () => memoryIn(shop).length === 1)
    expect(memoryIn(shop)[0]).toMatch(/^on-paused:\[0\]\.[\w-]{27}:webhook:$/)
    await first.stop()
    const second = world.startEngine({ identity: 'argosy-two_2' })
    await world.eventually('second drives', () => second.drives)
    await shop.patch({ metadata: { labels: { touched: 'yes' } } })
    await world.pass(5_000)
    expect(told()).toEqual(['paused: registry.example/shop:2'])
    await shop.patchStatus({ pauseConditions: null })
    await shop.untilHealthy()
    await world.eventually('forgotten', () => memoryIn(shop).length === 0)
    await shop.release('3')
    await shop.untilPausedAt(1)
    await untilTold('paused: registry.example/shop:3')
    await world.eventually('remembered again', () => memoryIn(shop).length === 1)
  })

  it('OPS-154, OPS-156: what could not be told is not remembered, and tried again when the Rollout changes, without a loop', async () => {
    await secret()
    await configure()
    hook.answer((_seen, reply) => reply.text(400, 'no'))
    world.startEngine()
    const shop = await aSubscribedShop('on-paused')
    await shop.release('2')
    await shop.untilPausedAt(1)
    await world.eventually('tried', () => hook.requests.length > 0)
    await world.pass(15_000)
    const tried = hook.requests.length
    expect(memoryIn(shop)).toEqual([])
    await world.pass(15_000)
    expect(hook.requests).toHaveLength(tried)
    hook.answer(taken)
    await shop.patch({ metadata: { labels: { touched: 'yes' } } })
    await world.eventually('told', () => hook.requests.length > tried)
    await world.eventually('remembered', () => memoryIn(shop).length === 1)
    expect(hook.requests).toHaveLength(tried + 1)
  })

  it('OPS-145: a change of the configuration counts at once; a wrong one switches all of it off until it is mended', async () => {
    await secret()
    world.startEngine()
    const shop = await aSubscribedShop('on-paused', 'on-rollout-step-completed')
    await shop.release('2')
    await shop.untilPausedAt(1)
    await world.pass(2_000)
    expect(told()).toEqual([])
    await configure()
    await untilTold('paused: registry.example/shop:2')
    await configure({ 'service.carrier-pigeon': '{}' })
    await world.pass(2_000)
    await shop.patchStatus({ pauseConditions: null })
    await shop.untilHealthy()
    await world.pass(2_000)
    expect(told()).toEqual(['paused: registry.example/shop:2'])
    await configure({ 'service.carrier-pigeon': 'null', 'trigger.on-paused': '[]' })
  })

  it('OPS-153: a webhook that does not answer delays nothing', async () => {
    await secret()
    await configure()
    hook.answer(() => undefined)
    const engine = world.startEngine()
    const shop = await aSubscribedShop('on-rollout-step-completed', 'on-rollout-completed', 'on-paused')
    await shop.release('2')
    await shop.untilPausedAt(1)
    await shop.patchStatus({ pauseConditions: null })
    await shop.untilHealthy()
    expect(hook.requests.length).toBeGreaterThan(0)
    const before = world.now()
    await world.meanwhile(engine.stop())
    expect(world.now() - before).toBeLessThan(15_000)
  })

  it('OPS-174: an engine that only watches tells nothing', async () => {
    await secret()
    await configure()
    const driving = world.startEngine()
    const shop = await aSubscribedShop('on-paused')
    await driving.stop()
    world.startEngine({ observes: true, identity: 'argosy-two_2' })
    await shop.patchStatus({ phase: 'Paused' })
    await world.pass(5_000)
    expect(told()).toEqual([])
  })
})
