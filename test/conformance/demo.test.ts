import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AnalysisRun } from '#api/analysis.ts'
import type { KubeObject } from '#api/meta.ts'
import { resources } from '#api/resources.ts'
import type { Rollout } from '#api/rollout.ts'
import { type SandboxFleet, startSandboxFleet } from '#main/sandbox/start-fleet.ts'
import { anEngineOn } from '#test/support/sandbox-engine.ts'
import { T0, VirtualClock } from '#test/support/virtual-clock.ts'

/** The demo as `argosy sandbox --engine` shows it: three clusters with their stories, and an engine for each. */
const clock = new VirtualClock()
let fleet: SandboxFleet
let end: () => Promise<void>

/** What is looked at of an Ingress, a VirtualService and an HTTPRoute. */
interface RouteState extends KubeObject {
  readonly spec: {
    readonly http?: readonly { readonly name: string; readonly route: readonly { readonly weight?: number }[] }[]
    readonly rules: readonly { readonly name?: string; readonly backendRefs: readonly { readonly weight: number }[] }[]
  }
}
/** Every one so far, by cluster, kind and name. */
const routes = new Map<string, RouteState[]>()
const states = (key: string) => routes.get(key) ?? []

beforeAll(async () => {
  fleet = await startSandboxFleet({ clusters: 3, seed: 1, clock, demo: true })
  for (const { name, store } of fleet.clusters)
    store.onChange(({ object }) => {
      const key = `${name} ${object.kind} ${object.metadata.name}`
      if (['VirtualService', 'HTTPRoute', 'Ingress'].includes(object.kind))
        routes.set(key, [...states(key), object as RouteState])
    })
  const folder = mkdtempSync(join(tmpdir(), 'argosy-demo-'))
  const kubeconfig = join(folder, 'kubeconfig')
  writeFileSync(kubeconfig, fleet.kubeconfig)
  const engines = fleet.clusters.map(({ context }) => anEngineOn(kubeconfig, context, clock))
  end = async () => {
    await meanwhile(Promise.all(engines.map((each) => each.cut())))
    await fleet.stop()
    rmSync(folder, { recursive: true })
  }
})

afterAll(() => end())

async function step(): Promise<void> {
  await clock.advance(500)
  await new Promise((resolve) => setTimeout(resolve, 2))
}

/** Lets time go by until it is done: the farther clusters answer late. */
async function meanwhile(work: Promise<unknown>): Promise<void> {
  let isDone = false
  void work.finally(() => {
    isDone = true
  })
  while (!isDone) await step()
}

const rollout = (cluster: number, namespace: string, name: string) =>
  fleet.clusters[cluster]?.store.get(resources.rollouts, { namespace, name }) as Rollout | undefined

const runsOf = (cluster: number, name: string): readonly AnalysisRun[] =>
  (fleet.clusters[cluster]?.store.list(resources.analysisRuns) ?? []).flatMap((object) =>
    object.metadata.name.startsWith(name) ? [object as AnalysisRun] : [],
  )

async function until(what: string, byMs: number, holds: () => boolean): Promise<number> {
  while (!holds()) {
    if (clock.now() - T0 > byMs) throw new Error(`did not happen: ${what}`)
    await step()
  }
  return clock.now()
}

const isOf = (version: string) => (each: Rollout | undefined) =>
  each?.spec.template?.spec?.containers[0]?.image?.endsWith(`:${version}`) === true

const isDone = (each: Rollout | undefined) =>
  each?.status?.phase === 'Healthy' && each.status.stableRS === each.status.currentPodHash

describe('the demo', () => {
  it('ANA-1115: a version with a burst of errors is rolled back by itself within a minute', {
    timeout: 60_000,
  }, async () => {
    const scoring = () => rollout(0, 'payments', 'fraud-scoring')
    const released = await until('the release', 120_000, () => isOf('0.43.0-burst')(scoring()))
    const aborted = await until('the abort', 240_000, () => scoring()?.status?.abort === true)
    expect(aborted - released).toBeLessThan(60_000)
    expect(scoring()?.status?.message).toContain(
      'Background analysis phase error/failed: Metric "success-rate" assessed Failed due to failed (1) > failureLimit (0)',
    )
    const measured = runsOf(0, 'fraud-scoring')[0]?.status?.metricResults?.[0]?.measurements ?? []
    expect(measured[0]?.phase).toBe('Successful')
    expect(measured.length).toBeGreaterThan(3)
  })

  it('ANA-1111: a version that is neither good nor bad waits for somebody', { timeout: 60_000 }, async () => {
    const notifications = () => rollout(1, 'platform', 'notifications')
    await until(
      'the pause',
      240_000,
      () => notifications()?.status?.pauseConditions?.[0]?.reason === 'InconclusiveAnalysisRun',
    )
    expect(isOf('2.9.0-flaky')(notifications())).toBe(true)
    expect(runsOf(1, 'notifications')[0]?.status?.phase).toBe('Inconclusive')
  })

  it('ANA-1112, ANA-1118: good versions pass, inline and before a cut-over', { timeout: 60_000 }, async () => {
    for (const cluster of [0, 1, 2]) {
      const checkout = () => rollout(cluster, 'shop', 'checkout-api')
      await until('checkout-api', 400_000, () => isOf('2.31.0')(checkout()) && isDone(checkout()))
      const [run] = runsOf(cluster, 'checkout-api')
      expect(run?.status?.metricResults?.map(({ name, phase, successful }) => [name, phase, successful])).toEqual([
        ['success-rate', 'Successful', 3],
        ['latency-p95', 'Successful', 3],
      ])
    }
    const cart = () => rollout(2, 'shop', 'cart')
    await until('cart', 400_000, () => isOf('4.3.0')(cart()) && isDone(cart()))
    expect(runsOf(2, 'cart')[0]?.status?.phase).toBe('Successful')
  })

  it('IST-15, IST-25, IST-26: checkout-api is split in a mesh, and testers and a shadow see it earlier', () => {
    const told = states('harbor-1 VirtualService checkout-api').map(({ spec }) =>
      (spec.http ?? [])
        .map(({ name, route }) => `${name} ${route.map(({ weight = 0 }) => weight).join('/')}`)
        .join(', '),
    )
    const managed = (canary: number) =>
      `testers 100, shadow ${100 - canary}/${canary}, primary ${100 - canary}/${canary}`
    expect(told).toEqual(expect.arrayContaining(['primary 90/10', managed(10), managed(25), managed(50), managed(75)]))
    expect(told.at(-1)).toBe('primary 100/0')
  })

  it('NGX-4, ALB-3, GW-7: others behind ingress-nginx, a balancer of AWS and a Gateway', {
    timeout: 60_000,
  }, async () => {
    const weights = states('harbor-2 Ingress notifications-notifications-canary').map(
      ({ metadata }) => metadata.annotations?.['nginx.ingress.kubernetes.io/canary-weight'],
    )
    expect(weights).toEqual(['0', '34'])
    const action = states('harbor-1 Ingress ledger').at(-1)?.metadata.annotations
    expect(action?.['alb.ingress.kubernetes.io/actions.ledger']).toContain(
      '"ServiceName":"ledger","ServicePort":"80","Weight":100',
    )
    const rules = states('harbor-1 HTTPRoute catalog').map(({ spec }) =>
      spec.rules.map(({ name = '', backendRefs }) => `${name} ${backendRefs.map(({ weight }) => weight).join('/')}`),
    )
    expect(rules).toContainEqual([' 80/20', 'testers 1'])
    await until(
      'catalog',
      400_000,
      () => isOf('3.8.0')(rollout(0, 'shop', 'catalog')) && isDone(rollout(0, 'shop', 'catalog')),
    )
    expect(states('harbor-1 HTTPRoute catalog').at(-1)?.spec.rules).toHaveLength(1)
  })
})
