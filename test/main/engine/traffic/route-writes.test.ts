import { describe, expect, it } from 'vitest'
import { routeWrites } from '#engine/traffic/route-writes.ts'
import type { Router } from '#engine/traffic/router.ts'
import { type Routes, withoutRoute, withRoute } from '#engine/traffic/routes.ts'
import { aRouteObject, aRouterRequest, aRouteTable } from '#test/support/builders/routing.ts'

const router: Router = {
  type: 'Traefik',
  reads: () => [],
  setWeight: (_request, routes) => ({ ok: true, value: { routes, events: [] } }),
  refused: (verb, { name }) => ({
    error: `error of ${name}: `,
    ...(verb === 'delete' && { isTolerated: true }),
    event: { reason: 'TraefikServiceUpdateError', before: `Error in ${verb}: ` },
  }),
}
const { rollout } = aRouterRequest()
const ref = { kind: 'traefikServices', namespace: 'shop', name: 'web' } as const
const [, object] = aRouteObject('traefikServices', 'web', { weighted: { services: [1, 2] }, mirroring: { name: 'x' } })
const read = aRouteTable([['traefikServices', object]])
const changed = (services: readonly number[], from: Routes = read): Routes =>
  withRoute(from, ref, { ...object, spec: { ...(object.spec as object), weighted: { services } } })
const between = (before: Routes, after: Routes, of: Routes = read) =>
  routeWrites(before, after, { router, rollout, purpose: 'Set weight 20 in', read: of })

describe('what is written of a route object', () => {
  it('TR-6: the fields that differ, bound to the version that was read', () => {
    expect(between(read, changed([3]))).toEqual([
      {
        kind: 'patch',
        ref: { resource: expect.objectContaining({ kind: 'TraefikService' }), namespace: 'shop', name: 'web' },
        patchType: 'merge',
        body: { spec: { weighted: { services: [3] } } },
        precondition: { uid: 'uid-web', resourceVersion: '1' },
        because: 'TFK-1',
        summary: 'Set weight 20 in TraefikService web',
        ifRefused: [
          { regarding: rollout, type: 'Warning', reason: 'TraefikServiceUpdateError', before: 'Error in update: ' },
          { regarding: rollout, type: 'Warning', reason: 'TrafficRoutingError', before: 'error of web: ' },
        ],
      },
    ])
  })

  it('TR-6: nothing when nothing differs, whether or not it is the same object', () => {
    expect(between(read, read)).toEqual([])
    expect(between(read, changed([1, 2]))).toEqual([])
  })

  it('TR-6: a second write in a pass is bound to the same version: who writes knows what the first made of it', () => {
    const bound = { uid: 'uid-web', resourceVersion: '1' }
    expect(between(changed([3]), changed([4]))).toMatchObject([{ precondition: bound }])
  })

  it('TR-6: one that is new is created, and one that is gone is deleted, if it still is that one', () => {
    const nothing = withoutRoute(read, ref)
    expect(between(nothing, read, nothing)).toMatchObject([
      { kind: 'create', object, summary: 'Create TraefikService web' },
    ])
    expect(between(read, nothing)).toMatchObject([
      {
        kind: 'delete',
        precondition: { uid: 'uid-web', resourceVersion: '1' },
        mayFail: true,
        ifRefused: [{ reason: 'TraefikServiceUpdateError', before: 'Error in delete: ' }],
      },
    ])
  })

  it('FEA-3: in the group and version that the cluster serves', () => {
    const resource = {
      group: 'traefik.containo.us',
      version: 'v1alpha1',
      plural: 'traefikservices',
      kind: 'TraefikService',
      namespaced: true,
    }
    const served: Routes = { ...read, served: { traefikServices: resource } }
    expect(between(served, changed([3], served), served)).toMatchObject([{ ref: { resource } }])
  })
})
