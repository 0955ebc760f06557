import { describe, expect, it } from 'vitest'
import { formatSpecError } from '#engine/rollout/validation/spec-error.ts'
import { ambassador } from '#engine/traffic/ambassador.ts'
import type { RouterRequest, RouterResult } from '#engine/traffic/router.ts'
import { findRoute, noRoutes, type RouteObject, type Routes } from '#engine/traffic/routes.ts'
import { aRouteObject, aRouterRequest, aRouteTable, stepOf } from '#test/support/builders/routing.ts'
import { settled } from '#test/support/settled.ts'
import { T0 } from '#test/support/virtual-clock.ts'

const since = 'argosy.dev/weightless-since'
const at = (name: string) => ({ kind: 'mappings', namespace: 'shop', name }) as const

const aRequest = (parts: Partial<RouterRequest> = {}, mappings: readonly string[] = ['web']) =>
  aRouterRequest({ routing: { ambassador: { mappings } }, ...parts })

const base = (name = 'web', spec: object = {}, metadata: Partial<RouteObject['metadata']> = {}) =>
  aRouteObject('mappings', name, { prefix: '/shop', service: 'web-stable:80', ...spec }, metadata)

const canary = (weight: unknown, metadata: Partial<RouteObject['metadata']> = {}, name = 'web') =>
  aRouteObject('mappings', `${name}-canary`, { prefix: '/shop', service: 'web-canary:80', weight }, metadata)

const weigh = (request: RouterRequest, routes: Routes) => settled((each) => ambassador.setWeight(request, each), routes)

const errorOf = (result: RouterResult) => {
  if (result.ok) throw new Error('the router did it')
  return result.error
}

const told = (weight: number) => ({
  type: 'Normal',
  reason: 'CanaryMappingWeightUpdate',
  message: `Set canary mapping weight to ${weight}`,
})

describe('ambassador', () => {
  it('AMB-3: reads each mapping and its canary, whose name is cut', () => {
    const long = 'x'.repeat(250)
    expect(ambassador.reads(aRequest({}, ['web', long]).rollout, noRoutes)).toEqual([
      at('web'),
      at('web-canary'),
      at(long),
      at(`${'x'.repeat(246)}-canary`),
    ])
    expect(ambassador.reads(aRouterRequest({ routing: { ambassador: {} } }).rollout, noRoutes)).toEqual([])
  })

  it('FEA-1: has nothing else to do', () => {
    expect(ambassador.type).toBe('Ambassador')
    const { updateHash, setHeaderRoute, setMirrorRoute, removeManagedRoutes } = ambassador
    expect([updateHash, setHeaderRoute, setMirrorRoute, removeManagedRoutes]).toEqual(Array(4).fill(undefined))
  })
})

describe('a canary that is not there', () => {
  it('AMB-4: is not made for weight 0', () => {
    const routes = aRouteTable([base()])
    expect(weigh(aRequest({ weight: 0 }), routes)).toEqual({ routes, events: [] })
    expect(weigh(aRequest({ weight: 0 }), noRoutes)).toEqual({ routes: noRoutes, events: [] })
  })

  it.each([20, 100])(
    'AMB-4, AMB-7: is made for weight %d, with nothing of the metadata but name and namespace',
    (weight) => {
      const routes = aRouteTable([base('web', {}, { labels: { a: 'b' }, annotations: { c: 'd' } })])
      const step = weigh(aRequest({ weight }), routes)
      expect(findRoute(step.routes, at('web-canary'))).toEqual({
        apiVersion: 'getambassador.io/v2',
        kind: 'Mapping',
        metadata: { name: 'web-canary', namespace: 'shop' },
        spec: { prefix: '/shop', service: 'web-canary:80', weight },
      })
      expect(findRoute(step.routes, at('web'))).toBe(findRoute(routes, at('web')))
      expect(step).toMatchObject({ events: [told(weight)] })
      expect(step.unfinished).toBeUndefined()
    },
  )

  it.each([
    ['web-stable', 'web-canary'],
    ['http://web-stable.shop:80/web-stable', 'http://web-canary.shop:80/web-stable'],
    ['other', 'other'],
    [undefined, ''],
  ])('AMB-4: of the service %s it has %s', (service, expected) => {
    const { routes } = weigh(aRequest(), aRouteTable([base('web', { service })]))
    expect(findRoute(routes, at('web-canary'))?.spec).toMatchObject({ service: expected })
  })

  it('AMB-4: names are no patterns', () => {
    const { routes } = weigh(aRequest({ canaryService: '$&$1' }), aRouteTable([base()]))
    expect(findRoute(routes, at('web-canary'))?.spec).toMatchObject({ service: '$&$1:80' })
  })

  it('AMB-4: nor can it be made without the mapping', () => {
    expect(errorOf(ambassador.setWeight(aRequest(), noRoutes))).toEqual({
      message: 'mappings.getambassador.io "web" not found',
      events: [{ type: 'Warning', reason: 'AmbassadorMappingNotFound', message: 'Ambassador mapping "web" not found' }],
      routes: noRoutes,
    })
  })

  it('AMB-4: nor of a mapping that has a weight', () => {
    const message = 'Ambassador mapping "web" can not define weight'
    const { message: error, events } = errorOf(
      ambassador.setWeight(aRequest(), aRouteTable([base('web', { weight: 5 })])),
    )
    expect(error).toBe(message)
    expect(events).toEqual([{ type: 'Warning', reason: 'AmbassadorMappingConfigError', message }])
    for (const weight of [0, null, '5'])
      expect(ambassador.setWeight(aRequest(), aRouteTable([base('web', { weight })])).ok).toBe(true)
  })

  it.each([undefined, null, 7, []])('AMB-4: a mapping with the spec %j', (spec) => {
    const { routes } = weigh(aRequest(), aRouteTable([aRouteObject('mappings', 'web', spec)]))
    expect(findRoute(routes, at('web-canary'))?.spec).toEqual({ service: '', weight: 20 })
  })
})

describe('a canary that is there', () => {
  it('AMB-5: gets the weight, and nothing else of the mapping', () => {
    const routes = aRouteTable([base('web', { prefix: '/new' }), canary(20, { labels: { a: 'b' } })])
    const step = weigh(aRequest({ weight: 50 }), routes)
    expect(findRoute(step.routes, at('web-canary'))).toEqual(canary(50, { labels: { a: 'b' } })[1])
    expect(step.events).toEqual([told(50)])
  })

  it('AMB-2, AMB-5: what is right is neither written nor told', () => {
    const routes = aRouteTable([base(), canary(20)])
    expect(weigh(aRequest(), routes)).toEqual({ routes, events: [] })
  })

  it('AMB-5: needs no mapping beside it', () => {
    const { routes } = weigh(aRequest({ weight: 50 }), aRouteTable([canary(20)]))
    expect(findRoute(routes, at('web-canary'))?.spec).toMatchObject({ weight: 50 })
  })

  it('AMB-6: at weight 0 it stays for 5 s, and notes since when', () => {
    const step = weigh(aRequest({ weight: 0 }), aRouteTable([base(), canary(20, { annotations: { c: 'd' } })]))
    expect(findRoute(step.routes, at('web-canary'))).toEqual(
      canary(0, { annotations: { c: 'd', [since]: '2026-01-15T10:00:00Z' } })[1],
    )
    expect(step.events).toEqual([told(0)])
    expect(step.unfinished).toMatchObject({ until: T0 + 5000 })
  })

  it('AMB-6: not less than 5 s, though whole seconds are noted', () => {
    const step = weigh(aRequest({ weight: 0, now: T0 + 1 }), aRouteTable([base(), canary(20)]))
    expect(findRoute(step.routes, at('web-canary'))?.metadata.annotations).toEqual({ [since]: '2026-01-15T10:00:01Z' })
    expect(step.unfinished?.until).toBe(T0 + 6000)
  })

  const waiting = () => aRouteTable([base(), canary(0, { annotations: { [since]: '2026-01-15T10:00:00Z' } })])

  it('AMB-6: until then nothing is done, then it goes without a word', () => {
    const before = weigh(aRequest({ weight: 0, now: T0 + 4999 }), waiting())
    expect([...before.routes.objects.keys()]).toEqual([...waiting().objects.keys()])
    expect(before).toMatchObject({ events: [], unfinished: { until: T0 + 5000 } })
    const after = weigh(aRequest({ weight: 0, now: T0 + 5000 }), waiting())
    expect([...after.routes.objects.values()].map(({ ref }) => ref.name)).toEqual(['web'])
    expect(after.events).toEqual([])
    expect(after.unfinished).toBeUndefined()
  })

  it('AMB-6: one whose weight was raised meanwhile stays', () => {
    const step = weigh(aRequest({ weight: 30, now: T0 + 9000 }), waiting())
    expect(findRoute(step.routes, at('web-canary'))).toEqual(canary(30, { annotations: {} })[1])
    expect(step.unfinished).toBeUndefined()
  })

  it.each([
    ['nothing is noted, as when the reference was ended while it waited', {}],
    ['what is noted is no time', { [since]: 'soon' }],
    ['it lies ahead, for clocks differ', { [since]: '2026-01-15T11:00:00Z' }],
  ])('AMB-6: the time is noted anew when %s', (_why, annotations) => {
    const step = weigh(aRequest({ weight: 0, now: T0 + 9000 }), aRouteTable([base(), canary(0, { annotations })]))
    expect(findRoute(step.routes, at('web-canary'))?.metadata.annotations).toEqual({ [since]: '2026-01-15T10:00:09Z' })
    expect(step.events).toEqual([])
    expect(step.unfinished?.until).toBe(T0 + 14_000)
  })

  it('AMB-6: an old note counts for nothing once there was a weight', () => {
    const annotations = { [since]: '2026-01-15T09:00:00Z' }
    const step = weigh(aRequest({ weight: 0 }), aRouteTable([base(), canary(20, { annotations })]))
    expect(step.unfinished?.until).toBe(T0 + 5000)
    expect(step.events).toEqual([told(0)])
  })
})

describe('several mappings', () => {
  const two = ['web', 'api']

  it('AMB-2: are told in one Event', () => {
    const step = weigh(aRequest({}, two), aRouteTable([base(), base('api'), canary(5, {}, 'api')]))
    expect(findRoute(step.routes, at('web-canary'))?.spec).toMatchObject({ weight: 20 })
    expect(findRoute(step.routes, at('api-canary'))?.spec).toMatchObject({ weight: 20 })
    expect(step.events).toEqual([told(20)])
  })

  it('AMB-6: wait for the last one', () => {
    const early = { annotations: { [since]: '2026-01-15T09:59:58Z' } }
    const late = { annotations: { [since]: '2026-01-15T10:00:00Z' } }
    const routes = aRouteTable([base(), base('api'), canary(0, late), canary(0, early, 'api')])
    expect(stepOf(ambassador.setWeight(aRequest({ weight: 0 }, two), routes)).unfinished?.until).toBe(T0 + 5000)
  })

  it('AMB-2: an error of one does not stop the other', () => {
    const {
      message,
      events,
      routes: done,
    } = errorOf(ambassador.setWeight(aRequest({}, two), aRouteTable([base('api')])))
    expect(message).toBe('mappings.getambassador.io "web" not found')
    expect(events.map(({ reason }) => reason)).toEqual(['CanaryMappingWeightUpdate', 'AmbassadorMappingNotFound'])
    expect(done && findRoute(done, at('api-canary'))?.spec).toMatchObject({ weight: 20 })
  })

  it('AMB-2: several errors are counted', () => {
    const { message, events } = errorOf(
      ambassador.setWeight(aRequest({}, two), aRouteTable([base('api', { weight: 1 })])),
    )
    expect(message).toBe(
      '2 errors found: [mappings.getambassador.io "web" not found][Ambassador mapping "api" can not define weight]',
    )
    expect(events.map(({ reason }) => reason)).toEqual(['AmbassadorMappingNotFound', 'AmbassadorMappingConfigError'])
  })
})

describe('what a Rollout needs', () => {
  const path = 'spec.strategy.canary.trafficRouting.ambassador.mappings'
  const text = (error: ReturnType<NonNullable<typeof ambassador.missing>>) => error && formatSpecError(error)

  it('REF-8, API-131: at least one mapping', () => {
    const error = `${path}: Invalid value: null: must provide at least one mapping`
    expect(text(ambassador.missing?.(aRequest({}, []).rollout, noRoutes))).toBe(error)
    expect(text(ambassador.missing?.(aRouterRequest({ routing: { ambassador: {} } }).rollout, noRoutes))).toBe(error)
  })

  it('REF-8, API-131: each of them', () => {
    const { rollout } = aRequest({}, ['web', 'api'])
    expect(text(ambassador.missing?.(rollout, aRouteTable([base()])))).toBe(
      `${path}: Invalid value: "api": mappings.getambassador.io "api" not found`,
    )
    expect(ambassador.missing?.(rollout, aRouteTable([base(), base('api')]))).toBeUndefined()
  })

  it('REF-21: none of them with a weight', () => {
    const { rollout } = aRequest({}, ['web', 'api'])
    expect(text(ambassador.mismatch?.(rollout, aRouteTable([base(), base('api', { weight: 1 })])))).toBe(
      'spec.weight: Invalid value: "api": Ambassador mapping "api" can not define weight',
    )
    expect(ambassador.mismatch?.(rollout, aRouteTable([base(), base('api'), canary(20)]))).toBeUndefined()
    expect(ambassador.mismatch?.(rollout, noRoutes)).toBeUndefined()
  })

  it('AMB-4, AMB-5, AMB-6: what is said when a write is refused; a deletion may be', () => {
    const refused = (['create', 'update', 'delete'] as const).map((verb) =>
      ambassador.refused?.(verb, at('web-canary')),
    )
    expect(refused).toEqual([
      { error: '', event: { reason: 'CanaryMappingCreationError', before: 'Error creating canary mapping: ' } },
      {
        error: '',
        event: { reason: 'CanaryMappingUpdateError', before: 'Error updating canary mapping "web-canary": ' },
      },
      {
        error: '',
        isTolerated: true,
        event: { reason: 'CanaryMappingCleanupError', before: 'Error deleting canary mapping "web-canary": ' },
      },
    ])
  })
})
