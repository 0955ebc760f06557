import { beforeEach, describe, expect, it } from 'vitest'
import type { ReplicaSet } from '#api/apps.ts'
import type { KubeObject } from '#api/meta.ts'
import { type Resource, resourcePath, resources } from '#api/resources.ts'
import type { Rollout } from '#api/rollout.ts'
import { aWorld, type World } from '#test/support/world.ts'
import { imageTag } from './observe.ts'
import { isHealthy, isPausedAt } from './shop.ts'

/** Its timed pauses are ten seconds there. */
const manifest = `
apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata:
  name: rollouts-demo
spec:
  replicas: 5
  strategy:
    canary:
      steps:
      - setWeight: 20
      - pause: {}
      - setWeight: 40
      - pause: {duration: 2s}
      - setWeight: 60
      - pause: {duration: 2s}
      - setWeight: 80
      - pause: {duration: 2s}
  revisionHistoryLimit: 2
  selector:
    matchLabels: {app: rollouts-demo}
  template:
    metadata:
      labels: {app: rollouts-demo}
    spec:
      containers:
      - name: rollouts-demo
        image: registry.example/rollouts-demo:blue
        ports:
        - {name: http, containerPort: 8080, protocol: TCP}
        resources:
          requests: {memory: 32Mi, cpu: 5m}
`

const name = 'rollouts-demo'
let world: World

beforeEach(async () => {
  world = await aWorld()
  world.startEngine()
})

const read = async <T extends KubeObject>(resource: Resource, more: { readonly name?: string } = {}) =>
  (await world.send<T>('GET', resourcePath(resource, { namespace: world.namespace, ...more }))).body
const rollout = () => read<Rollout>(resources.rollouts, { name })
const replicaSets = async () =>
  (await read<KubeObject & { readonly items: readonly ReplicaSet[] }>(resources.replicaSets)).items
const sizes = async () =>
  Object.fromEntries((await replicaSets()).map((rs) => [imageTag(rs), rs.status?.replicas ?? 0]))
const until = (what: string, holds: (rollout: Rollout) => boolean) =>
  world.eventually(what, async () => holds(await rollout()))

const patchStatus = (body: object) =>
  world.kubectl.ok('patch', 'rollout', name, '--subresource=status', '--type=merge', '-p', JSON.stringify(body))
const setImage = (tag: string) => {
  const containers = [{ name, image: `registry.example/rollouts-demo:${tag}` }]
  const body = JSON.stringify({ spec: { template: { spec: { containers } } } })
  return world.kubectl.ok('patch', 'rollout', name, '--type=merge', '-p', body)
}

/** Deployed with blue, updated to yellow, waiting in the open pause. */
async function pausedInTheMiddle(): Promise<void> {
  await world.kubectl.ok('apply', '-f', world.kubectl.file('rollout.yaml', manifest))
  await until('healthy', isHealthy)
  await setImage('yellow')
  await until('paused at step 1', isPausedAt(1))
}

describe('the example of the public documentation, by kubectl alone', () => {
  it('CAN-42: is deployed without steps, updated, and waits in its open pause at 20 %', async () => {
    await pausedInTheMiddle()
    await world.pass(5_000)
    expect(isPausedAt(1)(await rollout())).toBe(true)
    expect(await sizes()).toEqual({ blue: 4, yellow: 1 })
    const shown = await world.kubectl.ok('get', 'rollout', name)
    expect(shown.trim().split('\n')[1]?.split(/\s+/).slice(0, 5)).toEqual([name, '5', '5', '1', '5'])
  })

  it('ACT-35: goes on through every step once its pause is cleared, and ends Healthy', async () => {
    await pausedInTheMiddle()
    const path = resourcePath(resources.rollouts, { namespace: world.namespace })
    const watched = world.watch<{ readonly object: Rollout }>(`${path}?watch=true`)
    const seen = () => watched.events.map(({ object }) => object.status?.currentStepIndex)
    await world.eventually('the watch open', () => seen().length > 0)
    expect(await patchStatus({ status: { pauseConditions: null } })).toBe(`rollout.argoproj.io/${name} patched\n`)
    await until('healthy', isHealthy)
    await world.eventually('the last step told', () => seen().at(-1) === 8)
    expect(seen().filter((step, position) => step !== seen()[position - 1])).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
    await world.eventually('all yellow', async () => (await sizes())['yellow'] === 5 && (await sizes())['blue'] === 0)
    expect((await rollout()).metadata.annotations?.['rollout.argoproj.io/revision']).toBe('2')
    watched.close()
  })

  it('ACT-32: promoted in full, it skips what is left', async () => {
    await pausedInTheMiddle()
    await patchStatus({ status: { promoteFull: true } })
    await until('healthy', isHealthy)
    expect((await rollout()).status).not.toHaveProperty('promoteFull', true)
  })

  it('ACT-50: aborted, it is Degraded with all pods of the stable version', async () => {
    await pausedInTheMiddle()
    await patchStatus({ status: { abort: true } })
    await until('degraded', ({ status }) => status?.phase === 'Degraded')
    await world.eventually('all blue', async () => (await sizes())['blue'] === 5 && (await sizes())['yellow'] === 0)
    expect((await rollout()).status).toMatchObject({ abort: true, message: expect.stringContaining('RolloutAborted') })
  })

  it('ACT-95: undone, the template of the revision before is back and nothing has to be rolled out', async () => {
    await pausedInTheMiddle()
    const blue = (await replicaSets()).find((rs) => imageTag(rs) === 'blue')
    const { 'rollouts-pod-template-hash': _hash, ...labels } = blue?.spec.template.metadata?.labels ?? {}
    const value = { ...blue?.spec.template, metadata: { labels } }
    const body = JSON.stringify([{ op: 'replace', path: '/spec/template', value }])
    await world.kubectl.ok('patch', 'rollout', name, '--type=json', '-p', body)
    await until('healthy', isHealthy)
    await world.eventually('all blue', async () => (await sizes())['blue'] === 5)
    expect(await replicaSets()).toHaveLength(2)
    expect((await rollout()).status?.currentPodHash).toBe(blue?.metadata.labels?.['rollouts-pod-template-hash'])
  })

  it('ACT-2: a status sent to the object itself, and a spec sent to its status, change nothing', async () => {
    await pausedInTheMiddle()
    const before = await rollout()
    await world.kubectl.ok('patch', 'rollout', name, '--type=merge', '-p', '{"status":{"abort":true}}')
    await patchStatus({ spec: { replicas: 9 } })
    const after = await rollout()
    expect(after.spec).toEqual(before.spec)
    expect(after.status).not.toHaveProperty('abort')
    expect(after.metadata.generation).toBe(before.metadata.generation)
  })
})
