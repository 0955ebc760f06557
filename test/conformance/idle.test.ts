import { afterEach, beforeEach, expect, it } from 'vitest'
import { resources } from '#api/resources.ts'
import type { Rollout } from '#api/rollout.ts'
import { aKubectl, type Kubectl } from '#test/support/kubectl.ts'
import { aSandbox, type Sandbox } from '#test/support/sandbox.ts'
import { anEngineOn } from '#test/support/sandbox-engine.ts'
import { advanceUntil } from '#test/support/until.ts'
import { VirtualClock } from '#test/support/virtual-clock.ts'

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

const aRollout = (ordinal: number) => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Rollout',
  metadata: { name: `shop-${ordinal}`, namespace: 'default' },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: `shop-${ordinal}` } },
    template: {
      metadata: { labels: { app: `shop-${ordinal}` } },
      spec: { containers: [{ name: 'shop', image: 'registry.example/shop:1' }] },
    },
    strategy: { canary: { steps: [{ setWeight: 50 }, { pause: {} }] } },
  },
})

it('OPS-33: with nothing to do it asks for nothing but its lease, over watches that stay open', async () => {
  const { store, server } = sandbox.cluster
  for (let ordinal = 1; ordinal <= 5; ordinal++) store.create(resources.rollouts, aRollout(ordinal))
  const rollouts = () => store.list(resources.rollouts) as readonly Rollout[]
  await advanceUntil(clock, 'all healthy', () => rollouts().every((each) => each.status?.phase === 'Healthy'))
  await advanceUntil(clock, 'settled', () => store.list(resources.pods, 'default').length === 10)
  let quiet = store.revision
  // The lease is the only thing that still changes.
  const settled = () => {
    const changed = store.revision - quiet
    quiet = store.revision
    return changed <= 1
  }
  await advanceUntil(clock, 'quiet', settled, 2_000)

  const before = new Map(server.requestCount)
  const watches = server.openWatches
  const until = clock.now() + 60_000
  await advanceUntil(clock, 'a minute', () => clock.now() >= until)
  const asked = [...server.requestCount].flatMap(([request, count]) => {
    const more = count - (before.get(request) ?? 0)
    return more > 0 ? [[request, more] as const] : []
  })
  expect(asked.map(([request]) => request)).toEqual(['update leases.coordination.k8s.io'])
  expect(asked[0]?.[1]).toBeLessThanOrEqual(30)
  expect(asked[0]?.[1]).toBeGreaterThanOrEqual(20)
  expect(server.openWatches).toBe(watches)
  expect(watches).toBeGreaterThan(0)
})
