import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { resources } from '#api/resources.ts'
import type { Rollout } from '#api/rollout.ts'
import { type FleetPlan, type FleetPlanSpec, fleetPlanSchema, type PlanWave } from '#engine/fleet-plan/document.ts'
import { silentLog } from '#lib/log.ts'
import type { ClusterClient } from '#main/cluster/client.ts'
import { loadKubeconfig } from '#main/cluster/kubeconfig.ts'
import { createClusterClient } from '#main/cluster/rest.ts'
import { observeRollout } from '#main/controller/observe-rollout.ts'
import type { PlanCluster } from '#main/fleet-plan/observe-members.ts'
import { PlanRunner } from '#main/fleet-plan/plan-runner.ts'
import { PlanStore } from '#main/fleet-plan/plan-store.ts'
import type { PlansOptions } from '#main/fleet-plan/plans.ts'
import { startSandboxFleet } from '#main/sandbox/start-fleet.ts'
import { aWave, minute } from './builders/fleet-plan.ts'
import { anEngineOn } from './sandbox-engine.ts'
import { T0, VirtualClock } from './virtual-clock.ts'

const namespace = 'default'

/** Sandbox clusters, each with an engine, and the Rollout `web` in each; plans are run over them on virtual time. */
export interface PlanFleet {
  readonly contexts: readonly string[]
  /** Stores a plan of these waves of clusters, by their numbers, and starts it. */
  plan(waves: readonly PlanWave[], more?: Partial<FleetPlanSpec>): Promise<FleetPlan>
  /** What one Argosy needs for its plans. */
  readonly ports: Pick<
    PlansOptions,
    'clusterOf' | 'clientOf' | 'contexts' | 'isProtected' | 'look' | 'clock' | 'random' | 'log'
  >
  /** Somebody who competes for the plan. */
  runner(id: string, identity: string): PlanRunner
  rollout(index: number): Promise<Rollout>
  /** Its Rollout is made anew, as in a cluster that is set up now. */
  renew(index: number): Promise<void>
  /** No request of the plan reaches it until told otherwise. */
  cut(index: number, isCut: boolean): void
  /** Time goes on until the work is done. */
  meanwhile<T>(work: Promise<T>): Promise<T>
  eventually(what: string, condition: () => Promise<boolean> | boolean): Promise<void>
  pass(ms: number): Promise<void>
  now(): number
}

const manifest = (image: string, steps: readonly object[]): Rollout =>
  ({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { name: 'web', namespace, labels: { app: 'web' } },
    spec: {
      replicas: 4,
      selector: { matchLabels: { app: 'web' } },
      template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image }] } },
      strategy: { canary: { steps } },
    },
  }) as unknown as Rollout

export async function aPlanFleet(size: number, steps: readonly object[]): Promise<PlanFleet> {
  const clock = new VirtualClock()
  const fleet = await startSandboxFleet({ clusters: size, seed: 7, clock })
  const folder = mkdtempSync(join(tmpdir(), 'argosy-plan-'))
  const kubeconfig = join(folder, 'config')
  writeFileSync(kubeconfig, fleet.kubeconfig)
  const contexts = fleet.clusters.map(({ context }) => context)
  const config = loadKubeconfig({ paths: [kubeconfig] })
  const engines = contexts.map((context, index) =>
    anEngineOn(kubeconfig, context, clock, { identity: `engine-${index}` }),
  )
  const clients = contexts.map((context): ClusterClient => {
    const access = config.ok ? config.value.access(context) : undefined
    if (access === undefined) throw new Error(`no context ${context}`)
    return createClusterClient({ access, clock, random: () => 0.5, env: {} })
  })
  const cuts = new Set<number>()
  const runners: PlanRunner[] = []
  const step = async () => {
    await clock.advance(500)
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
  const meanwhile: PlanFleet['meanwhile'] = async (work) => {
    let isDone = false
    void work.finally(() => {
      isDone = true
    })
    while (!isDone) await step()
    return work
  }
  onTestFinished(async () => {
    await meanwhile(Promise.all(runners.map((each) => each.stop({ release: false }))))
    await meanwhile(Promise.all(engines.map((each) => each.cut())))
    await meanwhile(Promise.all(clients.map((each) => each.close())))
    await fleet.stop()
    rmSync(folder, { recursive: true })
  })
  const clusterOf = (context: string): PlanCluster | undefined => {
    const index = contexts.indexOf(context)
    const engine = engines[index]
    return engine === undefined || cuts.has(index)
      ? undefined
      : { cluster: engine.cluster, isDriven: () => true, isInCluster: () => false, isDrivenHere: () => true }
  }
  const clientOf = (index: number): ClusterClient => {
    const client = clients[index]
    if (client === undefined) throw new Error(`no cluster ${index}`)
    return client
  }
  const rollout = async (index: number): Promise<Rollout> => {
    const got = await clientOf(index).get(resources.rollouts, { namespace, name: 'web' })
    if (!got.ok) throw new Error(got.error.message)
    return got.value as Rollout
  }
  const eventually: PlanFleet['eventually'] = async (what, condition) => {
    const end = clock.now() + 60 * minute
    while (!(await condition())) {
      if (clock.now() > end) throw new Error(`did not happen: ${what}`)
      await step()
    }
  }
  const create = async (index: number) => {
    const made = await clientOf(index).create(resources.rollouts, manifest('web:1', steps))
    if (!made.ok) throw new Error(made.error.message)
  }
  const isHealthy = async (index: number) => (await rollout(index)).status?.phase === 'Healthy'
  for (const index of contexts.keys()) await create(index)
  for (const index of contexts.keys()) await eventually('Healthy', () => isHealthy(index))
  const home = { client: clientOf(0), namespace }
  const look: PlansOptions['look'] = async ({ context, namespace: where, rollout: name }) => {
    const engine = engines[contexts.indexOf(context)]
    const observed = engine && (await observeRollout(engine.cluster, `${where}/${name}`))
    return observed?.ok === true && observed.value !== undefined
      ? { kind: 'found', world: observed.value, isDriven: true, isInCluster: false }
      : { kind: 'missing', message: `There is no ${name} in ${context}.` }
  }
  return {
    contexts,
    ports: {
      clusterOf,
      clientOf: (context) => (contexts.includes(context) ? clientOf(contexts.indexOf(context)) : undefined),
      contexts: () => contexts,
      isProtected: () => false,
      look,
      clock,
      random: () => 0.5,
      log: silentLog,
    },
    meanwhile,
    now: () => clock.now(),
    rollout,
    eventually,
    async renew(index) {
      const gone = await meanwhile(clientOf(index).delete(resources.rollouts, { namespace, name: 'web' }))
      if (!gone.ok) throw new Error(gone.error.message)
      await create(index)
      await eventually('Healthy', () => isHealthy(index))
    },
    cut: (index, isCut) => void (isCut ? cuts.add(index) : cuts.delete(index)),
    async pass(ms) {
      for (const end = clock.now() + ms; clock.now() < end; ) await step()
    },
    async plan(waves, more = {}) {
      const members = await Promise.all(
        contexts.map(async (context, index) => ({
          id: `${context}/${namespace}/web`,
          context,
          namespace,
          rollout: 'web',
          labels: {},
          trafficShare: 100 / size,
          priorHash: (await rollout(index)).status?.stableRS ?? '',
        })),
      )
      const plan: FleetPlan = {
        schema: fleetPlanSchema,
        id: '01JQ',
        name: 'web 2',
        createdBy: 'ann@desk/1',
        createdAt: T0,
        spec: {
          home: { context: contexts[0] ?? '', namespace },
          change: { kind: 'setImage', images: [{ container: 'web', image: 'web:2' }] },
          members,
          waves,
          unreachable: 'wait',
          unreachableAfterMs: 5 * minute,
          onBreach: 'hold',
          rollback: { maxConcurrent: '100%', order: 'reverse' },
          intentTtlMs: 15 * minute,
          holdOnCorrelatedFailure: true,
          ...more,
        },
        status: {
          phase: 'Running',
          since: clock.now(),
          epoch: 1,
          holds: [],
          members: {},
          waves: waves.map(() => ({ state: 'Waiting' as const, since: clock.now() })),
        },
      }
      const stored = await new PlanStore(home.client, namespace).create(plan)
      if (!stored.ok) throw new Error(stored.error.message)
      return plan
    },
    runner(id, identity) {
      const ports = {
        ...{ clusterOf, contexts: () => contexts, clientOf: () => undefined },
        ...{ clock, random: () => 0.5, log: silentLog },
      }
      const runner = new PlanRunner({ id, home, identity, ...ports })
      runners.push(runner)
      runner.start('drive')
      return runner
    },
  }
}

/** A wave of the clusters with these numbers. */
export const waveOf = (fleet: PlanFleet, indexes: readonly number[], more: Partial<PlanWave> = {}): PlanWave =>
  aWave(
    indexes.map((index) => fleet.contexts[index] ?? ''),
    more,
  )
