import { describe, expect, it } from 'vitest'
import { resources } from '#api/resources.ts'
import { type RouteKind, routeKinds } from '#api/route-kinds.ts'
import { rolloutKey } from '#contract/keys.ts'
import type { RolloutDetailView } from '#contract/views.ts'
import type { Served } from '#main/cluster/served-kinds.ts'
import { createFleetSource } from '#main/fleet/fleet-source.ts'
import { aReplicaSet } from '#test/support/builders/replica-set.ts'
import { aRollout, pause, setWeight } from '#test/support/builders/rollout.ts'
import { aRouteObject } from '#test/support/builders/routing.ts'
import { FakeApi } from '#test/support/fake-api.ts'
import { FakeCluster } from '#test/support/fake-cluster.ts'
import { VirtualClock } from '#test/support/virtual-clock.ts'

const key = rolloutKey({ context: 'eu', namespace: 'shop', name: 'web' })

/** `shop/web`, at 20 by the Ingress `front`, of NGINX. */
async function look(served: (kind: RouteKind) => Served = (kind) => ({ state: 'served', resource: routeKinds[kind] })) {
  const clock = new VirtualClock()
  const api = new FakeApi()
  const weights = { canary: { weight: 20, podTemplateHash: 'v2' }, stable: { weight: 80, podTemplateHash: 'v1' } }
  const rollout = aRollout({
    image: 'web:2',
    canary: {
      canaryService: 'web-canary',
      stableService: 'web-stable',
      steps: [setWeight(20), pause()],
      trafficRouting: { nginx: { stableIngress: 'front' } },
    },
    status: { currentPodHash: 'v2', stableRS: 'v1', currentStepIndex: 1, canary: { weights } },
  })
  api.put(resources.rollouts, rollout)
  api.put(resources.replicaSets, aReplicaSet({ hash: 'v1', image: 'web:1', size: 5, available: 5, revision: 1 }))
  api.put(resources.replicaSets, aReplicaSet({ hash: 'v2', image: 'web:2', size: 1, available: 1, revision: 2 }))
  const backend = { service: { name: 'web-stable', port: { number: 80 } } }
  const rules = [{ host: 'a.example', http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }]
  api.put(routeKinds.ingresses, aRouteObject('ingresses', 'front', { rules })[1])
  const cluster = new FakeCluster(api, api.client('eu'))
  Object.assign(cluster, { served: { of: served } })
  const fleet = createFleetSource({ clock })
  fleet.add(cluster)
  const details: (RolloutDetailView | undefined)[] = []
  fleet.onDetail(key, (detail) => details.push(detail))
  await clock.advance(1000)
  const routing = () => details.at(-1)?.traffic.routing
  const canaryIngress = (weight: number) => {
    const annotations = {
      'nginx.ingress.kubernetes.io/canary': 'true',
      'nginx.ingress.kubernetes.io/canary-weight': `${weight}`,
    }
    api.put(routeKinds.ingresses, aRouteObject('ingresses', 'web-front-canary', { rules }, { annotations })[1])
  }
  return { clock, api, cluster, fleet, details, routing, canaryIngress }
}

describe('routes that somebody looks at', () => {
  it('a change of a route object refreshes the page, and one of another does not', async () => {
    const { clock, api, routing, canaryIngress, details } = await look()
    const named = () => routing()?.objects.map(({ name, exists }) => [name, exists])
    expect(named()).toEqual([
      ['front', true],
      ['web-front-canary', false],
    ])
    canaryIngress(20)
    await clock.advance(1000)
    expect(named()).toEqual([
      ['front', true],
      ['web-front-canary', true],
    ])
    const count = details.length
    api.put(routeKinds.ingresses, aRouteObject('ingresses', 'other', {})[1])
    await clock.advance(10_000)
    expect(details).toHaveLength(count)
  })

  it('a kind that may not be read is told, and asked for again', async () => {
    const failure = { kind: 'Forbidden', message: 'no', verb: 'get', resource: 'x', namespace: undefined } as const
    let served: Served = { state: 'failed', failure }
    const { clock, routing } = await look(() => served)
    expect(routing()).toMatchObject({ objects: [], unread: [{ kind: 'Ingress', why: 'forbidden', message: 'no' }] })
    served = { state: 'served', resource: routeKinds.ingresses }
    await clock.advance(6000)
    expect(routing()).toMatchObject({ objects: [{ name: 'front' }, { name: 'web-front-canary' }], unread: [] })
  })

  it('a kind that is still asked for is looked at again soon', async () => {
    let served: Served = { state: 'asked' }
    const { clock, routing } = await look(() => served)
    expect(routing()?.unread).toEqual([{ kind: 'Ingress', why: 'loading', message: '' }])
    served = { state: 'notServed' }
    await clock.advance(1000)
    expect(routing()).toMatchObject({ unread: [], objects: [{ name: 'front', exists: false }] })
  })

  it('looks no more once it is stopped', async () => {
    const { clock, fleet, details } = await look(() => ({ state: 'asked' }))
    const count = details.length
    fleet.stop()
    await clock.advance(60_000)
    expect(details).toHaveLength(count)
  })
})
