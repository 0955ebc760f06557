import { expect, it, onTestFinished } from 'vitest'
import { resourcePath, resources } from '#api/resources.ts'
import { loadKubeconfig } from '#main/cluster/kubeconfig.ts'
import { createClusterClient } from '#main/cluster/rest.ts'
import { NotificationSettings } from '#main/controller/notification-settings.ts'
import { aKubectl } from '#test/support/kubectl.ts'
import { aSandbox } from '#test/support/sandbox.ts'
import { advanceUntil } from '#test/support/until.ts'
import { VirtualClock } from '#test/support/virtual-clock.ts'

const namespace = 'argo-rollouts'

async function setUp() {
  const clock = new VirtualClock()
  const sandbox = await aSandbox(clock)
  const kubectl = aKubectl(sandbox.kubeconfig)
  const config = loadKubeconfig({ paths: [kubectl.kubeconfig] })
  const access = config.ok ? config.value.access('harbor-1') : undefined
  if (access === undefined) throw new Error('no context')
  const client = createClusterClient({ access, clock, random: () => 0.5, env: {} })
  const logged: string[] = []
  let changes = 0
  const settings = new NotificationSettings({
    client,
    clock,
    log: (level, message, fields) => {
      if (level !== 'info') logged.push(JSON.stringify([level, message, fields]))
    },
    random: () => 0.5,
    namespace,
    onChange: () => changes++,
  })
  onTestFinished(async () => {
    settings.leave()
    await client.close()
    await sandbox.stop()
    kubectl.end()
  })
  const put = async (kind: 'configMaps' | 'secrets', data: Readonly<Record<string, string>>) => {
    const name = kind === 'secrets' ? 'argo-rollouts-notification-secret' : 'argo-rollouts-notification-configmap'
    const path = resourcePath(resources[kind], { namespace })
    const body = { metadata: { namespace, name }, data }
    const created = await sandbox.send('POST', path, { body })
    const { code } = created.code === 201 ? created : await sandbox.send('PUT', `${path}/${name}`, { body })
    if (code >= 300) throw new Error(`not put: ${code}`)
  }
  const until = (what: string, condition: () => boolean) => advanceUntil(clock, what, condition, 100)
  return { clock, client, settings, logged, put, until, changes: () => changes }
}

it('OPS-174: nothing is asked before it is followed; without a ConfigMap one list and one watch by name', async () => {
  const { clock, client, settings, until } = await setUp()
  await clock.advance(1_000)
  expect(client.requests).toMatchObject({ get: 0, list: 0, watch: 0 })
  settings.follow()
  await settings.known()
  await until('watched', () => client.requests.watch > 0)
  await clock.advance(1_000)
  expect([settings.configuration, settings.isKnown]).toEqual([undefined, true])
  expect(client.requests).toMatchObject({ get: 0, list: 1, watch: 1 })
})

it('OPS-145: the Secret is read once there is a ConfigMap; any change of either counts', async () => {
  const { settings, put, changes, until } = await setUp()
  await put('secrets', { token: Buffer.from('one').toString('base64') })
  settings.follow()
  await settings.known()
  await put('configMaps', { 'template.a': 'message: a' })
  await until('configured', () => settings.configuration !== undefined)
  expect([...(settings.configuration?.templates.keys() ?? [])]).toEqual(['a'])
  expect(settings.configuration?.secrets).toEqual({ token: 'one' })
  const before = changes()
  await put('secrets', { token: Buffer.from('two').toString('base64') })
  await until('changed', () => changes() > before)
  expect(settings.configuration?.secrets).toEqual({ token: 'two' })
})

it('OPS-145, OPS-173: a wrong one is none until it is mended, and the log says why without a value', async () => {
  const { settings, put, logged, until } = await setUp()
  await put('configMaps', { 'service.webhook': 'url: [s3cret]' })
  settings.follow()
  await until('told', () => logged.length > 0)
  expect(settings.configuration).toBeUndefined()
  expect(logged).toEqual([expect.stringContaining('service.webhook.url: expected a text')])
  expect(logged.join()).not.toContain('s3cret')
  await put('configMaps', { 'service.webhook': 'url: http://a' })
  await until('mended', () => settings.configuration?.services.has('webhook') === true)
})

it('what is known is known again when it is followed anew', async () => {
  const { settings, put, until } = await setUp()
  await put('configMaps', { 'template.a': 'message: a' })
  settings.follow()
  await until('configured', () => settings.configuration !== undefined)
  settings.leave()
  expect(settings.isKnown).toBe(false)
  settings.follow()
  await settings.known()
  expect(settings.configuration?.templates.size).toBe(1)
})
