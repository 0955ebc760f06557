import { describe, expect, it } from 'vitest'
import type { CanaryStep } from '#api/rollout.ts'
import { fieldAt, listAt } from '#engine/traffic/route-json.ts'
import { noRoutes, resourceOf } from '#engine/traffic/routes.ts'
import { settlePods } from '#test/support/apply-decision.ts'
import { pause, setWeight } from '#test/support/builders/rollout.ts'
import { aRouteObject, aRouteTable } from '#test/support/builders/routing.ts'
import { aService } from '#test/support/builders/service.ts'
import { aRoutedJourney, aRoutedRelease, type RoutedJourney } from '#test/support/routed-journey.ts'

const steps = [setWeight(20), pause(), setWeight(50), pause()]
const weightEvents = ({ messages }: RoutedJourney) => messages.filter((each) => each.startsWith('Traffic weight'))
const hashOf = (journey: RoutedJourney, image: string) =>
  journey.replicaSet(image).metadata.labels?.['rollouts-pod-template-hash']

/** Only so many pods of an image become available. */
function holding(journey: RoutedJourney, image: string): RoutedJourney {
  journey.isReady = (rs) => rs.spec.template.spec?.containers[0]?.image !== image
  return journey
}
const letGo = (journey: RoutedJourney): RoutedJourney => {
  journey.isReady = () => true
  journey.world = settlePods(journey.world)
  return journey
}

describe('a canary behind a router', () => {
  it('TR-T1, TR-21, CAN-91, SVC-11: nothing is routed before the first ReplicaSet is available', () => {
    const journey = holding(aRoutedJourney({ steps }), 'web:1')
    journey.settle()
    expect([journey.traffic, journey.weights, journey.selected('web-stable')]).toEqual([['0/100'], [], undefined])
    expect(journey.status.stableRS).toBe(hashOf(journey, 'web:1'))
    letGo(journey).settle()
    const hash = hashOf(journey, 'web:1')
    expect(journey.weights).toMatchObject([
      { weight: 0, podTemplateHash: hash },
      { weight: 100, podTemplateHash: hash },
    ])
    expect(weightEvents(journey)).toEqual(['Traffic weight updated to 0'])
    expect([journey.selected('web-stable'), journey.selected('web-canary')]).toEqual([hash, hash])
  })

  it('TR-T2, TR-9, SVC-12, CAN-72: goes by the weights of its steps, each once its pods are there, and ends at 0', () => {
    const journey = holding(aRoutedRelease({ steps }), 'web:2')
    journey.setImage('web:2').settle()
    expect(journey.traffic).toEqual(['0/100'])
    expect(weightEvents(journey)).toEqual(['Traffic weight updated '])
    expect(journey.selected('web-canary')).toBe(hashOf(journey, 'web:1'))
    letGo(journey).settle()
    expect(journey.traffic).toEqual(['0/100', '20/80'])
    expect(weightEvents(journey).at(-1)).toBe('Traffic weight updated from 0 to 20')
    expect(journey.selected('web-canary')).toBe(hashOf(journey, 'web:2'))
    const hashes = () => journey.weights.map(({ podTemplateHash }) => podTemplateHash)
    expect(hashes()).toEqual([hashOf(journey, 'web:2'), hashOf(journey, 'web:1')])
    journey.forget().promote().settle()
    expect([journey.traffic, journey.sizes]).toEqual([
      ['20/80', '50/50'],
      ['1/5', '3/5'],
    ])
    journey.forget().promote().settle()
    expect(journey.traffic).toEqual(['50/50', '100/0', '0/100'])
    expect(weightEvents(journey)).toEqual([
      'Traffic weight updated from 50 to 100',
      'Traffic weight updated from 100 to 0',
    ])
    const promoted = hashOf(journey, 'web:2')
    expect([journey.selected('web-stable'), journey.selected('web-canary')]).toEqual([promoted, promoted])
    expect(hashes()).toEqual([promoted, promoted])
    expect(journey.phase).toBe('Healthy')
  })

  it('SVC-9, CAN-54: stable moves to the new ReplicaSet after everything goes there, and before its weight comes back', () => {
    const journey = aRoutedRelease({ steps: [setWeight(20)] })
    journey.setImage('web:2').settle()
    const told = journey.messages.filter((each) => /^Traffic weight|^Switched.*web-stable|completed update/.test(each))
    expect(told.map((each) => each.replaceAll(/ *\(.*| for service.*/g, ''))).toEqual([
      'Traffic weight updated ',
      'Traffic weight updated from 0 to 20',
      'Traffic weight updated from 20 to 100',
      'Rollout completed update to revision 2',
      'Switched selector',
      'Traffic weight updated from 100 to 0',
    ])
  })

  it('CAN-62, REC-111: the ReplicaSet that was stable stays up for its delay', () => {
    const journey = aRoutedRelease({ steps: [setWeight(20)] })
    journey.setImage('web:2').settle()
    expect([journey.size('web:1'), journey.requeueAt]).toEqual([5, journey.now + 30_000])
    journey.pass(30)
    expect(journey.size('web:1')).toBe(0)
  })

  it('TR-T3, CAN-74: an abort returns the traffic at once, and keeps the canary for its delay', () => {
    const journey = aRoutedRelease({ steps: [setWeight(50), pause()] })
    journey.setImage('web:2').settle().forget().abort().settle()
    expect(journey.traffic).toEqual(['50/50', '0/100'])
    expect(weightEvents(journey)).toEqual(['Traffic weight updated from 50 to 0'])
    expect(journey.selected('web-canary')).toBe(hashOf(journey, 'web:1'))
    expect(journey.weights).toMatchObject([
      { weight: 0, podTemplateHash: hashOf(journey, 'web:2') },
      { weight: 100, podTemplateHash: hashOf(journey, 'web:1') },
    ])
    expect(journey.size('web:2')).toBe(3)
    journey.pass(30)
    expect(journey.size('web:2')).toBe(0)
    journey.forget().retry().settle()
    expect(journey.traffic).toEqual(['0/100', '50/50'])
  })

  it('SVC-10: an aborted canary Service goes back once, and not there and back in every round', () => {
    const journey = aRoutedRelease({ steps: [setWeight(50), pause()] })
    journey.setImage('web:2').settle().forget().abort().settle()
    expect(journey.messages.filter((each) => each.startsWith('Switched'))).toHaveLength(1)
  })

  it('CAN-74, API-256: an aborted canary that is to stay keeps its pods', () => {
    const journey = aRoutedRelease({ steps: [setWeight(50), pause()], canary: { abortScaleDownDelaySeconds: 0 } })
    journey.setImage('web:2').settle().abort().settle().pass(3600)
    expect([journey.size('web:2'), journey.traffic.at(-1)]).toEqual([3, '0/100'])
  })

  it('TR-T4, CAN-77: another template takes the traffic away before it gets the hash', () => {
    const journey = aRoutedRelease({ steps: [setWeight(20), pause()] })
    holding(journey.setImage('web:2').settle().forget(), 'web:3').setImage('web:3').settle()
    expect(journey.traffic).toEqual(['20/80', '0/100'])
    expect(journey.weights[0]).toMatchObject({ weight: 0, podTemplateHash: hashOf(journey, 'web:3') })
    // The canary Service selects it until the new one has pods.
    expect([journey.selected('web-canary'), journey.size('web:2')]).toEqual([hashOf(journey, 'web:2'), 1])
    letGo(journey).settle()
    expect([journey.traffic, journey.size('web:2')]).toEqual([['20/80', '0/100', '20/80'], 0])
  })

  it('TR-T5, CAN-78: back to the stable template, everything goes back to it', () => {
    const journey = aRoutedRelease({ steps: [setWeight(20), pause()] })
    journey.setImage('web:2').settle().forget().setImage('web:1').settle()
    expect(journey.traffic).toEqual(['20/80', '0/100'])
    expect(journey.selected('web-canary')).toBe(hashOf(journey, 'web:1'))
    expect(journey.events).toContain('SkipSteps')
    expect(journey.phase).toBe('Healthy')
  })

  it('TR-T6, CAN-76: promoted in full, the weight stays until all pods are there, and never is everything', () => {
    const journey = aRoutedRelease({ replicas: 10, steps })
    journey.setImage('web:2').settle().forget().promoteFull().settle()
    expect([journey.traffic, journey.phase]).toEqual([['20/80', '0/100'], 'Healthy'])
  })

  it('TR-T6, CAN-76: promoted in full under dynamicStableScale, the weight follows the pods', () => {
    const journey = aRoutedRelease({ replicas: 10, steps, canary: { dynamicStableScale: true } })
    journey.setImage('web:2').settle().forget()
    expect(journey.sizes).toEqual([])
    journey.promoteFull().settle()
    expect([journey.traffic, journey.size('web:1'), journey.phase]).toEqual([['20/80', '100/0', '0/100'], 0, 'Healthy'])
  })

  it('TR-T9, CAN-38, CAN-39, REC-169: under dynamicStableScale stable makes room a round after the traffic has moved, and comes back before it does', () => {
    const journey = aRoutedRelease({
      replicas: 10,
      steps: [setWeight(20), pause(), setWeight(80), pause()],
      canary: { dynamicStableScale: true },
    })
    journey.setImage('web:2').settle()
    expect(journey.sizes).toEqual(['0/10', '2/10', '2/8'])
    journey.forget().promote().settle()
    expect([journey.traffic, journey.sizes]).toEqual([
      ['20/80', '80/20'],
      ['2/8', '8/8', '8/2'],
    ])
    journey.forget().abort().settle()
    expect(journey.traffic).toEqual(['80/20', '20/80', '0/100'])
    expect(journey.sizes.at(-1)).toBe('0/10')
    expect(journey.selected('web-canary')).toBe(hashOf(journey, 'web:1'))
  })

  it('SVC-7, CAN-78, CAN-98, TR-11: back to the stable template under dynamicStableScale, the weights wait for stable to grow', () => {
    const journey = aRoutedRelease({
      replicas: 4,
      steps: [setWeight(25), pause()],
      canary: { dynamicStableScale: true },
    })
    journey.setImage('web:2').settle()
    holding(journey.forget(), 'web:1').setImage('web:1').settle()
    expect([journey.traffic, journey.size('web:1'), journey.size('web:2')]).toEqual([['25/75'], 4, 1])
    expect(journey.selected('web-canary')).toBe(hashOf(journey, 'web:2'))
    letGo(journey).settle()
    expect([journey.traffic.at(-1), journey.size('web:2')]).toEqual(['0/100', 0])
  })

  it('CAN-79b: without steps the weight moves with the promotion alone', () => {
    const journey = aRoutedRelease({ steps: [] })
    journey.setImage('web:2').settle()
    expect([journey.traffic, journey.phase]).toEqual([['0/100'], 'Healthy'])
  })

  it('TR-8: a change of replicas moves pods and no weight', () => {
    const journey = aRoutedRelease({ steps: [setWeight(20), pause()] })
    journey.setImage('web:2').settle().forget().patchSpec({ replicas: 10 }).settle()
    expect([journey.traffic, journey.sizes.at(-1)]).toEqual([['20/80'], '2/10'])
  })

  it('TR-8: what somebody else wrote is put right while paused', () => {
    const journey = aRoutedRelease({ steps: [setWeight(20), pause()] })
    journey.setImage('web:2').settle().forget()
    const route = [
      { destination: { host: 'web-stable' }, weight: 60 },
      { destination: { host: 'web-canary' }, weight: 40 },
    ]
    const others = aRouteTable([
      aRouteObject('virtualServices', 'web', { hosts: ['web'], http: [{ name: 'primary', route }] }),
    ])
    journey.world = { ...journey.world, routes: others }
    journey.settle()
    expect([journey.traffic.at(-1), journey.phase]).toEqual(['20/80', 'Paused: CanaryPauseStep'])
    expect(weightEvents(journey)).toEqual([])
  })

  it('TR-21, CAN-91: a setWeight step waits while stable cannot carry the rest', () => {
    const journey = aRoutedRelease({ steps: [setWeight(20), setWeight(40), pause()] })
    journey.world = {
      ...journey.world,
      replicaSets: journey.world.replicaSets.map((rs) => ({
        ...rs,
        status: { ...rs.status, replicas: 5, availableReplicas: 3 },
      })),
    }
    holding(journey, 'web:1').setImage('web:2').settle()
    expect([journey.traffic, journey.status.currentStepIndex]).toEqual([['0/100'], 0])
    letGo(journey).settle()
    expect([journey.traffic, journey.status.currentStepIndex]).toEqual([['0/100', '20/80', '40/60'], 2])
  })

  it('TR-10: a step that lowers the weight takes the requests from the canary before its pods', () => {
    const journey = aRoutedRelease({ steps: [setWeight(60), pause(), setWeight(0), pause()] })
    journey.setImage('web:2').settle()
    journey.forget().promote().settle()
    const told = journey.messages.filter((each) => /^Traffic weight|^Scaled down/.test(each))
    expect(told.map((each) => each.replace(/ReplicaSet.* from/, 'from'))).toEqual([
      'Traffic weight updated from 60 to 0',
      'Scaled down from 3 to 0',
    ])
    expect(journey.traffic).toEqual(['60/40', '0/100'])
  })

  it('TR-21: stable gets no more requests while it has no pod, though its share is less than one', () => {
    const canary = { dynamicStableScale: true }
    const steps = [setWeight(100), pause(), setWeight(79), pause()]
    const journey = aRoutedRelease({ replicas: 1, steps, canary })
    journey.setImage('web:2').settle()
    expect([journey.moved, journey.status.currentStepIndex]).toEqual(['0/100 100/0', 1])
    holding(journey, 'web:1').promote().settle()
    expect([journey.moved, journey.status.currentStepIndex]).toEqual(['100/0', 2])
    letGo(journey).settle()
    expect([journey.moved, journey.status.currentStepIndex]).toEqual(['100/0 79/21', 3])
  })

  it('TR-17: the weight leaves a canary without pods before hashes move, though the status does not tell of it', () => {
    const nodes = { canaryVirtualNodeRef: { name: 'web-canary' }, stableVirtualNodeRef: { name: 'web-stable' } }
    const appMesh = { virtualService: { name: 'web' }, virtualNodeGroup: nodes }
    const journey = aRoutedJourney({ steps, canary: { trafficRouting: { appMesh } } })
    const target = (name: string, weight: number) => ({ virtualNodeRef: { name }, weight })
    const routesAt = (weight: number) => {
      const action = { weightedTargets: [target('web-canary', weight), target('web-stable', 100 - weight)] }
      const provider = { virtualRouter: { virtualRouterRef: { name: 'web' } } }
      return aRouteTable([
        aRouteObject('meshVirtualServices', 'web', { provider }),
        aRouteObject('meshVirtualRouters', 'web', { routes: [{ name: 'main', httpRoute: { action } }] }),
        aRouteObject('meshVirtualNodes', 'web-canary', {}),
        aRouteObject('meshVirtualNodes', 'web-stable', {}),
      ])
    }
    journey.world = { ...journey.world, routes: routesAt(0) }
    holding(journey.settle(), 'web:2').setImage('web:2').settle()
    journey.world = { ...journey.world, routes: routesAt(20) }
    const kinds = journey.decide().writes.flatMap((each) => (each.kind === 'patch' ? [each.ref.resource.kind] : []))
    expect(kinds.slice(0, 3)).toEqual(['VirtualRouter', 'VirtualNode', 'VirtualNode'])
  })

  it('TR-4, CAN-90: a router that is not named leaves no weights, and the pods of stable as they are', () => {
    const journey = aRoutedRelease({ steps: [setWeight(20), pause()], canary: { trafficRouting: {} } })
    journey.setImage('web:2').settle()
    expect([journey.weights, journey.sizes.at(-1)]).toEqual([[], '1/5'])
  })

  it('TR-3, SMI-2: a router that cannot act stops those in front of it too', () => {
    const journey = aRoutedRelease({ steps: [setWeight(20), pause()] })
    const route = [
      { destination: { host: 'web-stable' }, weight: 60 },
      { destination: { host: 'web-canary' }, weight: 40 },
    ]
    const trafficSplits = { ...resourceOf(noRoutes, 'trafficSplits'), version: 'v2' }
    const virtualService = aRouteObject('virtualServices', 'web', {
      hosts: ['web'],
      http: [{ name: 'primary', route }],
    })
    journey.world = { ...journey.world, routes: aRouteTable([virtualService], { trafficSplits }) }
    journey.patchSpec({ strategy: { canary: { trafficRouting: { smi: {} } } } }).settle()
    expect([journey.traffic.at(-1), journey.phase]).toEqual([
      '40/60',
      'Degraded: InvalidSpec: The Rollout "web" is invalid: Unsupported TrafficSplit API version `v2`',
    ])
  })

  it('DEL-7: weights are forgotten when the router is', () => {
    const journey = aRoutedRelease({ steps: [setWeight(20), pause()] })
    expect(journey.weights).toHaveLength(2)
    journey.patchSpec({ strategy: { canary: { trafficRouting: null } } }).settle()
    expect(journey.weights).toEqual([])
    expect(journey.selected('web-stable')).toBe(hashOf(journey, 'web:1'))
  })

  it('REF-7: a VirtualService that goes degrades it, and it is well again when that is back', () => {
    const journey = aRoutedRelease({ steps: [setWeight(20), pause()] })
    const { routes } = journey.world
    journey.world = { ...journey.world, routes: aRouteTable([]) }
    journey.settle()
    expect(journey.phase).toBe(
      'Degraded: InvalidSpec: The Rollout "web" is invalid: spec.strategy.canary.trafficRouting.istio.virtualService.name: Invalid value: "web": virtualservices.networking.istio.io "web" not found',
    )
    if (routes !== undefined) journey.world = { ...journey.world, routes }
    journey.settle()
    expect(journey.phase).toBe('Healthy')
  })
})

describe('routes of steps', () => {
  const header: CanaryStep = {
    setHeaderRoute: { name: 'hdr', match: [{ headerName: 'x-canary', headerValue: { exact: 'yes' } }] },
  }
  const names = ({ routes }: RoutedJourney) => routes.map(({ name }) => name)

  it('TR-18, CAN-93: are made while their step is current, and gone once the update is', () => {
    const journey = aRoutedRelease({ steps: [setWeight(20), header, pause()] })
    journey.setImage('web:2').settle()
    expect([names(journey), journey.status.currentStepIndex]).toEqual([['hdr', 'primary'], 2])
    journey.promote().settle()
    expect([names(journey), journey.phase]).toEqual([['primary'], 'Healthy'])
  })

  it('TR-18: are not made anew when somebody deletes them later', () => {
    const journey = aRoutedRelease({ steps: [setWeight(20), header, pause()] })
    journey.setImage('web:2').settle()
    const { routes } = journey.world
    const kept = journey.routes.filter(({ name }) => name === 'primary')
    journey.world = {
      ...journey.world,
      ...(routes && { routes: aRouteTable([aRouteObject('virtualServices', 'web', { hosts: ['web'], http: kept })]) }),
    }
    journey.settle()
    expect(names(journey)).toEqual(['primary'])
  })

  it('TR-18a, TR-34: do not survive an abort at step 0', () => {
    const journey = aRoutedRelease({ steps: [{ ...header, setCanaryScale: { replicas: 1 } }, pause()] })
    journey.setImage('web:2').settle()
    expect(names(journey)).toEqual(['hdr', 'primary'])
    journey.abort().settle()
    expect(names(journey)).toEqual(['primary'])
  })

  it('TR-19: a step that also sets the scale is complete when its pods are there', () => {
    const journey = holding(
      aRoutedRelease({ steps: [{ ...header, setCanaryScale: { replicas: 1 } }, pause()] }),
      'web:2',
    )
    journey.setImage('web:2').settle()
    expect(journey.status.currentStepIndex).toBe(0)
    letGo(journey).settle()
    expect(journey.status.currentStepIndex).toBe(1)
  })

  it('TR-18a: at a step without canary pods, the route comes and goes', () => {
    const journey = aRoutedRelease({ steps: [header, pause()] })
    journey.setImage('web:2').settle()
    expect([names(journey), journey.status.currentStepIndex]).toEqual([['primary'], 1])
  })

  it('TR-17: the first revision makes none', () => {
    const journey = aRoutedJourney({ steps: [header, pause()] })
    journey.settle()
    expect(names(journey)).toEqual(['primary'])
  })
})

describe('TR-T7, SVC-13…16, CAN-95…97: ping and pong', () => {
  const pingPong = { pingService: 'web-ping', pongService: 'web-pong' }
  function turning(): RoutedJourney {
    const canary = {
      canaryService: '',
      stableService: '',
      pingPong,
      trafficRouting: { istio: { virtualService: { name: 'web', routes: ['primary'] } } },
    }
    const journey = aRoutedJourney({ steps: [setWeight(25), pause()], canary })
    const route = [
      { destination: { host: 'web-ping' }, weight: 50 },
      { destination: { host: 'web-pong' }, weight: 50 },
    ]
    journey.world = {
      ...journey.world,
      services: { 'web-ping': aService('web-ping'), 'web-pong': aService('web-pong') },
      routes: aRouteTable([
        aRouteObject('virtualServices', 'web', { hosts: ['web'], http: [{ name: 'primary', route }] }),
      ]),
    }
    journey.settle()
    journey.now += 3_600_000
    return journey.forget()
  }
  const weightsOf = ({ routes: [primary] }: RoutedJourney) =>
    listAt(primary, 'route').map((each) => fieldAt(each, 'weight'))

  it('SVC-15, CAN-95, CAN-96, API-82: the first ReplicaSet has ping, and pong selects any pod until there is an update', () => {
    const journey = turning()
    expect(journey.status.canary?.stablePingPong).toBe('ping')
    expect([journey.selected('web-ping'), journey.selected('web-pong')]).toEqual([hashOf(journey, 'web:1'), undefined])
    expect(weightsOf(journey)).toEqual([100, 0])
  })

  it('SVC-14, SVC-15, SVC-16, CAN-96, CAN-97: the other one gets the update, and they change roles at the promotion', () => {
    const journey = turning()
    journey.setImage('web:2').settle()
    expect([journey.selected('web-ping'), journey.selected('web-pong')]).toEqual([
      hashOf(journey, 'web:1'),
      hashOf(journey, 'web:2'),
    ])
    expect(weightsOf(journey)).toEqual([75, 25])
    const switched = journey.messages.filter((each) => each.startsWith('Switched')).length
    journey.promote().settle()
    expect(journey.status.canary?.stablePingPong).toBe('pong')
    expect(weightsOf(journey)).toEqual([0, 100])
    expect(journey.messages.filter((each) => each.startsWith('Switched'))).toHaveLength(switched)
  })

  it('SVC-14: nobody turns to a canary without pods while requests go that way', () => {
    const journey = turning()
    journey.setImage('web:2').settle()
    const [first, second] = [hashOf(journey, 'web:1'), hashOf(journey, 'web:2')]
    holding(journey, 'web:1').world = {
      ...journey.world,
      replicaSets: journey.world.replicaSets.map((rs) => ({
        ...rs,
        status: { ...rs.status, availableReplicas: rs === journey.replicaSet('web:1') ? 0 : 2 },
      })),
    }
    journey.isReady = () => false
    journey.setImage('web:3').settle()
    expect([journey.selected('web-ping'), journey.selected('web-pong')]).toEqual([first, second])
    letGo(journey).settle()
    expect(journey.selected('web-pong')).toBe(hashOf(journey, 'web:3'))
  })

  it('SVC-14: a canary without pods gets ping or pong once its weight is 0, for they may wait for it', () => {
    const journey = turning()
    journey.setImage('web:2').settle()
    journey.isReady = (rs) => rs.spec.template.spec?.containers[0]?.image !== 'web:3'
    journey.setImage('web:3').settle()
    expect([journey.selected('web-pong'), weightsOf(journey)]).toEqual([hashOf(journey, 'web:3'), [100, 0]])
    expect(journey.replicaSet('web:3').status?.availableReplicas ?? 0).toBe(0)
  })

  it('SVC-16: an abort moves weights and no Service', () => {
    const journey = turning()
    journey.setImage('web:2').settle().abort().settle()
    expect([journey.selected('web-pong'), weightsOf(journey)]).toEqual([hashOf(journey, 'web:2'), [100, 0]])
  })
})
