import { describe, expect, it } from 'vitest'
import type { TrafficRouting } from '#api/traffic-routing.ts'
import type { AwsVerification, LoadBalancer } from '#engine/traffic/alb/aws-answers.ts'
import { fieldAt, listAt } from '#engine/traffic/route-json.ts'
import { findRoute, noRoutes } from '#engine/traffic/routes.ts'
import { success } from '#lib/outcome.ts'
import { pause, setWeight } from '#test/support/builders/rollout.ts'
import { aRouteObject, aRouteTable } from '#test/support/builders/routing.ts'
import { aRoutedJourney, type RoutedJourney } from '#test/support/routed-journey.ts'

const alb = { alb: { ingress: 'web', rootService: 'web-root', servicePort: 80 } }
const hostName = 'web.elb.example'

/** The load balancer has this weight for the canary. */
const sending = (weight: number): AwsVerification => {
  const balancer: LoadBalancer = {
    arn: 'arn:aws:elb:eu:1:loadbalancer/app/web/1',
    name: 'web',
    targetGroups: success([
      {
        arn: 'arn:aws:elb:eu:1:targetgroup/canary/2',
        name: 'canary',
        tags: { 'ingress.k8s.aws/resource': 'shop/web-web-canary:80' },
        weight,
      },
    ]),
  }
  return { ...asked, answers: { loadBalancers: new Map([[hostName, success(balancer)]]), targets: new Map() } }
}
const asked: AwsVerification = {
  enabled: true,
  tagKey: 'ingress.k8s.aws/resource',
  answers: { loadBalancers: new Map(), targets: new Map() },
}
const failing: AwsVerification = {
  ...asked,
  answers: { loadBalancers: new Map([[hostName, { ok: false, error: 'AccessDenied' }]]), targets: new Map() },
}

/** Healthy on `web:1`, and AWS is asked from now on. */
function released(steps = [setWeight(20), pause()], others: TrafficRouting = {}): RoutedJourney {
  const journey = aRoutedJourney({ steps, canary: { trafficRouting: { ...alb, ...others } } })
  const backend = { service: { name: 'web-root', port: { name: 'use-annotation' } } }
  const [kind, ingress] = aRouteObject('ingresses', 'web', {
    rules: [{ http: { paths: [{ path: '/*', pathType: 'ImplementationSpecific', backend }] } }],
  })
  const reached = { ...ingress, status: { loadBalancer: { ingress: [{ hostname: hostName }] } } }
  const backendRefs = ['web-stable', 'web-canary'].map((name) => ({ name, port: 80 }))
  const httpRoute = aRouteObject('httpRoutes', 'web', { rules: [{ backendRefs }] })
  journey.world = { ...journey.world, routes: aRouteTable([[kind, reached], httpRoute]) }
  journey.settle()
  journey.now += 3_600_000
  return tell(journey, sending(0)).forget()
}

function tell(journey: RoutedJourney, aws: AwsVerification): RoutedJourney {
  journey.world = { ...journey.world, aws }
  return journey
}

/** Rounds tell what AWS said again and again, so they are counted here. */
function rounds(journey: RoutedJourney, count = 12): RoutedJourney {
  for (let i = 0; i < count; i++) journey.step()
  return journey
}

/** Weights of canary and stable in the TrafficSplit. */
const splitOf = ({ world }: RoutedJourney): readonly unknown[] => {
  const split = findRoute(world.routes ?? noRoutes, { kind: 'trafficSplits', namespace: 'shop', name: 'web' })
  return listAt(split, 'spec', 'backends').map((each) => fieldAt(each, 'weight'))
}

describe('weights that have to arrive', () => {
  it('ALB-20, TR-29: AWS is asked about the load balancer, and until it has answered the step is not complete', () => {
    const journey = released()
    rounds(tell(journey.setImage('web:2'), asked))
    expect(journey.decide().asks).toEqual({ hostNames: [hostName], targetGroups: [] })
    expect([journey.status.currentStepIndex, journey.status.canary?.weights]).toMatchObject([
      0,
      { canary: { weight: 20 }, verified: false },
    ])
    rounds(tell(journey, sending(20)))
    expect(journey.status).toMatchObject({ currentStepIndex: 1, canary: { weights: { canary: { weight: 20 } } } })
  })

  it('TR-27, TR-28, CAN-94, API-252: one that has not arrived is looked at again in ten seconds', () => {
    const journey = released()
    rounds(tell(journey.setImage('web:2'), sending(0)))
    expect(journey.decide()).toMatchObject({ requeueAt: journey.now + 10_000 })
    expect(journey.decide().asks).toBeUndefined()
    expect(journey.events).toContain('TargetGroupUnverified')
    expect(journey.status.currentStepIndex).toBe(0)
  })

  it('TR-25, CAN-94w: what is stored says whether it has arrived, also when nothing else changes', () => {
    const journey = released([setWeight(20), setWeight(20), pause()])
    rounds(tell(journey.setImage('web:2'), sending(0)))
    expect(journey.status.canary?.weights?.verified).toBe(false)
    rounds(tell(journey, sending(20)), 2)
    expect(journey.status.canary?.weights?.verified).toBe(true)
  })

  it('TR-25: what has arrived stays told while AWS is being asked again', () => {
    const journey = released()
    rounds(tell(journey.setImage('web:2'), sending(20)))
    rounds(tell(journey.abort(), sending(0)))
    expect(journey.status.canary?.weights).toMatchObject({ canary: { weight: 0 }, verified: true })
    rounds(tell(journey, asked), 3)
    expect(journey.decide().asks?.hostNames).toEqual([hostName])
    expect(journey.status.canary?.weights?.verified).toBe(true)
  })

  it('TR-21, TR-29: what has not arrived does not count as sent because stable has lost its pods', () => {
    const journey = released()
    rounds(tell(journey.setImage('web:2'), sending(0)))
    journey.isReady = (rs) => rs.spec.template.spec?.containers[0]?.image === 'web:2'
    const lost = journey.replicaSet('web:1').metadata.name
    const replicaSets = journey.world.replicaSets.map((rs) =>
      rs.metadata.name === lost ? { ...rs, status: { ...rs.status, availableReplicas: 0 } } : rs,
    )
    journey.world = { ...journey.world, replicaSets }
    rounds(journey)
    expect(journey.status).toMatchObject({ currentStepIndex: 0, canary: { weights: { canary: { weight: 20 } } } })
  })

  it('TR-27: at the end, nothing is promoted and nobody loses pods before everything has arrived', () => {
    const journey = released([setWeight(20)])
    rounds(tell(journey.setImage('web:2'), sending(20)))
    expect(journey.status.canary?.weights).toMatchObject({ canary: { weight: 100 }, verified: false })
    expect([journey.size('web:1'), journey.size('web:2'), journey.phase.split(':')[0]]).toEqual([5, 5, 'Progressing'])
    rounds(tell(journey, sending(100)))
    expect(journey.phase).toBe('Healthy')
  })

  it('TR-26: an error is told, and at the end it counts as not arrived', () => {
    const journey = released([setWeight(20)])
    rounds(tell(journey.setImage('web:2'), sending(20)))
    rounds(tell(journey, failing))
    expect(journey.messages).toContain('Failed to verify weight: AccessDenied')
    expect(journey.phase.split(':')[0]).toBe('Progressing')
  })

  it.each<[string, TrafficRouting, boolean | undefined]>([
    ['that cannot tell', { smi: {} }, undefined],
    ['that confirms', { plugins: { 'argoproj-labs/gatewayAPI': { namespace: 'shop', httpRoute: 'web' } } }, true],
  ])(
    'TR-5, TR-24: a router after it %s changes nothing of that, and the weight is told once',
    (_what, others, isVerified) => {
      const journey = released(undefined, others)
      rounds(tell(journey.setImage('web:2'), sending(0)))
      expect(journey.status).toMatchObject({ currentStepIndex: 0, canary: { weights: { verified: false } } })
      rounds(tell(journey, sending(20)))
      expect(journey.status.currentStepIndex).toBe(1)
      // AWS is asked at a setWeight alone, and the next step is a pause.
      expect(journey.status.canary?.weights?.verified).toBe(isVerified)
      const told = journey.messages.filter((each) => each.startsWith('Traffic weight'))
      expect(told).toEqual(['Traffic weight updated ', 'Traffic weight updated from 0 to 20'])
    },
  )

  it('TR-5, TR-26: routers after one that could not be verified get their weights once it could', () => {
    const journey = released(undefined, { smi: {} })
    rounds(tell(journey.setImage('web:2'), failing))
    expect(journey.status).toMatchObject({ currentStepIndex: 0, canary: { weights: { verified: false } } })
    expect(splitOf(journey)).toEqual(['0', '100'])
    rounds(tell(journey, sending(20)))
    expect(splitOf(journey)).toEqual(['20', '80'])
  })

  it('ALB-17: where AWS is not asked, nothing waits and nothing is said', () => {
    const journey = released()
    rounds(tell(journey.setImage('web:2'), { ...asked, enabled: false }))
    expect(journey.status).toMatchObject({ currentStepIndex: 1 })
    expect(journey.status.canary?.weights).not.toHaveProperty('verified')
  })

  it('ALB-19: says which load balancer it is', () => {
    const journey = released()
    rounds(tell(journey.setImage('web:2'), sending(20)))
    expect(journey.status.alb).toMatchObject({ ingress: 'web', loadBalancer: { name: 'web' } })
    expect(journey.status.albs).toHaveLength(1)
  })
})
