import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { ReplicaSet } from '#api/apps.ts'
import { controllerNamespace, leaseName } from '#api/keys.ts'
import type { KubeObject } from '#api/meta.ts'
import { resources } from '#api/resources.ts'
import type { Rollout } from '#api/rollout.ts'
import { systemClock } from '#main/system-clock.ts'
import { aKubectl, type Kubectl } from '#test/support/kubectl.ts'
import { aSandbox, type Sandbox } from '#test/support/sandbox.ts'

/*
 * The command line's engine as a process of its own, on real time, killed without a word in the middle of a step. Its
 * successor waits for the lease to expire (15 s), and goes on where it stopped.
 */

let sandbox: Sandbox
let session: Kubectl
let processes: ChildProcess[]

beforeEach(async () => {
  sandbox = await aSandbox(systemClock, 10)
  session = aKubectl(sandbox.kubeconfig)
  processes = []
})

afterEach(async () => {
  for (const child of processes) if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
  await sandbox.stop()
  session.end()
})

const at = { namespace: 'default', name: 'shop' }
const rollout = () => sandbox.cluster.store.get(resources.rollouts, at) as Rollout
const replicaSets = () => sandbox.cluster.store.list(resources.replicaSets, at.namespace) as readonly ReplicaSet[]

const template = (tag: string) => ({
  metadata: { labels: { app: 'shop' } },
  spec: { containers: [{ name: 'shop', image: `registry.example/shop:${tag}` }] },
})

const shop = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Rollout',
  metadata: at,
  spec: {
    replicas: 4,
    selector: { matchLabels: { app: 'shop' } },
    template: template('1'),
    strategy: {
      canary: { steps: [{ setWeight: 25 }, { setWeight: 50 }, { pause: { duration: '3s' } }, { setWeight: 75 }] },
    },
  },
} as KubeObject

/** Starts `argosy engine` on the sandbox. */
function startEngine(): ChildProcess {
  const cli = new URL('../../main/cli/index.ts', import.meta.url).pathname
  const args = [cli, '--kubeconfig', session.kubeconfig, 'engine']
  const child = spawn(process.execPath, args, {
    env: { PATH: process.env['PATH'], HOME: session.folder },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  processes.push(child)
  return child
}

/** Resolves with the first change of the store after which the condition holds, at that very moment. */
function whenStored(what: string, condition: () => boolean, withinMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (end: () => void) => {
      clearTimeout(timer)
      forget()
      end()
    }
    const timer = setTimeout(
      () => settle(() => reject(new Error(`Did not happen: ${what}: ${JSON.stringify(rollout().status)}`))),
      withinMs,
    )
    const check = () => {
      if (condition()) settle(resolve)
    }
    const forget = sandbox.cluster.store.onChange(check)
    check()
  })
}

const isHealthy = () =>
  rollout().status?.phase === 'Healthy' && rollout().status?.currentPodHash === rollout().status?.stableRS

it('OPS-42: killed with -9 in the middle of a step, its successor creates nothing twice and skips no step', async () => {
  const { store } = sandbox.cluster
  const created: string[] = []
  const steps: number[] = []
  store.onChange(({ type, object }) => {
    if (object.kind === 'ReplicaSet' && type === 'ADDED' && object.metadata.namespace === at.namespace)
      created.push(object.metadata.uid ?? '')
    const index = object.kind === 'Rollout' ? (object as Rollout).status?.currentStepIndex : undefined
    if (index !== undefined && index !== steps.at(-1)) steps.push(index)
  })
  store.create(resources.rollouts, shop)
  const first = startEngine()
  await whenStored('deployed', isHealthy, 20_000)
  const end = 4
  steps.splice(0)

  store.mutate(resources.rollouts, at, (draft: Rollout) => ({
    ...draft,
    spec: { ...draft.spec, template: template('2') },
  }))
  const canaryPods = () =>
    replicaSets().find((rs) => rs.spec.template.spec?.containers[0]?.image?.endsWith(':2'))?.spec.replicas ?? 0
  await whenStored(
    'in the middle of step 1',
    () => rollout().status?.currentStepIndex === 1 && canaryPods() === 2,
    20_000,
  )
  const died = once(first, 'exit')
  first.kill('SIGKILL')
  await died
  const atDeath = { index: rollout().status?.currentStepIndex, uids: replicaSets().map((rs) => rs.metadata.uid) }
  expect(atDeath.uids).toHaveLength(2)
  expect(first.signalCode).toBe('SIGKILL')

  startEngine()
  await whenStored('finished by the successor', () => isHealthy() && canaryPods() === 4, 40_000)
  expect(replicaSets().map((rs) => rs.metadata.uid)).toEqual(atDeath.uids)
  expect(created).toHaveLength(2)
  expect(steps).toEqual([end, 0, 1, 2, 3, end])
  const lease = store.get(resources.leases, { namespace: controllerNamespace, name: leaseName })
  expect(lease).toMatchObject({ spec: { leaseTransitions: 1 } })
}, 60_000)
