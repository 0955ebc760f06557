import { describe, expect, it } from 'vitest'
import { resources } from '#api/resources.ts'
import type { SmiRouting } from '#api/traffic-routing.ts'
import { controlledBy } from '#engine/ownership.ts'
import type { RouterRequest } from '#engine/traffic/router.ts'
import { findRoute, noRoutes, type RouteRef, type Routes } from '#engine/traffic/routes.ts'
import { smi } from '#engine/traffic/smi.ts'
import { aRollout } from '#test/support/builders/rollout.ts'
import { aRouteObject, aRouterRequest, aRouteTable } from '#test/support/builders/routing.ts'
import { settled } from '#test/support/settled.ts'

const ref: RouteRef = { kind: 'trafficSplits', namespace: 'shop', name: 'web' }
const owner = controlledBy(resources.rollouts, aRollout())

const served = (version: string): Routes['served'] => ({
  trafficSplits: {
    group: 'split.smi-spec.io',
    version,
    plural: 'trafficsplits',
    kind: 'TrafficSplit',
    namespaced: true,
  },
})

const aRequest = (routing: SmiRouting = {}, parts: Partial<RouterRequest> = {}) =>
  aRouterRequest({ routing: { smi: routing }, ...parts })

const aSplit = (spec: unknown, version = 'v1alpha1') =>
  aRouteTable([aRouteObject('trafficSplits', 'web', spec, { ownerReferences: [owner] })], served(version))

const weigh = (request: RouterRequest, routes: Routes) => settled((each) => smi.setWeight(request, each), routes)

const splitAfter = (request: RouterRequest, routes: Routes, at = ref) => findRoute(weigh(request, routes).routes, at)

const backends = (...weights: readonly (readonly [string, string | number])[]) =>
  weights.map(([service, weight]) => ({ service, weight }))

describe('smi', () => {
  it('SMI-7, FEA-1: splits by Service and has nothing else to do', () => {
    expect(smi.type).toBe('SMI')
    expect([smi.updateHash, smi.setHeaderRoute, smi.setMirrorRoute, smi.removeManagedRoutes, smi.missing]).toEqual(
      Array(5).fill(undefined),
    )
  })

  it('SMI-1: the TrafficSplit has the name of the Rollout, or the one that is told', () => {
    expect(smi.reads(aRequest().rollout, noRoutes)).toEqual([ref])
    expect(smi.reads(aRequest({ trafficSplitName: 'mine' }).rollout, noRoutes)).toEqual([{ ...ref, name: 'mine' }])
    const routes = weigh(aRequest({ trafficSplitName: 'mine' }), noRoutes).routes
    expect(findRoute(routes, { ...ref, name: 'mine' })?.metadata.name).toBe('mine')
  })

  it.each([
    [0, '0', '100'],
    [20, '20', '80'],
    [100, '100', '0'],
  ])('SMI-3, SMI-4: is created with %d for canary', (weight, canary, stable) => {
    const { routes, events } = weigh(aRequest({}, { weight }), noRoutes)
    expect(findRoute(routes, ref)).toEqual({
      apiVersion: 'split.smi-spec.io/v1alpha1',
      kind: 'TrafficSplit',
      metadata: {
        name: 'web',
        namespace: 'shop',
        ownerReferences: [
          {
            apiVersion: 'argoproj.io/v1alpha1',
            kind: 'Rollout',
            name: 'web',
            uid: 'uid-web',
            controller: true,
            blockOwnerDeletion: true,
          },
        ],
      },
      spec: { service: 'web-stable', backends: backends(['web-canary', canary], ['web-stable', stable]) },
    })
    expect(events).toEqual([{ type: 'Normal', reason: 'TrafficSplitCreated', message: 'TrafficSplit `web` created' }])
  })

  it.each(['v1alpha2', 'v1alpha3'])('SMI-2, SMI-3: %s has numbers for weights', (version) => {
    expect(splitAfter(aRequest(), { ...noRoutes, served: served(version) })).toMatchObject({
      apiVersion: `split.smi-spec.io/${version}`,
      spec: { service: 'web-stable', backends: backends(['web-canary', 20], ['web-stable', 80]) },
    })
  })

  it('SMI-2: another version is unusable', () => {
    const routes = { ...noRoutes, served: served('v1') }
    expect(smi.unusable?.(aRequest().rollout, routes)).toBe('Unsupported TrafficSplit API version `v1`')
    expect(smi.setWeight(aRequest(), routes)).toEqual({
      ok: false,
      error: { message: 'Unsupported TrafficSplit API version `v1`', events: [] },
    })
    for (const version of ['v1alpha1', 'v1alpha2', 'v1alpha3'])
      expect(smi.unusable?.(aRequest().rollout, { ...noRoutes, served: served(version) })).toBeUndefined()
    expect(smi.unusable?.(aRequest().rollout, noRoutes)).toBeUndefined()
  })

  it('SMI-1: the split is for the root Service when there is one', () => {
    expect(splitAfter(aRequest({ rootService: 'web' }), noRoutes)?.spec).toMatchObject({ service: 'web' })
  })

  it('SMI-3: templates of an Experiment stand between canary and stable, which gets the rest', () => {
    const destinations = [
      { serviceName: 'exp-a', weight: 10 },
      { serviceName: 'exp-b', weight: 5 },
    ]
    expect(splitAfter(aRequest({}, { destinations }), noRoutes)?.spec).toEqual({
      service: 'web-stable',
      backends: backends(['web-canary', '20'], ['exp-a', '10'], ['exp-b', '5'], ['web-stable', '65']),
    })
  })

  it('SMI-5: one that is there gets other backends, without a word; unknown fields stay', () => {
    const before = { service: 'old', backends: backends(['web-canary', '0'], ['web-stable', '100']), own: 1 }
    const routes = aSplit(before)
    const step = weigh(aRequest(), routes)
    expect(findRoute(step.routes, ref)).toEqual({
      ...findRoute(routes, ref),
      spec: { service: 'web-stable', backends: backends(['web-canary', '20'], ['web-stable', '80']), own: 1 },
    })
    expect(step.events).toEqual([])
  })

  it('SMI-5: what is equal is not written', () => {
    const routes = aSplit({ service: 'web-stable', backends: backends(['web-canary', '20'], ['web-stable', '80']) })
    expect(splitAfter(aRequest(), routes)).toBe(findRoute(routes, ref))
  })

  it.each([
    ['v1alpha1', true],
    ['v1alpha2', true],
    ['v1alpha3', false],
  ])('SMI-3: matches of a split in %s: kept is %s', (version, kept) => {
    const before = { service: 'web-stable', backends: [], matches: [{ kind: 'HTTPRouteGroup', name: 'x' }] }
    expect('matches' in Object(splitAfter(aRequest(), aSplit(before, version))?.spec)).toBe(kept)
  })

  it.each([[[]], [[{ ...owner, uid: 'another' }]], [[{ ...owner, controller: false }]]])(
    'SMI-5: one that belongs to %j is left alone',
    (ownerReferences) => {
      const routes = aRouteTable([aRouteObject('trafficSplits', 'web', { service: 'x' }, { ownerReferences })])
      expect(smi.setWeight(aRequest(), routes)).toEqual({
        ok: false,
        error: { message: 'Rollout does not own TrafficSplit `web`', events: [] },
      })
    },
  )

  it.each([undefined, null, 7, [], {}, { backends: 7 }])('SMI-5: a spec like %j is made right', (spec) => {
    expect(splitAfter(aRequest(), aSplit(spec))?.spec).toEqual({
      service: 'web-stable',
      backends: backends(['web-canary', '20'], ['web-stable', '80']),
    })
  })

  it('SMI-4, SMI-5: what is said when a write is refused', () => {
    expect(smi.refused?.('create', ref)).toEqual({
      error: '',
      event: { type: 'Normal', reason: 'TrafficSplitNotCreated', before: 'TrafficSplit `web` failed creation: ' },
    })
    expect(smi.refused?.('update', ref)).toEqual({ error: '' })
  })

  it('SMI-6: at the end it stays, owned, with everything on stable', () => {
    const routes = aSplit({ service: 'web-stable', backends: backends(['web-canary', '100'], ['web-stable', '0']) })
    const split = splitAfter(aRequest({}, { weight: 0 }), routes)
    expect(split?.metadata.ownerReferences).toEqual([owner])
    expect(split?.spec).toMatchObject({ backends: backends(['web-canary', '0'], ['web-stable', '100']) })
  })
})
