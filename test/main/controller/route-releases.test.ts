import { describe, expect, it } from 'vitest'
import type { KubeObject } from '#api/meta.ts'
import { resources } from '#api/resources.ts'
import { routeKinds } from '#api/route-kinds.ts'
import { silentLog } from '#lib/log.ts'
import { RouteReleases } from '#main/controller/route-releases.ts'
import { aRollout } from '#test/support/builders/rollout.ts'
import { aRouteObject } from '#test/support/builders/routing.ts'
import { FakeApi } from '#test/support/fake-api.ts'
import { FakeCluster } from '#test/support/fake-cluster.ts'
import { VirtualClock } from '#test/support/virtual-clock.ts'

const hash = 'rollouts-pod-template-hash'
const mark = 'argo-rollouts.argoproj.io/managed-by-rollouts'
const routed = aRollout({
  canary: { trafficRouting: { istio: { virtualService: { name: 'web' }, destinationRule: { name: 'web' } } } },
})
const [, rule] = aRouteObject(
  'destinationRules',
  'web',
  { host: 'web', subsets: [{ name: 'stable', labels: { app: 'web', [hash]: 'h1' } }] },
  { annotations: { [mark]: 'web' } },
)

interface Options {
  readonly rollout?: KubeObject
  readonly isDriving?: boolean
  readonly sharesIstio?: boolean
}

async function releasing(options: Options = {}) {
  const clock = new VirtualClock()
  const api = new FakeApi()
  api.put(routeKinds.destinationRules, rule)
  if (options.rollout !== undefined) api.put(resources.rollouts, options.rollout)
  const client = api.client()
  const served = { resources: [{ name: 'destinationrules' }, { name: 'ingresses' }] }
  const cluster = new FakeCluster(api, {
    ...client,
    raw: async () => ({ ok: true, value: served }),
    list: client.list.bind(client),
    patch: client.patch.bind(client),
    sharesIstio: async () => options.sharesIstio === true,
  })
  const releases = new RouteReleases({
    cluster,
    clock,
    log: silentLog,
    isDriving: () => options.isDriving ?? true,
    mayWrite: () => true,
    instanceID: undefined,
  })
  releases.start()
  const settle = () => clock.advance(5_000)
  const subsets = () => {
    const stored = api.read(routeKinds.destinationRules, { namespace: 'shop', name: 'web' })
    return (stored as { readonly spec?: { readonly subsets: unknown } } | undefined)?.spec?.subsets
  }
  return { api, releases, settle, subsets }
}

const held = [{ name: 'stable', labels: { app: 'web', [hash]: 'h1' } }]
const free = [{ name: 'stable', labels: { app: 'web' } }]

describe('what Rollouts leave in route objects', () => {
  it('DEL-8, IST-37: is taken back when it is found on beginning to drive', async () => {
    const { releases, settle, subsets } = await releasing()
    releases.lookAtAll()
    await settle()
    expect(subsets()).toEqual(free)
  })

  it('IST-36: stays while its Rollout names the object', async () => {
    const { api, releases, settle, subsets } = await releasing({ rollout: routed })
    releases.lookAtAll()
    await settle()
    expect([subsets(), api.writes]).toEqual([held, []])
  })

  it('DEL-4, DEL-6: is taken back when its Rollout goes', async () => {
    const { api, settle, subsets } = await releasing({ rollout: routed })
    api.remove(resources.rollouts, { namespace: 'shop', name: 'web' })
    await settle()
    expect(subsets()).toEqual(free)
  })

  it('DEL-4, DEL-7: and when it names the object no more', async () => {
    const { api, settle, subsets } = await releasing({ rollout: routed })
    api.put(resources.rollouts, aRollout())
    await settle()
    expect(subsets()).toEqual(free)
  })

  it('IST-3, DEL-8: stays in a cluster that has the Istio objects of others too, for the Rollout may be there', async () => {
    const { api, releases, settle, subsets } = await releasing({ sharesIstio: true })
    releases.lookAtAll()
    await settle()
    expect([subsets(), api.writes]).toEqual([held, []])
  })

  it('IST-3, DEL-4: and is taken back there when its Rollout was seen to go', async () => {
    const { api, settle, subsets } = await releasing({ rollout: routed, sharesIstio: true })
    api.remove(resources.rollouts, { namespace: 'shop', name: 'web' })
    await settle()
    expect(subsets()).toEqual(free)
  })

  it('DEL-8: by nobody who does not drive', async () => {
    const { api, releases, settle } = await releasing({ isDriving: false })
    releases.lookAtAll()
    await settle()
    expect(api.requests).toEqual([])
  })
})
