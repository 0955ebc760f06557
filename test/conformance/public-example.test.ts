import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ReplicaSet } from '#api/apps.ts'
import { resources } from '#api/resources.ts'
import type { Rollout } from '#api/rollout.ts'
import { aKubectl, type Kubectl } from '#test/support/kubectl.ts'
import { aSandbox, type Sandbox } from '#test/support/sandbox.ts'
import { anEngineOn } from '#test/support/sandbox-engine.ts'
import { advanceUntil } from '#test/support/until.ts'
import { VirtualClock } from '#test/support/virtual-clock.ts'

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
      - pause: {duration: 10s}
      - setWeight: 60
      - pause: {duration: 10s}
      - setWeight: 80
      - pause: {duration: 10s}
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
let clock: VirtualClock
let sandbox: Sandbox
let kubectl: Kubectl
let stopEngine: () => Promise<void>

beforeEach(async () => {
  clock = new VirtualClock()
  sandbox = await aSandbox(clock)
  kubectl = aKubectl(sandbox.kubeconfig)
  stopEngine = anEngineOn(kubectl.kubeconfig, 'harbor-1', clock).stop
})

afterEach(async () => {
  await stopEngine()
  await sandbox.stop()
  kubectl.end()
})

const store = () => sandbox.cluster.store
const rollout = () => store().get(resources.rollouts, { namespace: 'default', name }) as Rollout
const replicaSets = () => store().list(resources.replicaSets, 'default') as readonly ReplicaSet[]
const sizes = () =>
  Object.fromEntries(
    replicaSets().map((rs) => [rs.spec.template.spec?.containers[0]?.image?.split(':')[1], rs.status?.replicas ?? 0]),
  )
const isHealthy = () => {
  const { status, metadata } = rollout()
  return (
    status?.phase === 'Healthy' &&
    status.observedGeneration === String(metadata.generation) &&
    status.currentPodHash === status.stableRS
  )
}
const isPausedAt = (index: number) => () =>
  rollout().status?.phase === 'Paused' && rollout().status?.currentStepIndex === index

const patchStatus = (body: object) =>
  kubectl.ok('patch', 'rollout', name, '--subresource=status', '--type=merge', '-p', JSON.stringify(body))
const setImage = (tag: string) => {
  const containers = [{ name, image: `registry.example/rollouts-demo:${tag}` }]
  const body = JSON.stringify({ spec: { template: { spec: { containers } } } })
  return kubectl.ok('patch', 'rollout', name, '--type=merge', '-p', body)
}

/** Deployed with blue, updated to yellow, waiting in the open pause. */
async function pausedInTheMiddle(): Promise<void> {
  await kubectl.ok('apply', '-f', kubectl.file('rollout.yaml', manifest))
  await advanceUntil(clock, 'healthy', isHealthy)
  await setImage('yellow')
  await advanceUntil(clock, 'paused at step 1', isPausedAt(1))
}

describe('the example of the public documentation, by kubectl alone', () => {
  it('is deployed without steps, updated, and waits in its open pause at 20 %', async () => {
    await pausedInTheMiddle()
    await clock.advance(120_000)
    expect(isPausedAt(1)()).toBe(true)
    expect(sizes()).toEqual({ blue: 4, yellow: 1 })
    const shown = await kubectl.ok('get', 'rollout', name)
    expect(shown.trim().split('\n')[1]?.split(/\s+/).slice(0, 5)).toEqual([name, '5', '5', '1', '5'])
  })

  it('ACT-35: goes on through every step once its pause is cleared, and ends Healthy', async () => {
    await pausedInTheMiddle()
    const seen: (number | undefined)[] = []
    store().onChange(({ object }) => {
      const index = object.kind === 'Rollout' ? (object as Rollout).status?.currentStepIndex : undefined
      if (index !== undefined && index !== seen.at(-1)) seen.push(index)
    })
    expect(await patchStatus({ status: { pauseConditions: null } })).toBe(`rollout.argoproj.io/${name} patched\n`)
    await advanceUntil(clock, 'healthy', isHealthy)
    expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
    await clock.advance(60_000)
    expect(sizes()).toEqual({ blue: 0, yellow: 5 })
    expect(rollout().metadata.annotations?.['rollout.argoproj.io/revision']).toBe('2')
  })

  it('ACT-32: promoted in full, it skips what is left', async () => {
    await pausedInTheMiddle()
    await patchStatus({ status: { promoteFull: true } })
    await advanceUntil(clock, 'healthy', isHealthy)
    expect(rollout().status).not.toHaveProperty('promoteFull', true)
  })

  it('ACT-50: aborted, it is Degraded with all pods of the stable version', async () => {
    await pausedInTheMiddle()
    await patchStatus({ status: { abort: true } })
    await advanceUntil(clock, 'degraded', () => rollout().status?.phase === 'Degraded')
    await advanceUntil(clock, 'all blue', () => sizes()['blue'] === 5 && sizes()['yellow'] === 0)
    expect(rollout().status).toMatchObject({ abort: true, message: expect.stringContaining('RolloutAborted') })
  })

  it('ACT-95: undone, the template of the revision before is back and nothing has to be rolled out', async () => {
    await pausedInTheMiddle()
    const blue = replicaSets().find((rs) => rs.spec.template.spec?.containers[0]?.image?.endsWith(':blue'))
    const { 'rollouts-pod-template-hash': _hash, ...labels } = blue?.spec.template.metadata?.labels ?? {}
    const value = { ...blue?.spec.template, metadata: { labels } }
    const body = JSON.stringify([{ op: 'replace', path: '/spec/template', value }])
    await kubectl.ok('patch', 'rollout', name, '--type=json', '-p', body)
    await advanceUntil(clock, 'healthy', () => isHealthy() && sizes()['blue'] === 5)
    expect(replicaSets()).toHaveLength(2)
    expect(rollout().status?.currentPodHash).toBe(blue?.metadata.labels?.['rollouts-pod-template-hash'])
  })

  it('ACT-2: a status sent to the object itself, and a spec sent to its status, change nothing', async () => {
    await pausedInTheMiddle()
    const before = rollout()
    await kubectl.ok('patch', 'rollout', name, '--type=merge', '-p', '{"status":{"abort":true}}')
    await patchStatus({ spec: { replicas: 9 } })
    expect(rollout().status).toEqual(before.status)
    expect(rollout().spec).toEqual(before.spec)
    expect(rollout().metadata.generation).toBe(before.metadata.generation)
  })
})
