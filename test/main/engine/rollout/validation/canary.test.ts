import { describe, expect, it } from 'vitest'
import type { CanaryStep, CanaryStrategy, RolloutSpec } from '#api/rollout.ts'
import { assess } from '#engine/rollout/situation.ts'
import { validationError } from '#engine/rollout/validation/validate.ts'
import { aRollout, pause, setWeight } from '#test/support/builders/rollout.ts'
import { aService } from '#test/support/builders/service.ts'
import { aWorld } from '#test/support/builders/world.ts'
import { T0 } from '#test/support/virtual-clock.ts'

const services = { stable: aService('stable'), canary: aService('canary') }
const errorOf = (canary: CanaryStrategy) =>
  validationError(assess(aWorld({ rollout: aRollout({ canary }), services }), T0))

/** Nothing is wrong with the spec in itself: what is left is what it refers to, whose paths have the strategy in them, or nothing (VAL-5). */
const inOrder = /^$|^spec\.strategy\.canary\./

const two = { stableService: 'stable', canaryService: 'canary' }
const istio = { istio: { virtualService: { name: 'web' } } }
const alb = { alb: { ingress: 'web', servicePort: 80, rootService: 'root' } }
const managedRoutes = [{ name: 'route' }]
const pingPong = { pingService: 'ping', pongService: 'pong' }

const bothZero = 'MaxSurge and MaxUnavailable both can not be zero'
const needsBoth = 'Canary service and Stable service must to be set to use Traffic Routing'
const needsPingPong = 'Ping service and Pong service must to be set to use Ping-Pong feature'
const samePingPong =
  'This rollout uses the same service for the ping and pong services, but two different services are required.'

it.each<[string, CanaryStrategy, string]>([
  ['API-100', { maxSurge: 0, maxUnavailable: 0 }, `maxSurge: Invalid value: 0: ${bothZero}`],
  ['API-100', { maxSurge: '0', maxUnavailable: '0%' }, `maxSurge: Invalid value: "0": ${bothZero}`],
  ['API-100', { maxSurge: '00%', maxUnavailable: 'some' }, `maxSurge: Invalid value: "00%": ${bothZero}`],
  [
    'VAL-11, API-101',
    { stableService: 'stable', canaryService: 'stable' },
    'stableService: Invalid value: "stable": This rollout uses the same service for the stable and canary services, but two different services are required.',
  ],
  [
    'VAL-12, API-102',
    { pingPong, trafficRouting: { smi: {} } },
    'trafficRouting.alb: Invalid value: null: Ping-pong feature works with the ALB, Istio, and plugin-based traffic routers only',
  ],
  ['VAL-13, API-102', { pingPong: { pongService: 'x' } }, `pingPong.pingService: Invalid value: "": ${needsPingPong}`],
  ['VAL-14, API-102', { pingPong: { pingService: 'x' } }, `pingPong.pongService: Invalid value: "": ${needsPingPong}`],
  [
    'VAL-15, API-102',
    { pingPong: { pingService: 'x', pongService: 'x' } },
    `pingPong.pingService: Invalid value: "x": ${samePingPong}`,
  ],
  [
    'VAL-16, API-102',
    { pingPong, trafficRouting: { alb: { ingress: 'web', servicePort: 80 } } },
    'trafficRouting.alb.rootService: Invalid value: "": Root service field is required for the configuration with ALB and ping-pong feature enabled',
  ],
  [
    'VAL-19, API-104',
    { scaleDownDelaySeconds: 0 },
    'scaleDownDelaySeconds: Invalid value: 0: Canary scaleDownDelaySeconds can only be used with traffic routing',
  ],
  [
    'VAL-20, API-104',
    { dynamicStableScale: true },
    'dynamicStableScale: Invalid value: true: Canary dynamicStableScale can only be used with traffic routing',
  ],
  [
    'VAL-20b, API-104',
    { ...two, trafficRouting: istio, dynamicStableScale: true, scaleDownDelaySeconds: 5 },
    'dynamicStableScale: Invalid value: true: Canary dynamicStableScale cannot be used with scaleDownDelaySeconds',
  ],
  [
    'VAL-21, API-105',
    { ...two, trafficRouting: { ...istio, maxTrafficWeight: 1000 } },
    'trafficRouting.maxTrafficWeight: Invalid value: 1000: Canary maxTrafficWeight in traffic routing only supported in Nginx and Plugins',
  ],
  [
    'API-116',
    { antiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: { weight: 101 } } },
    'antiAffinity.weight: Invalid value: 101: AntiAffinity weight must be between 1-100',
  ],
])('VAL-5, %s: %j is refused', (_rule, strategy, message) => {
  expect(errorOf(strategy)).toBe(`spec.strategy.${message}`)
})

it.each([
  ['VAL-17, VAL-18, API-103', istio],
  ['VAL-17, VAL-18, API-103', alb],
  ['VAL-17, VAL-18, API-103', { smi: {} }],
  ['VAL-17, VAL-18, API-103', { apisix: { route: { name: 'r' } } }],
  ['VAL-17, VAL-18, API-103', { ambassador: { mappings: ['m'] } }],
  ['VAL-17, VAL-18, API-103', { nginx: { stableIngress: 'web' } }],
  ['VAL-17, VAL-18, API-103', { appMesh: {} }],
  ['VAL-17, VAL-18, API-103', { traefik: { weightedTraefikServiceName: 't' } }],
])('%s: %j needs both Services', (_rule, trafficRouting) => {
  const message = (field: string) => `spec.strategy.${field}: Invalid value: "": ${needsBoth}`
  expect(errorOf({ trafficRouting, canaryService: 'canary' })).toBe(message('stableService'))
  expect(errorOf({ trafficRouting, stableService: 'stable' })).toBe(message('canaryService'))
  expect(errorOf({ trafficRouting, ...two }) ?? '').toMatch(inOrder)
})

it.each<[string, CanaryStrategy]>([
  ['API-100', { maxSurge: 0 }],
  ['API-100', { maxSurge: '0%', maxUnavailable: '1' }],
  ['VAL-11, API-101', {}],
  ['VAL-12, VAL-16, API-102', { pingPong, trafficRouting: alb }],
  ['VAL-12, API-102', { pingPong, trafficRouting: { plugins: { mine: {} } } }],
  ['VAL-17, API-103', { trafficRouting: { istio: { destinationRule: { name: 'd' } } } }],
  ['VAL-17, API-103', { trafficRouting: istio, pingPong }],
  ['VAL-17, API-103', { trafficRouting: {} }],
  ['VAL-17, API-103', { trafficRouting: { plugins: { mine: {} } } }],
  ['VAL-20, API-104', { ...two, trafficRouting: istio, dynamicStableScale: true }],
  ['VAL-19, API-104', { ...two, trafficRouting: istio, scaleDownDelaySeconds: 5 }],
  ['VAL-21, API-105', { ...two, trafficRouting: { nginx: { stableIngress: 'web' }, maxTrafficWeight: 1000 } }],
  ['VAL-21, API-105', { trafficRouting: { plugins: { mine: {} }, maxTrafficWeight: 1000 } }],
])('%s: %j is in order', (_rule, strategy) => {
  expect(errorOf(strategy) ?? '').toMatch(inOrder)
})

const kinds = 'Step must have one of the following set: experiment, setWeight, setCanaryScale, plugin or pause'
const experiment = { templates: [{ name: 'a', specRef: 'canary' }] }

it.each<[string, CanaryStep, string]>([
  [
    'API-106',
    { setWeight: 1, pause: {} },
    `: Invalid value: "step.Experiment: false step.Pause: true step.SetWeight: true step.Analysis: false": ${kinds}`,
  ],
  [
    'API-106',
    { experiment, analysis: {} },
    `: Invalid value: "step.Experiment: true step.Pause: false step.SetWeight: false step.Analysis: true": ${kinds}`,
  ],
  [
    'API-106',
    {},
    `: Invalid value: "step.Experiment: true step.Pause: true step.SetWeight: true step.Analysis: true step.SetCanaryScale: true step.SetHeaderRoute: true step.SetMirrorRoute: true step.Plugin: true": ${kinds}`,
  ],
  ['VAL-22, API-107', setWeight(-1), '.setWeight: Invalid value: -1: SetWeight needs to be between 0 and 100'],
  ['VAL-22, API-107', setWeight(101), '.setWeight: Invalid value: 101: SetWeight needs to be between 0 and 100'],
  ['API-108', pause('soon'), '.pause.duration: Invalid value: -1: Duration needs to be greater than 0'],
  ['API-108', pause(-5), '.pause.duration: Invalid value: -5: Duration needs to be greater than 0'],
  ['API-108', pause('-1m'), '.pause.duration: Invalid value: -60: Duration needs to be greater than 0'],
])('%s: the step %j is refused', (_rule, step, message) => {
  expect(errorOf({ steps: [setWeight(10), step] })).toBe(`spec.strategy.steps[1]${message}`)
})

it('VAL-22, API-107, API-81: weights go to maxTrafficWeight', () => {
  const router = { plugins: { mine: {} }, maxTrafficWeight: 1000 }
  expect(errorOf({ trafficRouting: router, steps: [setWeight(1001)] })).toBe(
    'spec.strategy.steps[0].setWeight: Invalid value: 1001: SetWeight needs to be between 0 and 1000',
  )
  expect(errorOf({ trafficRouting: router, steps: [setWeight(1000)] }) ?? '').toMatch(inOrder)
})

it('VAL-23, API-109: setCanaryScale needs a router', () => {
  expect(errorOf({ steps: [{ setCanaryScale: { replicas: 1 } }] })).toBe(
    'spec.strategy.trafficRouting: Required value: SetCanaryScale requires TrafficRouting to be set',
  )
})

it('VAL-35, API-90: step by step, rule by rule, and antiAffinity last', () => {
  const steps = [setWeight(101), {}]
  expect(errorOf({ steps, antiAffinity: {} })).toContain('steps[0].setWeight')
  expect(errorOf({ steps: steps.slice(1), antiAffinity: {} })).toContain('steps[0]: Invalid')
})

it('VAL-1, API-90: what is wrong in itself is told before what this engine does not drive', () => {
  const trafficRouting = { plugins: { mine: {} } }
  expect(errorOf({ trafficRouting })).toMatch(/^spec.strategy.canary.trafficRouting.plugins: Forbidden: /)
  expect(errorOf({ trafficRouting, steps: [setWeight(101)] })).toMatch(/^spec.strategy.steps\[0\]/)
})

const header = (match: object): CanaryStep => ({
  setHeaderRoute: { name: 'route', match: [{ headerName: 'x', ...match }] },
})
const mirror = (match: object): CanaryStep => ({ setMirrorRoute: { name: 'route', match: [match] } })
const missed = 'StringMatch value missed, match value must have one of the following: exact, regex, prefix'
const several = 'StringMatch match value must have exactly one of the following: exact, regex, prefix'
const albOnly = `SetHeaderRoute match value invalid. ALB supports 'exact' value only`
const smi = { smi: {} }

it.each<[string, object, CanaryStep, string]>([
  [
    'VAL-24, API-110',
    smi,
    header({ headerValue: { exact: 'a&b' } }),
    '.setHeaderRoute: Invalid value: {"name":"route","match":[{"headerName":"x","headerValue":{"exact":"a\\u0026b"}}]}: SetHeaderRoute requires TrafficRouting, supports Istio and ALB and Apisix',
  ],
  ['VAL-27, API-110', istio, header({}), `.setHeaderRoute.match[0]: Invalid value: null: ${missed}`],
  ['VAL-27, API-110', istio, header({ headerValue: {} }), `.setHeaderRoute.match[0]: Invalid value: {}: ${missed}`],
  [
    'VAL-26, API-110',
    istio,
    header({ headerValue: { prefix: 'b', exact: 'a' } }),
    `.setHeaderRoute.match[0]: Invalid value: {"exact":"a","prefix":"b"}: ${several}`,
  ],
  ['VAL-25, API-110', alb, header({}), `.setHeaderRoute.match[0]: Invalid value: null: ${missed}`],
  [
    'VAL-28, API-110',
    alb,
    header({ headerValue: { regex: 'a.*' } }),
    `.setHeaderRoute.match[0]: Invalid value: {"regex":"a.*"}: ${albOnly}`,
  ],
  [
    'VAL-28, API-110',
    alb,
    header({ headerValue: { exact: 'a', prefix: 'b' } }),
    `.setHeaderRoute.match[0]: Invalid value: {"exact":"a","prefix":"b"}: ${albOnly}`,
  ],
  [
    'VAL-29, API-111',
    alb,
    mirror({}),
    '.setMirrorRoute: Invalid value: {"name":"route","match":[{}]}: SetMirrorRoute requires TrafficRouting, supports Istio and Plugins',
  ],
  ['VAL-29b, API-111', istio, mirror({ method: {} }), `.setMirrorRoute.match[0]: Invalid value: {}: ${missed}`],
  [
    'VAL-29b, API-111',
    istio,
    mirror({ path: { exact: '/a', regex: '.' } }),
    `.setMirrorRoute.match[0]: Invalid value: {"exact":"/a","regex":"."}: ${several}`,
  ],
  [
    'VAL-34',
    { ...istio, ...alb },
    header({ headerValue: { regex: 'a.*' } }),
    `.setHeaderRoute.match[0]: Invalid value: {"regex":"a.*"}: ${albOnly}`,
  ],
])('%s: with %j, the step %j is refused', (_rule, router, step, message) => {
  const trafficRouting = { ...router, managedRoutes }
  expect(errorOf({ ...two, trafficRouting, steps: [step] })).toBe(`spec.strategy.steps[0]${message}`)
})

it.each<[string, object, CanaryStep]>([
  ['VAL-26, API-110', istio, header({ headerValue: { regex: 'a.*' } })],
  ['VAL-28, API-110', alb, header({ headerValue: { exact: 'a' } })],
  ['VAL-24, API-110', { apisix: {} }, { setHeaderRoute: { name: 'route' } }],
  ['VAL-29b, API-111', istio, mirror({ headers: { x: {} } })],
  ['VAL-29, API-111', { plugins: { mine: {} } }, mirror({ method: { exact: 'GET' }, path: { prefix: '/' } })],
])('%s: with %j, the step %j is in order', (_rule, router, step) => {
  const trafficRouting = { ...router, managedRoutes }
  expect(errorOf({ ...two, trafficRouting, steps: [step] }) ?? '').toMatch(inOrder)
})

it.each([
  ['VAL-24, API-110', 'setHeaderRoute', 'SetHeaderRoute requires TrafficRouting, supports Istio and ALB and Apisix'],
  ['VAL-29, API-111', 'setMirrorRoute', 'SetMirrorRoute requires TrafficRouting, supports Istio and Plugins'],
])('%s: %s needs a router', (_rule, kind, detail) => {
  expect(errorOf({ steps: [{ [kind]: { name: 'route' } }] })).toBe(
    `spec.strategy.steps[0].${kind}: Invalid value: {"name":"route"}: ${detail}`,
  )
})

it.each(['setHeaderRoute', 'setMirrorRoute'])(
  'VAL-30, VAL-31, API-112, API-113: %s names one of the managed routes',
  (kind) => {
    const judge = (routes: readonly { readonly name: string }[] | undefined) =>
      errorOf({
        ...two,
        trafficRouting: { ...istio, ...(routes && { managedRoutes: routes }) },
        steps: [{ [kind]: { name: 'route' } }],
      })
    const missing = `spec.strategy.trafficRouting.managedRoutes: Required value: Rollout has missing field 'spec.strategy.canary.trafficRouting.managedRoutes'`
    expect([judge(undefined), judge([])]).toEqual([missing, missing])
    expect(judge([{ name: 'other' }])).toBe(
      `spec.strategy.steps[0].${kind}: Invalid value: "route": Steps define a route that does not exist in spec.strategy.canary.trafficRouting.managedRoutes`,
    )
    expect(judge(managedRoutes) ?? '').toMatch(inOrder)
  },
)

it('VAL-32, VAL-33, API-114, EXP-809: an experiment has weights where a router can give them', () => {
  const templates = [{ name: 'a' }, { name: 'b', weight: 5 }]
  const judge = (trafficRouting: CanaryStrategy['trafficRouting']) =>
    errorOf({ ...two, ...(trafficRouting && { trafficRouting }), steps: [{ experiment: { templates } }] })
  const field = 'spec.strategy.steps[0].experiment.templates[1].weight: Invalid value: 5'
  expect(judge(undefined)).toBe(`${field}: Experiment template weight cannot be set unless TrafficRouting is enabled`)
  expect(judge({ nginx: { stableIngress: 'web' } })).toBe(
    `${field}: Experiment template weight is only available for TrafficRouting with SMI, ALB, Istio and Plugins at this time`,
  )
  for (const router of [smi, alb, istio, { plugins: { mine: {} } }]) expect(judge(router) ?? '').toMatch(inOrder)
})

const from = (fieldPath: string) => [{ name: 'a', valueFrom: { fieldRef: { fieldPath } } }]

it.each([
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'metadata.labels',
  'metadata.annotations',
  "metadata.labels['app']",
  "metadata.annotations['example.com/team']",
  'spec.replicas',
])('API-115: an analysis may be told %s', (path) => {
  expect(errorOf({ steps: [{ analysis: { args: from(path) } }] })).toBeUndefined()
})

it.each(['metadata.generation', 'metadata.labels.app', "metadata.name['x']", 'metadata'])(
  'API-115, ANA-509: nobody may be told %s',
  (path) => {
    const message = `spec.strategy.steps[0].analyses: Invalid value: [{"name":"a","valueFrom":{"fieldRef":{"fieldPath":"${path}"}}}]: Analyses arguments must refer to valid object metadata supported by downwardAPI`
    expect(errorOf({ steps: [{ analysis: { args: from(path) } }] })).toBe(message)
    const analyses = [{ name: 'b', templateName: 't', args: from(path) }]
    expect(errorOf({ steps: [{ experiment: { ...experiment, analyses } }] })).toBe(message)
  },
)

describe('VAL-35: of several errors the first is told, and each of the others once those before it are mended', () => {
  const route = { name: 'route', match: [{ headerName: 'x' }] }
  /** What is changed in the strategy, and where the error is then. A field that is `undefined` goes. */
  type Rung = readonly [rule: string, mended: Partial<Record<keyof CanaryStrategy, unknown>>, error: string]
  const climbing = (rungs: readonly Rung[], spec: Partial<RolloutSpec> = {}) => {
    let canary: Partial<Record<keyof CanaryStrategy, unknown>> = {}
    return rungs.map(([rule, mended, error]) => {
      canary = { ...canary, ...mended }
      const rollout = aRollout({ canary: JSON.parse(JSON.stringify(canary)), spec })
      const found = validationError(assess(aWorld({ rollout, services }), T0)) ?? ''
      return [rule, found.slice(0, error.length)]
    })
  }
  const expected = (rungs: readonly Rung[]) => rungs.map(([rule, , error]) => [rule, error])
  const of = (field: string, rest = ': Invalid value: '): string => `spec.strategy.${field}${rest}`

  it('VAL-35: the strategy before its steps', () => {
    const broken = {
      ...{ maxSurge: 0, maxUnavailable: 0, stableService: 'stable', canaryService: 'stable', pingPong: {} },
      ...{ trafficRouting: { smi: {}, maxTrafficWeight: 1000 }, dynamicStableScale: true, scaleDownDelaySeconds: 5 },
      ...{ steps: [setWeight(1001)], antiAffinity: {} },
    }
    const withAlb = { smi: {}, maxTrafficWeight: 1000, alb: { ingress: 'web', servicePort: 80 } }
    const rooted = { ...withAlb, alb: { ...withAlb.alb, rootService: 'root' } }
    const first: readonly Rung[] = [['VAL-35', broken, 'spec.minReadySeconds: Invalid value: -1']]
    expect(climbing(first, { minReadySeconds: -1 })).toEqual(expected(first))
    const rungs: readonly Rung[] = [
      ['API-100', broken, of('maxSurge')],
      ['VAL-11', { maxSurge: 1 }, of('stableService', ': Invalid value: "stable": This rollout uses the same service')],
      ['VAL-12', { stableService: undefined, canaryService: undefined }, of('trafficRouting.alb')],
      ['VAL-13', { trafficRouting: withAlb }, of('pingPong.pingService')],
      ['VAL-14', { pingPong: { pingService: 'x' } }, of('pingPong.pongService')],
      ['VAL-15', { pingPong: { pingService: 'x', pongService: 'x' } }, of('pingPong.pingService')],
      ['VAL-16', { pingPong }, of('trafficRouting.alb.rootService')],
      ['VAL-17', { trafficRouting: rooted }, of('stableService', ': Invalid value: "": Canary service and Stable')],
      ['VAL-18', { stableService: 'stable' }, of('canaryService')],
      ['VAL-20b', { canaryService: 'canary' }, of('dynamicStableScale')],
      ['VAL-21', { dynamicStableScale: undefined }, of('trafficRouting.maxTrafficWeight')],
      ['VAL-22', { trafficRouting: { ...rooted, maxTrafficWeight: undefined } }, of('steps[0].setWeight')],
      ['API-116', { steps: [] }, of('antiAffinity')],
    ]
    expect(climbing(rungs)).toEqual(expected(rungs))
  })

  it('VAL-35: without a router', () => {
    const templates = [{ name: 'a', weight: 5 }]
    const scaled = { setCanaryScale: {}, setHeaderRoute: route, setMirrorRoute: {}, experiment: { templates } }
    const { setCanaryScale: _scale, ...routed } = scaled
    const { setHeaderRoute: _header, ...mirrored } = routed
    const rungs: readonly Rung[] = [
      ['VAL-19', { scaleDownDelaySeconds: 5, dynamicStableScale: true }, of('scaleDownDelaySeconds')],
      ['VAL-20', { scaleDownDelaySeconds: undefined, steps: [{}] }, of('dynamicStableScale')],
      ['API-106', { dynamicStableScale: undefined, steps: [{ ...scaled, setWeight: 101 }] }, of('steps[0]')],
      ['VAL-22', { steps: [{ setWeight: 101, setCanaryScale: {} }, {}] }, of('steps[0].setWeight')],
      ['API-108', { steps: [{ ...pause(-5), setCanaryScale: {} }] }, of('steps[0].pause.duration')],
      ['VAL-23', { steps: [scaled] }, of('trafficRouting', ': Required value: ')],
      ['VAL-24', { steps: [routed] }, of('steps[0].setHeaderRoute')],
      ['VAL-29', { steps: [mirrored] }, of('steps[0].setMirrorRoute')],
      ['VAL-32', { steps: [{ experiment: { templates } }] }, of('steps[0].experiment.templates[0].weight')],
    ]
    expect(climbing(rungs)).toEqual(expected(rungs))
  })

  it('VAL-35: a step of a router, all of it before the next step', () => {
    const bad = { setHeaderRoute: route, setMirrorRoute: { name: 'other', match: [{ method: {} }] } }
    const matched = { ...bad, setHeaderRoute: { name: 'route' } }
    const sent = { ...matched, setMirrorRoute: { name: 'other' } }
    const weighed = { setHeaderRoute: { name: 'route' }, experiment: { templates: [{ name: 'a', weight: 5 }] } }
    const apisix = { apisix: { route: { name: 'r' } } }
    const others = [{ name: 'one' }]
    const next = setWeight(101)
    const rungs: readonly Rung[] = [
      ['VAL-27', { ...two, trafficRouting: istio, steps: [bad, next] }, of('steps[0].setHeaderRoute.match[0]')],
      ['VAL-29b', { steps: [matched, next] }, of('steps[0].setMirrorRoute.match[0]')],
      ['VAL-30', { steps: [sent, next] }, of('trafficRouting.managedRoutes', ': Required value: ')],
      [
        'VAL-31',
        { trafficRouting: { ...istio, managedRoutes: others } },
        of('steps[0].setHeaderRoute', ': Invalid value: "'),
      ],
      ['VAL-31', { trafficRouting: { ...istio, managedRoutes } }, of('steps[0].setMirrorRoute', ': Invalid value: "')],
      [
        'VAL-31',
        { trafficRouting: { ...apisix, managedRoutes: others }, steps: [weighed, next] },
        of('steps[0].setHeaderRoute'),
      ],
      ['VAL-33', { trafficRouting: { ...apisix, managedRoutes } }, of('steps[0].experiment.templates[0].weight')],
      ['VAL-22', { steps: [{ setHeaderRoute: { name: 'route' } }, next], antiAffinity: {} }, of('steps[1].setWeight')],
      ['API-116', { steps: [] }, of('antiAffinity')],
    ]
    expect(climbing(rungs)).toEqual(expected(rungs))
  })
})
