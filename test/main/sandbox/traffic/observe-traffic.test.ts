import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ReplicaSet } from '#api/apps.ts'
import type { KubeObject } from '#api/meta.ts'
import { resources } from '#api/resources.ts'
import { place } from '#main/sandbox/bootstrap.ts'
import { answerPrometheus } from '#main/sandbox/traffic/prometheus-api.ts'
import { aSandbox, type Sandbox } from '#test/support/sandbox.ts'
import { VirtualClock } from '#test/support/virtual-clock.ts'

interface Result {
  readonly result: readonly { readonly metric: Readonly<Record<string, string>>; readonly value: [number, string] }[]
}

let clock: VirtualClock
let sandbox: Sandbox

beforeEach(async () => {
  clock = new VirtualClock()
  sandbox = await aSandbox(clock)
})

afterEach(() => sandbox.stop())

/** Pods of one version of `web`, with the hash that a Rollout gives them. */
function aVersion(hash: string, tag: string, replicas: number): void {
  const labels = { app: 'web', 'rollouts-pod-template-hash': hash }
  place(sandbox.cluster.store, resources.replicaSets, {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name: `web-${hash}`, namespace: 'default' },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'web', image: `registry.test/web:${tag}` }] } },
    },
  } as ReplicaSet)
}

function aServiceOf(name: string, selector: Readonly<Record<string, string>>): void {
  place(sandbox.cluster.store, resources.services, {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: 'default', annotations: { 'sandbox.argosy.dev/requests-per-second': '100' } },
    spec: { selector, ports: [{ port: 80 }] },
  } as KubeObject)
}

function ask(query: string): Result {
  const answer = answerPrometheus('/api/v1/query', new URLSearchParams({ query }), sandbox.cluster.metrics, clock.now())
  if (answer?.ok !== true) throw new Error(`${query}: ${answer?.error ?? 'no such path'}`)
  return answer.value as Result
}
const numberOf = (query: string) => Number(ask(query).result[0]?.value[1])
const by = (label: string, query: string) =>
  Object.fromEntries(ask(query).result.map(({ metric, value }) => [metric[label], Number(value[1])]))

describe('traffic', () => {
  it('is split as the ready pods behind the Service are', async () => {
    aVersion('old', '1.0', 3)
    aVersion('new', '2.0', 1)
    aServiceOf('web', { app: 'web' })
    await clock.advance(20 * 60_000)
    const rates = by('version', 'sum by (version) (rate(http_requests_total{service="web"}[10m]))')
    expect((rates['1.0'] ?? 0) / (rates['2.0'] ?? 1)).toBeCloseTo(3, 1)
    expect((rates['1.0'] ?? 0) + (rates['2.0'] ?? 0)).toBeGreaterThan(50)
    expect((rates['1.0'] ?? 0) + (rates['2.0'] ?? 0)).toBeLessThan(150)
  })

  it('shows a bad version by its errors and a laggy one by its latency, each by its hash', async () => {
    aVersion('good', '1.0', 2)
    aVersion('bad', '2.0-errors', 1)
    aVersion('late', '3.0-laggy', 1)
    aServiceOf('web', { app: 'web' })
    await clock.advance(20 * 60_000)
    const errors = (hash: string) => {
      const of = (more: string) =>
        `sum(rate(http_requests_total{service="web",rollouts_pod_template_hash="${hash}"${more}}[5m]))`
      return numberOf(`${of(',code=~"5.."')} / ${of('')}`)
    }
    expect(errors('good')).toBeLessThan(0.01)
    expect(errors('bad')).toBeGreaterThan(0.08)
    const p95 = (hash: string) =>
      numberOf(
        `histogram_quantile(0.95, sum by (le) (rate(http_request_duration_seconds_bucket{rollouts_pod_template_hash="${hash}"}[5m])))`,
      )
    expect(p95('late') / p95('good')).toBeGreaterThan(3)
  })

  it('does not reach a version that never becomes ready', async () => {
    aVersion('old', '1.0', 2)
    aVersion('hung', '2.0-hang', 2)
    aServiceOf('web', { app: 'web' })
    await clock.advance(10 * 60_000)
    expect(Object.keys(by('version', 'sum by (version) (rate(http_requests_total{service="web"}[5m]))'))).toEqual([
      '1.0',
    ])
  })

  it('follows the weights of a router, whatever the number of pods', async () => {
    const { store } = sandbox.cluster
    const labels = { app: 'web' }
    const rollout = {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Rollout',
      metadata: { name: 'web', namespace: 'default' },
      spec: {
        replicas: 4,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [{ name: 'web', image: 'registry.test/web:2.0' }] } },
        strategy: {
          canary: {
            stableService: 'web-stable',
            canaryService: 'web-canary',
            trafficRouting: { nginx: { stableIngress: 'web' } },
          },
        },
      },
    } as KubeObject
    place(store, resources.rollouts, rollout)
    aVersion('old', '1.0', 4)
    aVersion('new', '2.0', 4)
    aServiceOf('web-stable', { 'rollouts-pod-template-hash': 'old' })
    aServiceOf('web-canary', { 'rollouts-pod-template-hash': 'new' })
    const weigh = (weight: number) =>
      store.mutate(
        resources.rollouts,
        { namespace: 'default', name: 'web' },
        (draft: KubeObject) => ({
          ...draft,
          status: { canary: { weights: { canary: { weight }, stable: { weight: 100 - weight } } } },
        }),
        { subresource: 'status' },
      )
    await clock.advance(20 * 60_000)
    const share = () => {
      const rates = by('version', 'sum by (version) (rate(http_requests_total[5m]))')
      return (rates['2.0'] ?? 0) / ((rates['1.0'] ?? 0) + (rates['2.0'] ?? 0))
    }
    expect(share()).toBe(0)
    weigh(20)
    await clock.advance(20 * 60_000)
    expect(share()).toBeCloseTo(0.2, 1)
    weigh(75)
    await clock.advance(20 * 60_000)
    expect(share()).toBeCloseTo(0.75, 1)
    weigh(0)
    await clock.advance(20 * 60_000)
    expect(share()).toBe(0)
  })
})
