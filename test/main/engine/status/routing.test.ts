import { describe, expect, it } from 'vitest'
import type { CanaryStep } from '#api/rollout.ts'
import { routesWithoutPods } from '#engine/rollout/canary/routes-in-force.ts'
import { routingOf } from '#engine/status/routing.ts'
import { findRoute, noRoutes, withoutRoute, withRoute } from '#engine/traffic/routes.ts'
import { aRollout, pause, setWeight } from '#test/support/builders/rollout.ts'
import { aRoutedRelease, type RoutedJourney } from '#test/support/routed-journey.ts'

const virtualService = { kind: 'virtualServices', namespace: 'shop', name: 'web' } as const
const header: CanaryStep = {
  setHeaderRoute: { name: 'hdr', match: [{ headerName: 'x-canary', headerValue: { exact: 'yes' } }] },
}
const mirror: CanaryStep = {
  setMirrorRoute: { name: 'mir', percentage: 35, match: [{ method: { exact: 'GET' }, path: { prefix: '/' } }] },
}

/** At the pause after `steps`. */
function pausedAfter(...steps: readonly CanaryStep[]): RoutedJourney {
  const journey = aRoutedRelease({ steps: [...steps, pause()] })
  journey.setImage('web:2').settle()
  return journey
}
const lookAt = (journey: RoutedJourney) => {
  const routing = routingOf(journey.world, journey.now)
  if (routing === undefined) throw new Error('no routing')
  return routing
}
/** As somebody else would. */
function edit(journey: RoutedJourney, change: (http: string) => string): void {
  const routes = journey.world.routes ?? noRoutes
  const object = findRoute(routes, virtualService)
  if (object === undefined) throw new Error('no VirtualService')
  const edited = { ...object, spec: JSON.parse(change(JSON.stringify(object.spec))) }
  journey.world = { ...journey.world, routes: withRoute(routes, virtualService, edited) }
}

describe('what the routes of a Rollout say', () => {
  it('TR-22: as written', () => {
    const { written, weight, isDrifted, objects } = lookAt(pausedAfter(setWeight(20)))
    expect({ written, weight, isDrifted }).toEqual({ written: 20, weight: 20, isDrifted: false })
    expect(objects).toMatchObject([{ kind: 'VirtualService', ref: virtualService, weight: 20, stepRoutes: [] }])
  })

  it('is the same answer while nothing changes', () => {
    const journey = pausedAfter(setWeight(20))
    const first = lookAt(journey)
    journey.world = { ...journey.world, routes: { ...(journey.world.routes ?? noRoutes) } }
    expect(lookAt(journey)).toBe(first)
    edit(journey, (spec) => spec)
    expect(lookAt(journey)).not.toBe(first)
  })

  it('TR-17: changed by somebody else: has drifted', () => {
    const journey = pausedAfter(setWeight(20))
    edit(journey, (spec) => spec.replace('"weight":80', '"weight":60').replace('"weight":20', '"weight":40'))
    expect(lookAt(journey)).toMatchObject({ written: 20, weight: 40, isDrifted: true, objects: [{ weight: 40 }] })
    expect(lookAt(journey.settle())).toMatchObject({ weight: 20, isDrifted: false })
  })

  it('no drift while what is wanted now is on its way into the status', () => {
    const journey = pausedAfter(setWeight(20))
    const { status } = journey.world.rollout
    const weights = status?.canary?.weights
    if (weights === undefined) throw new Error('no weights')
    const before = { ...weights, canary: { ...weights.canary, weight: 0 } }
    const rollout = { ...journey.world.rollout, status: { ...status, canary: { ...status?.canary, weights: before } } }
    journey.world = { ...journey.world, rollout }
    expect(lookAt(journey)).toMatchObject({ written: 0, weight: 20, isDrifted: false })
  })

  it('nothing written yet, no router, an object that is missing', () => {
    const journey = pausedAfter(setWeight(20))
    const { routes = noRoutes } = journey.world
    journey.world = { ...journey.world, routes: withoutRoute(routes, virtualService) }
    expect(lookAt(journey)).toMatchObject({ weight: undefined, objects: [{ ref: virtualService, object: undefined }] })
    expect(lookAt(aRoutedRelease()).objects).toHaveLength(1)
    const plain = { ...journey.world, rollout: aRollout({ canary: {} }) }
    expect(routingOf(plain, journey.now)).toBeUndefined()
  })

  it('TR-18: routes of steps, and whether the object has them', () => {
    const journey = pausedAfter(setWeight(20), header, mirror)
    const states = () => lookAt(journey).objects.flatMap(({ stepRoutes }) => stepRoutes)
    expect(states()).toMatchObject([
      { state: 'made', stepRoute: { kind: 'header', stepIndex: 1, route: header.setHeaderRoute } },
      { state: 'made', stepRoute: { kind: 'mirror', stepIndex: 2, route: mirror.setMirrorRoute } },
    ])
    edit(journey, (spec) => spec.replace('"exact":"yes"', '"exact":"no"').replace('"name":"mir"', '"name":"mine"'))
    expect(states().map(({ state }) => state)).toEqual(['different', 'missing'])
  })

  it('TR-34: none that a later step removed, and none after an abort', () => {
    const removed = pausedAfter(setWeight(20), header, mirror, { setHeaderRoute: { name: 'hdr' } })
    expect(lookAt(removed).objects).toMatchObject([{ stepRoutes: [{ state: 'made', stepRoute: { kind: 'mirror' } }] }])
    const aborted = pausedAfter(setWeight(20), header).patchStatus({ abort: true }).settle()
    expect(lookAt(aborted).objects).toMatchObject([{ weight: 0, stepRoutes: [] }])
  })
})

describe('routes of steps without a pod behind them', () => {
  const foundIn = (...steps: readonly CanaryStep[]) =>
    routesWithoutPods(aRollout({ canary: { steps } })).map(({ stepIndex }) => stepIndex)

  it.each<[string, readonly CanaryStep[], readonly number[]]>([
    ['the first step', [header, setWeight(20)], [0]],
    ['after a weight of nothing', [setWeight(0), mirror, header], [1, 2]],
    ['after a scale of nothing', [{ setCanaryScale: { replicas: 0 } }, header], [1]],
    ['after pods', [{ setCanaryScale: { replicas: 1 } }, header], []],
    ['after a weight', [setWeight(5), header], []],
    ['one that only removes', [{ setHeaderRoute: { name: 'hdr' } }], []],
  ])('TR-18a: %s', (_title, steps, expected) => {
    expect(foundIn(...steps)).toEqual(expected)
  })
})
