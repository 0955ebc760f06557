import { describe, expect, it } from 'vitest'
import type { ManagedFields } from '#api/meta.ts'
import type { CanaryStep } from '#api/rollout.ts'
import { findRoute, noRoutes, type RouteObject, withRoute } from '#engine/traffic/routes.ts'
import { keptCopy } from '#main/cluster/writers.ts'
import { routingView } from '#main/fleet/detail/routing.ts'
import type { Unread } from '#main/fleet/readable-routes.ts'
import { factsOf } from '#main/fleet/rollout-facts.ts'
import { pause, setWeight } from '#test/support/builders/rollout.ts'
import { someParts } from '#test/support/fleet-parts.ts'
import { aRoutedRelease, type RoutedJourney } from '#test/support/routed-journey.ts'
import { T0 } from '#test/support/virtual-clock.ts'

const ref = { kind: 'virtualServices', namespace: 'shop', name: 'web' } as const
const at = (seconds: number) => new Date(T0 + seconds * 1000).toISOString()

function pausedAfter(...steps: readonly CanaryStep[]): RoutedJourney {
  const journey = aRoutedRelease({ steps: [...steps, pause()] })
  return journey.setImage('web:2').settle()
}
const shownOf = ({ world, now }: RoutedJourney, unread?: Unread, istioCluster?: string) => {
  const { routes = noRoutes } = world
  const read = new Map(unread === undefined ? [] : [[ref.kind, unread] as const])
  const readRoutes = { routes, reads: [], unread: read, istioCluster }
  const parts = someParts({ rollout: world.rollout, replicaSets: world.replicaSets, routes, readRoutes })
  return routingView(factsOf(parts), now)
}
/** The VirtualService with other weights, as a cache keeps it. */
function changed(journey: RoutedJourney, canary: number, stable: number, managedFields: readonly ManagedFields[]) {
  const { routes = noRoutes } = journey.world
  const object = findRoute(routes, ref)
  if (object === undefined) throw new Error('no VirtualService')
  const text = JSON.stringify(object.spec).replace('"weight":80', `"weight":${stable}`)
  const spec: unknown = JSON.parse(text.replace('"weight":20', `"weight":${canary}`))
  const kept: RouteObject = keptCopy(undefined, {
    ...object,
    metadata: { ...object.metadata, managedFields },
    spec,
  } as RouteObject)
  journey.world = { ...journey.world, routes: withRoute(routes, ref, kept) }
  return journey
}

describe('routes of a Rollout, as they are shown', () => {
  it('TR-22: as written', () => {
    expect(shownOf(pausedAfter(setWeight(20)))).toEqual({
      drift: undefined,
      objects: [{ kind: 'VirtualService', name: 'web', cluster: undefined, exists: true, weight: 20, stepRoutes: [] }],
      unread: [],
      concerns: [],
      withoutPods: [],
    })
  })

  it('IST-3: with the cluster that has them', () => {
    const { objects } = shownOf(pausedAfter(setWeight(20)), undefined, 'prod-mesh')
    expect(objects.map(({ name, cluster }) => [name, cluster])).toEqual([['web', 'prod-mesh']])
  })

  const writers: readonly ManagedFields[] = [
    { manager: 'argosy', time: at(30) },
    { manager: 'kubectl-create', time: at(1) },
    { manager: 'kubectl-edit', time: at(20) },
    { manager: 'istiod', subresource: 'status', time: at(40) },
  ]

  it('TR-17: a drift, with who else wrote last, and when', () => {
    const { drift, objects } = shownOf(changed(pausedAfter(setWeight(20)), 40, 60, writers))
    expect(drift).toEqual({ weight: 40, written: 20, manager: 'kubectl-edit', at: T0 + 20_000 })
    expect(objects).toMatchObject([{ weight: 40 }])
  })

  it('TR-17: a drift to no weight, by nobody known', () => {
    const { drift, objects } = shownOf(changed(pausedAfter(setWeight(20)), 40, 50, []))
    expect(drift).toEqual({ weight: undefined, written: 20, manager: undefined, at: undefined })
    expect(objects).toMatchObject([{ weight: 'unclear' }])
  })

  it('TR-18: routes of steps, in words', () => {
    const steps: readonly CanaryStep[] = [
      setWeight(20),
      {
        setHeaderRoute: {
          name: 'hdr',
          match: [
            { headerName: 'x-canary', headerValue: { exact: 'yes' } },
            { headerName: 'x-team', headerValue: { prefix: 'pay' } },
          ],
        },
      },
      {
        setMirrorRoute: {
          name: 'mir',
          percentage: 35,
          match: [{ method: { exact: 'GET' }, path: { regex: '^/v[0-9]' }, headers: { a: { exact: 'b' } } }],
        },
      },
    ]
    expect(shownOf(pausedAfter(...steps)).objects[0]?.stepRoutes).toEqual([
      {
        kind: 'header',
        name: 'hdr',
        conditions: ['x-canary = yes', 'x-team = pay*'],
        percentage: undefined,
        state: 'made',
      },
      { kind: 'mirror', name: 'mir', conditions: ['GET ~ ^/v[0-9] a = b'], percentage: 35, state: 'made' },
    ])
  })

  it('TR-18a: steps whose routes are removed at once', () => {
    const header = { setHeaderRoute: { name: 'hdr', match: [{ headerName: 'a', headerValue: { exact: 'b' } }] } }
    expect(shownOf(pausedAfter(header, setWeight(20))).withoutPods).toEqual([{ stepIndex: 0, name: 'hdr' }])
  })

  it.each<[Unread, object]>([
    [{ kind: 'NotSynced' }, { why: 'loading', message: '' }],
    [
      { kind: 'Forbidden', message: 'no', verb: 'list', resource: 'virtualservices', namespace: undefined },
      { why: 'forbidden', message: 'no' },
    ],
    [
      { kind: 'ServerError', message: 'broken', status: 500 },
      { why: 'failed', message: 'broken' },
    ],
  ])('a kind that is not read, %o: says so, and nothing is said of a drift', (unread, expected) => {
    const { drift, unread: told } = shownOf(changed(pausedAfter(setWeight(20)), 40, 60, writers), unread)
    expect([drift, told]).toEqual([undefined, [{ kind: 'VirtualService', ...expected }]])
  })
})
