import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { TrafficRouting } from '#api/traffic-routing.ts'
import { isRecord } from '#engine/normalise/typed-value.ts'
import { istio } from '#engine/traffic/istio/istio.ts'
import { destinationRuleFate } from '#engine/traffic/istio/release-destination-rule.ts'
import type { RouterRequest, RouterResult, RouterStep } from '#engine/traffic/router.ts'
import { type Routes, resourceOf } from '#engine/traffic/routes.ts'
import {
  aDestinationRule,
  anIstioRequest,
  aVirtualService,
  bySubsets,
  headerStep,
  mirrorStep,
  ruleIn,
  sectionIn,
  toExperiment,
  toHost,
  toSubset,
} from '#test/support/builders/istio.ts'
import { aRouteTable } from '#test/support/builders/routing.ts'

const seed = 20260115

type Json = Readonly<Record<string, unknown>>

const [inStable, inCanary] = [{ subset: 'stable' }, { subset: 'canary' }]
const weights = fc.option(fc.integer({ min: 0, max: 100 }), { nil: undefined })
const extras = fc.constantFrom<Json>({}, { timeout: '5s' }, { retries: { attempts: 3 }, corsPolicy: {} })

/** A route with one canary, one stable, and whatever else may stand there. */
const routesOf = (section: 'http' | 'tls' | 'tcp'): fc.Arbitrary<Json> =>
  fc
    .record({
      stable: weights,
      canary: weights,
      others: fc.array(
        fc.tuple(fc.constantFrom('exp-1', 'exp-1', 'exp-2', 'other', 'other.ns.svc.cluster.local'), weights),
        { maxLength: 4 },
      ),
      at: fc.nat(6),
      isLong: fc.boolean(),
      extra: section === 'http' ? extras : fc.constant({}),
    })
    .map(({ stable, canary, others, at, isLong, extra }) => {
      const end = isLong ? '.shop.svc.cluster.local' : ''
      const destinations = others.map(([host, weight]) => toHost(host, weight))
      destinations.splice(
        at,
        0,
        toHost(`web-stable${end}`, stable, inStable),
        toHost(`web-canary${end}`, canary, inCanary),
      )
      return { ...extra, route: destinations }
    })

const asked = fc.record({
  weight: fc.integer({ min: 0, max: 100 }),
  destinations: fc.subarray([toExperiment('exp-2', 7), toExperiment('exp-1', 12), toExperiment('exp-3', 0)]),
})

const destinationsOf = (route: unknown): readonly Json[] =>
  isRecord(route) && Array.isArray(route['route']) ? route['route'].filter(isRecord) : []
const hostOf = ({ destination }: Json): string => (isRecord(destination) ? String(destination['host']) : '')
const shareOf = ({ weight }: Json): number => (typeof weight === 'number' ? weight : 0)
const isExperiment = (host: string): boolean => host.startsWith('exp-')
const sumOf = (route: unknown): number => destinationsOf(route).reduce((sum, each) => sum + shareOf(each), 0)
/** What all destinations of this Service have together. */
const weightOf = (route: unknown, service: string): number =>
  sumOf({ route: destinationsOf(route).filter((each) => hostOf(each).split('.')[0] === service) })
const hostsOf = (route: unknown, is: (share: Json, host: string) => boolean = () => true): readonly string[] =>
  destinationsOf(route).flatMap((each) => (is(each, hostOf(each)) ? [hostOf(each)] : []))

/** All operations, as they follow each other in a pass. */
const operations: readonly (readonly [string, (request: RouterRequest, routes: Routes) => RouterResult | undefined])[] =
  [
    ['removeManagedRoutes', (request, routes) => istio.removeManagedRoutes?.(request, routes)],
    ['setHeaderRoute', (request, routes) => istio.setHeaderRoute?.(request, headerStep, routes)],
    ['setMirrorRoute', (request, routes) => istio.setMirrorRoute?.(request, mirrorStep, routes)],
    ['updateHash', (request, routes) => istio.updateHash?.(request, routes)],
    ['setWeight', (request, routes) => istio.setWeight(request, routes)],
  ]
const managedRoutes = [{ name: 'mir' }, { name: 'hdr' }]

describe('IST-14, IST-15, IST-16: weights of a route, whatever stood there', () => {
  it.each(['http', 'tls', 'tcp'] as const)(
    'IST-14: those of %s come to 100, and nothing else is changed',
    (section) => {
      fc.assert(
        fc.property(routesOf(section), asked, (route, { weight, destinations }) => {
          const experiment = destinations.reduce((sum, each) => sum + each.weight, 0)
          fc.pre(weight + experiment <= 100)
          const before = aRouteTable([aVirtualService({ hosts: ['web'], gateways: ['edge'], [section]: [route] })])
          const result = istio.setWeight(anIstioRequest({ weight, destinations }), before)
          if (!result.ok) throw new Error(result.error.message)
          const [after] = sectionIn(result.value.routes, section) as readonly [Json]
          expect(sumOf(after)).toBe(100)
          expect({ ...after, route: [] }).toEqual({ ...route, route: [] })
          const { spec } = result.value.routes.objects.get('virtualServices shop/web')?.object ?? {}
          expect(spec).toMatchObject({ hosts: ['web'], gateways: ['edge'] })
          expect(hostsOf(after).filter((host) => !isExperiment(host))).toEqual(
            hostsOf(route, ({ weight: share = 0 }, host) => host.startsWith('web-') || share === 0).filter(
              (host) => !isExperiment(host),
            ),
          )
          const expected = [...destinations, toExperiment('web-canary', weight)]
          for (const { serviceName = '', weight: share } of expected) expect(weightOf(after, serviceName)).toBe(share)
        }),
        { seed, numRuns: 300 },
      )
    },
  )
})

describe('IST-14: weights between subsets', () => {
  it('IST-14: with additional subsets they come to 100 as long as there is something left for stable', () => {
    fc.assert(
      fc.property(fc.nat(100), fc.nat(100), (weight, legacy) => {
        const route = [toSubset('stable', 5), toSubset('legacy', legacy, 'old'), toSubset('canary')]
        const destinationRule = { ...bySubsets, additionalSubsetNames: ['legacy'] }
        const before = aRouteTable([aVirtualService({ http: [{ route }] })])
        const result = istio.setWeight(anIstioRequest({ weight, istio: { destinationRule } }), before)
        if (!result.ok) throw new Error(result.error.message)
        const [after] = sectionIn(result.value.routes, 'http') as readonly [Json]
        expect(sumOf(after)).toBe(Math.max(100, weight + legacy))
        expect(destinationsOf(after)[1]).toEqual(toSubset('legacy', legacy, 'old'))
      }),
      { seed },
    )
  })
})

describe('TR-1: every operation of Istio', () => {
  const tableOf = (section: Json) => {
    const rule = { host: 'web', subsets: [{ name: 'stable' }, { name: 'canary' }, { name: 'exp-1' }, { name: 'old' }] }
    return aRouteTable([aVirtualService(section), aDestinationRule(rule)])
  }
  const requestFor = (wanted: Partial<RouterRequest>, isBySubset: boolean) =>
    anIstioRequest({ ...wanted, managedRoutes, istio: isBySubset ? { destinationRule: bySubsets } : {} })

  it.each(operations)('TR-1: %s, asked again, changes and tells nothing', (_name, operate) => {
    fc.assert(
      fc.property(routesOf('http'), asked, fc.boolean(), fc.boolean(), (route, wanted, isNamed, isBySubset) => {
        const http = [{ name: 'hdr', route: [] }, isNamed ? { name: 'primary', ...route } : route]
        const request = requestFor(wanted, isBySubset)
        const first = operate(request, tableOf({ http, tls: [route], tcp: [route] }))
        if (first?.ok !== true) throw new Error(first?.error.message)
        const { routes } = first.value
        expect(operate(request, routes)).toEqual({ ok: true, value: { routes, events: [] } })
      }),
      { seed },
    )
  })

  it('TR-1: a pass, done again, changes and tells nothing', () => {
    fc.assert(
      fc.property(routesOf('http'), asked, fc.boolean(), (route, wanted, isBySubset) => {
        const request = requestFor(wanted, isBySubset)
        const pass = (before: RouterStep): RouterStep =>
          operations.slice(1).reduce<RouterStep>(({ routes, events }, [, operate]) => {
            const result = operate(request, routes)
            if (result?.ok !== true) throw new Error(result?.error.message)
            return { routes: result.value.routes, events: [...events, ...result.value.events] }
          }, before)
        const { routes } = pass(pass({ routes: tableOf({ http: [route] }), events: [] }))
        expect(pass({ routes, events: [] })).toEqual({ routes, events: [] })
      }),
      { seed },
    )
  })
})

describe('OPS-80: route objects of any shape', () => {
  const oddities = fc.constantFrom<unknown>(null, 7, 'x', true, [], {}, [null], [7], [[]], { a: 1 })
  const keys = [
    ...['http', 'tls', 'tcp', 'route', 'match', 'destination', 'host', 'subset', 'port', 'number', 'weight', 'name'],
    ...['mirror', 'sniHosts', 'subsets', 'labels', '__proto__', 'constructor'],
  ]
  const { odd } = fc.letrec<{ odd: unknown }>((tie) => ({
    odd: fc.oneof(
      { maxDepth: 6 },
      oddities,
      fc.array(tie('odd'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom(...keys), tie('odd'), { maxKeys: 4 }),
      fc.constant(toHost('web-stable', 1)),
      fc.constant({ name: 'primary', route: [toHost('web-stable', 1), toHost('web-canary')] }),
    ),
  }))
  const specs = fc.oneof(odd, fc.record({ http: fc.array(odd) }), fc.record({ tls: odd, tcp: fc.array(odd) }))
  const routings = fc.constantFrom<TrafficRouting>(
    { istio: { virtualService: { name: 'web' } }, managedRoutes },
    { istio: { virtualService: { name: 'web', routes: ['primary'], tlsRoutes: [{}], tcpRoutes: [{ port: 7 }] } } },
    { istio: { virtualServices: [{ name: 'web' }, {}], destinationRule: bySubsets }, managedRoutes: [{ name: '' }] },
    { istio: { virtualService: {}, destinationRule: {} } },
    { istio: {} },
    {},
  )

  it('OPS-80: nothing is thrown at', () => {
    fc.assert(
      fc.property(specs, fc.oneof(odd, fc.record({ subsets: fc.array(odd) })), routings, (spec, ruleSpec, routing) => {
        const routes = aRouteTable([aVirtualService(spec), aDestinationRule(ruleSpec)])
        const { rollout: base } = anIstioRequest()
        const canary = { ...base.spec.strategy?.canary, trafficRouting: routing }
        const rollout = { ...base, spec: { ...base.spec, strategy: { canary } } }
        const request = anIstioRequest({ rollout, destinations: [toExperiment('exp-1', 5)] })
        istio.reads(rollout, routes)
        istio.missing?.(rollout, routes)
        istio.mismatch?.(rollout, routes)
        for (const [, operate] of operations) operate(request, routes)
        const rule = ruleIn(routes)
        const surroundings = { rollouts: [rollout], resource: resourceOf(routes, 'destinationRules') }
        if (rule !== undefined) destinationRuleFate(rule, surroundings)
      }),
      { seed, numRuns: 500 },
    )
  })

  it('REF-20: weights can be set wherever nothing is wrong with the references', () => {
    fc.assert(
      fc.property(specs, (spec) => {
        const routes = aRouteTable([aVirtualService(spec)])
        const request = anIstioRequest()
        const result = istio.setWeight(request, routes)
        expect(result.ok || istio.mismatch?.(request.rollout, routes) !== undefined).toBe(true)
      }),
      { seed, numRuns: 300 },
    )
  })
})
