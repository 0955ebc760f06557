import { describe, expect, it } from 'vitest'
import type { CanaryStep } from '#api/rollout.ts'
import type { Decision } from '#engine/decision.ts'
import { fieldAt, listAt } from '#engine/traffic/route-json.ts'
import { findRoute, noRoutes, resourceOf } from '#engine/traffic/routes.ts'
import { aMetric, anAnalysisTemplate, templateSource } from '#test/support/builders/analysis.ts'
import { pause, setWeight } from '#test/support/builders/rollout.ts'
import { aRouteObject, aRouteTable } from '#test/support/builders/routing.ts'
import { aRoutedJourney, aRoutedRelease, type RoutedJourney } from '#test/support/routed-journey.ts'

/** Plurals of what a round writes, in order. */
const written = ({ writes }: Decision): readonly string[] =>
  writes.flatMap((write) => {
    if (write.kind === 'event') return []
    return [write.kind === 'patch' && write.subresource === 'status' ? 'status' : write.ref.resource.plural]
  })
const hashOf = (journey: RoutedJourney, image: string) =>
  journey.replicaSet(image).metadata.labels?.['rollouts-pod-template-hash']
const order = ['services', 'virtualservices', 'analysisruns', 'replicasets', 'status']

describe('TR-7: a pass', () => {
  it('TR-7: Services, then traffic, then analyses, then sizes, then the status', () => {
    const analysis = { templates: [{ templateName: 'smoke' }] }
    const journey = aRoutedJourney({ steps: [setWeight(20), pause(), setWeight(60), pause()], canary: { analysis } })
    journey.world = {
      ...journey.world,
      templates: templateSource([anAnalysisTemplate('smoke', { metrics: [{ ...aMetric(), interval: '1m' }] })]),
    }
    journey.settle()
    journey.rounds = []
    journey.setImage('web:2').settle().promote().settle().promote().settle()
    const rounds = journey.rounds.map(written).filter((each) => !each.includes('rollouts'))
    for (const each of rounds) {
      const places = each.map((kind) => order.indexOf(kind))
      expect(places).toEqual(places.toSorted((a, b) => a - b))
    }
    const seen = new Set(rounds.filter((each) => each.includes('virtualservices')).flat())
    expect([...seen].toSorted()).toEqual(['analysisruns', 'services', 'status', 'virtualservices'])
    expect(rounds.flat()).toContain('replicasets')
  })

  it('TR-7, TR-20: one with a new template routes nothing; the next moves the hashes, at weight 0', () => {
    const journey = aRoutedRelease({ steps: [setWeight(20), pause()] })
    journey.setImage('web:2').settle()
    journey.isReady = (rs) => rs.spec.template.spec?.containers[0]?.image !== 'web:3'
    journey.rounds = []
    journey.forget().setImage('web:3').settle()
    const reset = journey.rounds.findIndex(({ writes }) =>
      writes.some((write) => write.kind === 'patch' && JSON.stringify(write.body).includes('"currentPodHash"')),
    )
    const rounds = journey.rounds.map(written)
    const routed = rounds.findIndex((each) => each.includes('virtualservices'))
    expect(rounds[reset]).toEqual(['status'])
    expect(reset).toBeGreaterThanOrEqual(0)
    expect(routed).toBeGreaterThan(reset)
    expect(rounds.slice(0, routed).flat()).not.toContain('services')
    const told = journey.rounds[routed]?.writes.flatMap((write) => (write.kind === 'event' ? [write.message] : []))
    expect(told).toContain('Traffic weight updated from 20 to 0')
    expect(journey.weights).toMatchObject([
      { weight: 0, podTemplateHash: hashOf(journey, 'web:3') },
      { weight: 100, podTemplateHash: hashOf(journey, 'web:1') },
    ])
  })

  it('TR-7: one whose traffic cannot be routed sizes nothing and completes nothing', () => {
    const journey = aRoutedRelease({ steps: [setWeight(20), pause()] })
    journey.setImage('web:2').settle()
    const { routes = noRoutes } = journey.world
    const trafficSplits = { ...resourceOf(routes, 'trafficSplits'), version: 'v2' }
    journey.world = { ...journey.world, routes: { ...routes, served: { trafficSplits } } }
    journey.patchSpec({ strategy: { canary: { trafficRouting: { smi: {} } } } })
    const index = journey.status.currentStepIndex
    journey.rounds = []
    journey.promote().settle()
    expect(journey.phase).toMatch(/^Degraded: InvalidSpec: .*Unsupported TrafficSplit API version `v2`/)
    expect(new Set(journey.rounds.flatMap(written))).toEqual(new Set(['status']))
    expect(journey.status.currentStepIndex).toBe(index)
  })
})

describe('several routers', () => {
  const both = (steps: readonly CanaryStep[] = [setWeight(20), pause()]): RoutedJourney =>
    aRoutedJourney({
      steps,
      canary: { trafficRouting: { istio: { virtualService: { name: 'web', routes: ['primary'] } }, smi: {} } },
    })
  const splitOf = ({ world }: RoutedJourney): string => {
    const split = findRoute(world.routes ?? noRoutes, { kind: 'trafficSplits', namespace: 'shop', name: 'web' })
    return listAt(split, 'spec', 'backends')
      .map((each) => String(fieldAt(each, 'weight')))
      .join('/')
  }

  it('TR-5, TR-24: each has the weight, which is told once', () => {
    const journey = both()
    journey.settle()
    journey.forget().setImage('web:2').settle()
    expect([journey.traffic.at(-1), splitOf(journey)]).toEqual(['20/80', '20/80'])
    expect(journey.messages.filter((each) => each.startsWith('Traffic weight'))).toEqual([
      'Traffic weight updated ',
      'Traffic weight updated from 0 to 20',
    ])
  })

  it('TR-5, CAN-91: while stable cannot carry the rest none of them is asked', () => {
    const journey = both()
    journey.isReady = () => false
    journey.settle()
    expect([journey.traffic, splitOf(journey), journey.weights]).toEqual([['0/100'], '', []])
  })
})

it('TR-32: managed routes are in the order of the list, before those of users, whichever step came first', () => {
  const header: CanaryStep = {
    setHeaderRoute: { name: 'hdr', match: [{ headerName: 'x', headerValue: { exact: 'y' } }] },
  }
  const mirror: CanaryStep = { setMirrorRoute: { name: 'mir', match: [{ method: { exact: 'GET' } }], percentage: 10 } }
  const journey = aRoutedRelease({ steps: [setWeight(20), mirror, pause(), header, pause()] })
  journey.setImage('web:2').settle()
  expect(journey.routes.map(({ name }) => name)).toEqual(['mir', 'primary'])
  journey.promote().settle()
  expect(journey.routes.map(({ name }) => name)).toEqual(['hdr', 'mir', 'primary'])
  journey.promote().settle()
  expect(journey.routes.map(({ name }) => name)).toEqual(['primary'])
})

it('DEL-3: a Rollout that is being deleted keeps its weights, and has no finalizer', () => {
  const journey = aRoutedRelease({ steps: [setWeight(20), pause(), setWeight(60)] })
  journey.setImage('web:2').settle()
  const { rollout } = journey.world
  expect(rollout.metadata).not.toHaveProperty('finalizers')
  const metadata = { ...rollout.metadata, deletionTimestamp: '2026-01-15T11:00:00Z' }
  journey.world = { ...journey.world, rollout: { ...rollout, metadata } }
  journey.rounds = []
  journey.promote().settle()
  expect([journey.rounds, journey.traffic.at(-1)]).toEqual([[], '20/80'])
})

it('FEA-4: who takes over at any moment, whatever became of the routes, comes to the same weight', () => {
  const steps = [setWeight(20), pause(), setWeight(50), pause()]
  const journey = aRoutedRelease({ steps })
  const worlds: RoutedJourney['world'][] = []
  const follow = (): void => {
    for (let i = 0; i < 20; i++) worlds.push(journey.step().world)
  }
  journey.setImage('web:2')
  follow()
  journey.promote()
  follow()
  journey.abort()
  follow()
  const weightAfter = (world: RoutedJourney['world']): string => {
    const next = aRoutedJourney({ steps })
    next.now = journey.now
    next.world = world
    const [primary] = next.settle().routes
    return listAt(primary, 'route')
      .map((each) => String(fieldAt(each, 'weight')))
      .join('/')
  }
  const route = ['web-stable', 'web-canary'].map((host) => ({ destination: { host }, weight: 50 }))
  const foreign = aRouteTable([
    aRouteObject('virtualServices', 'web', { hosts: ['web'], http: [{ name: 'primary', route }] }),
  ])
  const weights = worlds.map((world) => [weightAfter(world), weightAfter({ ...world, routes: foreign })])
  for (const [kept, taken] of weights) expect(taken).toBe(kept)
  expect(new Set(weights.map(([kept]) => kept))).toEqual(new Set(['80/20', '50/50', '100/0']))
})

it('CAN-64: of the ReplicaSets that were stable, so many stay for their delay as the limit says', () => {
  const canary = { scaleDownDelayRevisionLimit: 1, scaleDownDelaySeconds: 86_400 }
  const journey = aRoutedRelease({ steps: [setWeight(20)], canary })
  const deadline = (image: string): boolean =>
    journey.replicaSet(image).metadata.annotations?.['scale-down-deadline'] !== undefined
  journey.setImage('web:2').settle()
  journey.now += 60_000
  journey.setImage('web:3').settle()
  expect([journey.size('web:1'), journey.size('web:2'), journey.size('web:3')]).toEqual([0, 5, 5])
  expect([deadline('web:1'), deadline('web:2'), deadline('web:3')]).toEqual([false, true, false])
  journey.now += 60_000
  journey.setImage('web:2').settle()
  expect([deadline('web:2'), deadline('web:3'), journey.size('web:3')]).toEqual([false, true, 5])
})
