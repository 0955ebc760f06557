import { describe, expect, it } from 'vitest'
import type { ReplicaSet } from '#api/apps.ts'
import type { CanaryStep, CanaryStrategy } from '#api/rollout.ts'
import { fieldAt, listAt, textAt } from '#engine/traffic/route-json.ts'
import { findRoute, noRoutes, type RouteRef } from '#engine/traffic/routes.ts'
import { settlePods } from '#test/support/apply-decision.ts'
import { aDestinationRule, aVirtualService, bySubsets, toSubset } from '#test/support/builders/istio.ts'
import { pause, setWeight } from '#test/support/builders/rollout.ts'
import { aRouteTable } from '#test/support/builders/routing.ts'
import { aRoutedJourney, type RoutedJourney } from '#test/support/routed-journey.ts'

const ruleRef: RouteRef = { kind: 'destinationRules', namespace: 'shop', name: 'web' }

/** Healthy on `web:1`, split between subsets of a DestinationRule, without Services of canary and stable. */
function aSubsetRelease(steps: readonly CanaryStep[], others: CanaryStrategy = {}): RoutedJourney {
  const canary: CanaryStrategy = {
    canaryService: '',
    stableService: '',
    trafficRouting: { istio: { virtualService: { name: 'web' }, destinationRule: bySubsets } },
    ...others,
  }
  const journey = aRoutedJourney({ replicas: 5, steps, canary })
  const subsets = ['stable', 'canary'].map((name) => ({ name, labels: { app: 'web' } }))
  journey.world = {
    ...journey.world,
    services: {},
    routes: aRouteTable([
      aVirtualService({ http: [{ route: [toSubset('stable', 100), toSubset('canary', 0)] }] }),
      aDestinationRule({ host: 'web', subsets }),
    ]),
  }
  journey.settle()
  journey.now += 3_600_000
  return journey.forget()
}

/** Images of the pods that the subsets stable and canary select, and their weights: `web:1 80, web:2 20`. */
function splitOf(journey: RoutedJourney): string {
  const rule = findRoute(journey.world.routes ?? noRoutes, ruleRef)
  const route = listAt(journey.routes[0], 'route')
  return listAt(rule, 'spec', 'subsets')
    .map((subset, i) => {
      const hash = textAt(subset, 'labels', 'rollouts-pod-template-hash')
      return `${imageOf(journey, hash)} ${String(fieldAt(route[i], 'weight'))}`
    })
    .join(', ')
}

const imageOf = ({ world }: RoutedJourney, hash: string): string =>
  world.replicaSets.find(({ metadata }) => metadata.labels?.['rollouts-pod-template-hash'] === hash)?.spec.template.spec
    ?.containers[0]?.image ?? `nothing of ${hash}`

const isOf = (image: string) => (rs: ReplicaSet) => rs.spec.template.spec?.containers[0]?.image === image

/** So many pods of `web:2` are available, and no more become so. */
function crashing(journey: RoutedJourney, available = 0): RoutedJourney {
  const isCanary = isOf('web:2')
  journey.isReady = (rs) => !isCanary(rs)
  const replicaSets = journey.world.replicaSets.map((rs) =>
    isCanary(rs) ? { ...rs, status: { ...rs.status, availableReplicas: available } } : rs,
  )
  journey.world = { ...journey.world, replicaSets }
  return journey
}

function recovered(journey: RoutedJourney): RoutedJourney {
  journey.isReady = () => true
  journey.world = settlePods(journey.world)
  return journey
}

describe('a canary between subsets of a DestinationRule', () => {
  it('IST-20: goes by its steps, and both subsets select the new pods in the end', () => {
    const journey = aSubsetRelease([setWeight(20), pause(), setWeight(60), pause()])
    expect(splitOf(journey)).toBe('web:1 100, web:1 0')
    journey.setImage('web:2').settle()
    expect(splitOf(journey)).toBe('web:1 80, web:2 20')
    journey.promote().settle()
    expect(splitOf(journey)).toBe('web:1 40, web:2 60')
    journey.promote().settle()
    expect(splitOf(journey)).toBe('web:2 100, web:2 0')
    expect(journey.phase).toBe('Healthy')
  })

  it('IST-20: after an abort stable has everything, and the canary subset still selects the canary', () => {
    const journey = aSubsetRelease([setWeight(20), pause()])
    journey.setImage('web:2').settle().abort().settle()
    expect(splitOf(journey)).toBe('web:1 100, web:2 0')
  })

  it('IST-18: while its pods crash it gets no weight, its step is not complete, and its deadline passes', () => {
    const journey = crashing(aSubsetRelease([setWeight(20), setWeight(40), pause()]))
    journey.setImage('web:2').settle()
    expect(splitOf(journey)).toMatch(/^web:1 100, web:[12] 0$/)
    expect([journey.status.currentStepIndex, journey.phase]).toEqual([
      0,
      'Progressing: more replicas need to be updated',
    ])
    journey.pass(601)
    expect(journey.status.phase).toBe('Degraded')
    expect(journey.status.message).toMatch(/^ProgressDeadlineExceeded/)
    recovered(journey).settle()
    expect(splitOf(journey)).toBe('web:1 60, web:2 40')
  })

  it('IST-18: a pod that is lost in a pause leaves weights and subsets as they are', () => {
    const journey = aSubsetRelease([setWeight(40), pause(), setWeight(60)])
    journey.setImage('web:2').settle().forget()
    crashing(journey, 1).settle()
    expect(splitOf(journey)).toBe('web:1 60, web:2 40')
    journey.promote().settle()
    expect([splitOf(journey), journey.status.currentStepIndex]).toEqual(['web:1 60, web:2 40', 1])
    recovered(journey).settle()
    expect(splitOf(journey)).toBe('web:2 100, web:2 0')
  })

  it('TR-17, CAN-94, REC-169: when all pods are lost, their weight goes before anything waits', () => {
    const journey = aSubsetRelease([setWeight(40), pause()])
    journey.setImage('web:2').settle()
    crashing(journey).settle()
    expect(splitOf(journey)).toBe('web:1 100, web:2 0')
    recovered(journey).settle()
    expect(splitOf(journey)).toBe('web:1 60, web:2 40')
  })

  it('IST-18: an abort does not wait for the canary', () => {
    const journey = aSubsetRelease([setWeight(40), pause()])
    journey.setImage('web:2').settle()
    crashing(journey).abort().settle()
    expect(splitOf(journey)).toBe('web:1 100, web:2 0')
    expect(journey.phase).toMatch(/^Degraded: RolloutAborted/)
  })
})
