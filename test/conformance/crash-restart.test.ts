import { expect, it } from 'vitest'
import type { ReplicaSet } from '#api/apps.ts'
import { resources } from '#api/resources.ts'
import type { Rollout } from '#api/rollout.ts'
import { reconcileRollout } from '#engine/rollout/reconcile.ts'
import { silentLog } from '#lib/log.ts'
import { applyMergePatch } from '#lib/merge-patch.ts'
import type { ClusterClient } from '#main/cluster/client.ts'
import { createEngine } from '#main/controller/engine.ts'
import { FakeApi } from '#test/support/fake-api.ts'
import { FakeCluster } from '#test/support/fake-cluster.ts'
import { runFakeKubelet } from '#test/support/fake-kubelet.ts'
import { VirtualClock } from '#test/support/virtual-clock.ts'

/*
 * The engine is killed after each of its writes in turn, and another one with another identity takes over. Whatever the
 * moment: nothing is created twice, no step is skipped, and the end is the same (rules E4, OPS-42).
 */

const at = { namespace: 'default', name: 'rollouts-demo' }

const demo = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Rollout',
  metadata: at,
  spec: {
    replicas: 5,
    strategy: {
      canary: {
        steps: [
          { setWeight: 20 },
          { pause: {} },
          { setWeight: 40 },
          { pause: { duration: 10 } },
          { setWeight: 60 },
          { setWeight: 80 },
        ],
      },
    },
    revisionHistoryLimit: 2,
    selector: { matchLabels: { app: 'rollouts-demo' } },
    template: {
      metadata: { labels: { app: 'rollouts-demo' } },
      spec: { containers: [{ name: 'rollouts-demo', image: 'argoproj/rollouts-demo:blue' }] },
    },
  },
} as Rollout

const writeVerbs = ['create', 'update', 'patch', 'delete', 'evict'] as const

/** A client of a process that dies right after its `budget`-th write: later requests are never answered, as nobody asks. */
function mortal(client: ClusterClient, budget: number): ClusterClient {
  const never = () => new Promise<never>(() => undefined)
  let left = budget
  const dying: Record<string, unknown> = { context: client.context, server: client.server, requests: client.requests }
  for (const verb of ['get', 'list'] as const)
    dying[verb] = (...args: never[]) => (left > 0 ? (client[verb] as (...all: never[]) => unknown)(...args) : never())
  for (const verb of writeVerbs)
    dying[verb] = (...args: never[]) => {
      const isLease = (args[0] as { readonly kind?: string } | undefined)?.kind === 'Lease'
      if (left <= 0) return never()
      if (!isLease) left--
      return (client[verb] as (...all: never[]) => unknown)(...args)
    }
  return { ...dying, close: () => client.close() } as unknown as ClusterClient
}

interface Story {
  readonly api: FakeApi
  /** Every step index the Rollout had while updating, in order, each change once. */
  readonly steps: readonly number[]
  /** Every number of available canary pods above none, in order. */
  readonly canaryPods: readonly number[]
  readonly writes: number
}

/** Deploy, change the image, promote past the open pause, and wait for the end. The first engine has `budget` writes to live. */
async function tell(budget: number): Promise<Story> {
  const clock = new VirtualClock()
  const api = new FakeApi()
  runFakeKubelet(api, clock)
  const startEngine = (identity: string, client: ClusterClient) => {
    const cluster = new FakeCluster(api, client)
    const engine = createEngine({
      cluster,
      clock,
      log: silentLog,
      reconcile: reconcileRollout,
      random: () => 0,
      identity,
      leaseNamespace: 'argo-rollouts',
    })
    engine.start()
    return engine
  }
  startEngine('argosy-a_1', mortal(api.client(), budget))
  const second = startEngine('argosy-b_2', api.client())
  const rollout = () => api.read(resources.rollouts, at) as Rollout
  const steps: number[] = []
  const canaryPods: number[] = []
  api.onChange((resource, object) => {
    if (resource.kind !== 'Rollout') return
    const index = (object as Rollout).status?.currentStepIndex
    if (index !== undefined && index !== steps.at(-1)) steps.push(index)
  })
  api.onChange((resource, object) => {
    if (resource.kind !== 'ReplicaSet' || !isCanary(object as ReplicaSet)) return
    const pods = (object as ReplicaSet).status?.availableReplicas ?? 0
    if (pods > 0 && pods !== canaryPods.at(-1)) canaryPods.push(pods)
  })
  const isCanary = (each: ReplicaSet) => each.spec.template.spec?.containers[0]?.image?.endsWith(':yellow') === true
  const until = async (what: (current: Rollout) => boolean) => {
    for (let second_ = 0; second_ < 180 && !what(rollout()); second_++) await clock.advance(1000)
    expect(what(rollout())).toBe(true)
  }
  const change = (patch: unknown) => api.put(resources.rollouts, applyMergePatch(rollout(), patch) as Rollout)

  api.put(resources.rollouts, demo)
  await until((each) => each.status?.phase === 'Healthy')
  const yellow = [{ name: 'rollouts-demo', image: 'argoproj/rollouts-demo:yellow' }]
  change({ spec: { template: { spec: { containers: yellow } } } })
  await until((each) => each.status?.phase === 'Paused' && each.status.currentStepIndex === 1)
  await clock.advance(30_000)
  expect(rollout().status).toMatchObject({ phase: 'Paused', currentStepIndex: 1 })
  change({ status: { pauseConditions: null } })
  await until((each) => each.status?.phase === 'Healthy' && each.status.currentPodHash === each.status.stableRS)
  await clock.advance(60_000)
  await second.stop({ release: false })
  const writes = api.writes.filter((each) => !each.resource.startsWith('leases')).length
  return { api, steps, canaryPods, writes }
}

const creations = (story: Story) =>
  story.api.requests
    .filter((each) => each.verb === 'create' && each.resource === 'replicasets.apps')
    .map((each) => each.name)

const summary = (story: Story) => ({
  created: creations(story).length,
  distinct: new Set(creations(story)).size,
  steps: story.steps,
  canaryPods: story.canaryPods,
  sizes: story.api.all(resources.replicaSets).map((each) => (each as ReplicaSet).spec.replicas),
  revision: story.api.read(resources.rollouts, at)?.metadata.annotations?.['rollout.argoproj.io/revision'],
})

it('OPS-42: killed after any of its writes, its successor ends where it would have ended', async () => {
  const whole = await tell(Number.POSITIVE_INFINITY)
  const expected = summary(whole)
  expect(expected).toMatchObject({ created: 2, distinct: 2, sizes: [0, 5], revision: '2' })
  expect(whole.writes).toBeGreaterThan(15)
  for (let budget = 1; budget <= whole.writes; budget++)
    expect({ budget, ...summary(await tell(budget)) }).toEqual({ budget, ...expected })
}, 20_000)
