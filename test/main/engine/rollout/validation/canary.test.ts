import { expect, it } from 'vitest'
import type { CanaryStep, CanaryStrategy } from '#api/rollout.ts'
import { assess } from '#engine/rollout/situation.ts'
import { validationError } from '#engine/rollout/validation/validate.ts'
import { aRollout, pause, setWeight } from '#test/support/builders/rollout.ts'
import { aService } from '#test/support/builders/service.ts'
import { aWorld } from '#test/support/builders/world.ts'
import { T0 } from '#test/support/virtual-clock.ts'

const services = { stable: aService('stable'), canary: aService('canary') }
const errorOf = (canary: CanaryStrategy) =>
  validationError(assess(aWorld({ rollout: aRollout({ canary }), services }), T0))

/** Nothing is wrong with the spec: what is left is that this engine does not drive such a Rollout yet, or nothing. */
const inOrder = /^$|: Forbidden: Argosy does not drive /

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
    'API-101',
    { stableService: 'stable', canaryService: 'stable' },
    'stableService: Invalid value: "stable": This rollout uses the same service for the stable and canary services, but two different services are required.',
  ],
  [
    'API-102',
    { pingPong, trafficRouting: { smi: {} } },
    'trafficRouting.alb: Invalid value: null: Ping-pong feature works with the ALB, Istio, and plugin-based traffic routers only',
  ],
  ['API-102', { pingPong: { pongService: 'x' } }, `pingPong.pingService: Invalid value: "": ${needsPingPong}`],
  ['API-102', { pingPong: { pingService: 'x' } }, `pingPong.pongService: Invalid value: "": ${needsPingPong}`],
  [
    'API-102',
    { pingPong: { pingService: 'x', pongService: 'x' } },
    `pingPong.pingService: Invalid value: "x": ${samePingPong}`,
  ],
  [
    'API-102',
    { pingPong, trafficRouting: { alb: { ingress: 'web', servicePort: 80 } } },
    'trafficRouting.alb.rootService: Invalid value: "": Root service field is required for the configuration with ALB and ping-pong feature enabled',
  ],
  [
    'API-104',
    { scaleDownDelaySeconds: 0 },
    'scaleDownDelaySeconds: Invalid value: 0: Canary scaleDownDelaySeconds can only be used with traffic routing',
  ],
  [
    'API-104',
    { dynamicStableScale: true },
    'dynamicStableScale: Invalid value: true: Canary dynamicStableScale can only be used with traffic routing',
  ],
  [
    'API-104',
    { ...two, trafficRouting: istio, dynamicStableScale: true, scaleDownDelaySeconds: 5 },
    'dynamicStableScale: Invalid value: true: Canary dynamicStableScale cannot be used with scaleDownDelaySeconds',
  ],
  [
    'API-105',
    { ...two, trafficRouting: { ...istio, maxTrafficWeight: 1000 } },
    'trafficRouting.maxTrafficWeight: Invalid value: 1000: Canary maxTrafficWeight in traffic routing only supported in Nginx and Plugins',
  ],
  [
    'API-116',
    { antiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: { weight: 101 } } },
    'antiAffinity.weight: Invalid value: 101: AntiAffinity weight must be between 1-100',
  ],
])('%s: %j is refused', (_rule, strategy, message) => {
  expect(errorOf(strategy)).toBe(`spec.strategy.${message}`)
})

it.each([
  ['API-103', istio],
  ['API-103', alb],
  ['API-103', { smi: {} }],
  ['API-103', { apisix: { route: { name: 'r' } } }],
  ['API-103', { ambassador: { mappings: ['m'] } }],
  ['API-103', { nginx: { stableIngress: 'web' } }],
  ['API-103', { appMesh: {} }],
  ['API-103', { traefik: { weightedTraefikServiceName: 't' } }],
])('%s: %j needs both Services', (_rule, trafficRouting) => {
  const message = (field: string) => `spec.strategy.${field}: Invalid value: "": ${needsBoth}`
  expect(errorOf({ trafficRouting, canaryService: 'canary' })).toBe(message('stableService'))
  expect(errorOf({ trafficRouting, stableService: 'stable' })).toBe(message('canaryService'))
  expect(errorOf({ trafficRouting, ...two }) ?? '').toMatch(inOrder)
})

it.each<[string, CanaryStrategy]>([
  ['API-100', { maxSurge: 0 }],
  ['API-100', { maxSurge: '0%', maxUnavailable: '1' }],
  ['API-101', {}],
  ['API-102', { pingPong, trafficRouting: alb }],
  ['API-103', { trafficRouting: { istio: { destinationRule: { name: 'd' } } } }],
  ['API-103', { trafficRouting: istio, pingPong }],
  ['API-103', { trafficRouting: { plugins: { mine: {} } } }],
  ['API-104', { ...two, trafficRouting: istio, dynamicStableScale: true }],
  ['API-105', { ...two, trafficRouting: { nginx: { stableIngress: 'web' }, maxTrafficWeight: 1000 } }],
  ['API-105', { trafficRouting: { plugins: { mine: {} }, maxTrafficWeight: 1000 } }],
])('%s: %j is in order', (_rule, strategy) => {
  expect(errorOf(strategy) ?? '').toMatch(pingPongless(strategy))
})

/** The ping and pong Services of these do not exist, which is found after all rules of the spec. */
const pingPongless = ({ pingPong: turns }: CanaryStrategy) =>
  turns === undefined ? inOrder : /does not drive|service "ping" not found/

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
  ['API-107', setWeight(-1), '.setWeight: Invalid value: -1: SetWeight needs to be between 0 and 100'],
  ['API-107', setWeight(101), '.setWeight: Invalid value: 101: SetWeight needs to be between 0 and 100'],
  ['API-108', pause('soon'), '.pause.duration: Invalid value: -1: Duration needs to be greater than 0'],
  ['API-108', pause(-5), '.pause.duration: Invalid value: -5: Duration needs to be greater than 0'],
  ['API-108', pause('-1m'), '.pause.duration: Invalid value: -60: Duration needs to be greater than 0'],
])('%s: the step %j is refused', (_rule, step, message) => {
  expect(errorOf({ steps: [setWeight(10), step] })).toBe(`spec.strategy.steps[1]${message}`)
})

it('API-107, API-81: weights go to maxTrafficWeight', () => {
  const router = { plugins: { mine: {} }, maxTrafficWeight: 1000 }
  expect(errorOf({ trafficRouting: router, steps: [setWeight(1001)] })).toBe(
    'spec.strategy.steps[0].setWeight: Invalid value: 1001: SetWeight needs to be between 0 and 1000',
  )
  expect(errorOf({ trafficRouting: router, steps: [setWeight(1000)] })).toMatch(inOrder)
})

it('API-109: setCanaryScale needs a router', () => {
  expect(errorOf({ steps: [{ setCanaryScale: { replicas: 1 } }] })).toBe(
    'spec.strategy.trafficRouting: Required value: SetCanaryScale requires TrafficRouting to be set',
  )
})

it('API-90: step by step, rule by rule, and antiAffinity last', () => {
  const steps = [setWeight(101), {}]
  expect(errorOf({ steps, antiAffinity: {} })).toContain('steps[0].setWeight')
  expect(errorOf({ steps: steps.slice(1), antiAffinity: {} })).toContain('steps[0]: Invalid')
})

it('API-90: what is wrong in itself is told before what this engine does not drive', () => {
  expect(errorOf({ ...two, trafficRouting: istio })).toMatch(/^spec.strategy.canary.trafficRouting: Forbidden: /)
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
    'API-110',
    smi,
    header({ headerValue: { exact: 'a&b' } }),
    '.setHeaderRoute: Invalid value: {"name":"route","match":[{"headerName":"x","headerValue":{"exact":"a\\u0026b"}}]}: SetHeaderRoute requires TrafficRouting, supports Istio and ALB and Apisix',
  ],
  ['API-110', istio, header({}), `.setHeaderRoute.match[0]: Invalid value: null: ${missed}`],
  ['API-110', istio, header({ headerValue: {} }), `.setHeaderRoute.match[0]: Invalid value: {}: ${missed}`],
  [
    'API-110',
    istio,
    header({ headerValue: { prefix: 'b', exact: 'a' } }),
    `.setHeaderRoute.match[0]: Invalid value: {"exact":"a","prefix":"b"}: ${several}`,
  ],
  ['API-110', alb, header({}), `.setHeaderRoute.match[0]: Invalid value: null: ${missed}`],
  [
    'API-110',
    alb,
    header({ headerValue: { regex: 'a.*' } }),
    `.setHeaderRoute.match[0]: Invalid value: {"regex":"a.*"}: ${albOnly}`,
  ],
  [
    'API-110',
    alb,
    header({ headerValue: { exact: 'a', prefix: 'b' } }),
    `.setHeaderRoute.match[0]: Invalid value: {"exact":"a","prefix":"b"}: ${albOnly}`,
  ],
  [
    'API-111',
    alb,
    mirror({}),
    '.setMirrorRoute: Invalid value: {"name":"route","match":[{}]}: SetMirrorRoute requires TrafficRouting, supports Istio and Plugins',
  ],
  ['API-111', istio, mirror({ method: {} }), `.setMirrorRoute.match[0]: Invalid value: {}: ${missed}`],
  [
    'API-111',
    istio,
    mirror({ path: { exact: '/a', regex: '.' } }),
    `.setMirrorRoute.match[0]: Invalid value: {"exact":"/a","regex":"."}: ${several}`,
  ],
])('%s: with %j, the step %j is refused', (_rule, router, step, message) => {
  const trafficRouting = { ...router, managedRoutes }
  expect(errorOf({ ...two, trafficRouting, steps: [step] })).toBe(`spec.strategy.steps[0]${message}`)
})

it.each<[string, object, CanaryStep]>([
  ['API-110', istio, header({ headerValue: { regex: 'a.*' } })],
  ['API-110', alb, header({ headerValue: { exact: 'a' } })],
  ['API-110', { apisix: {} }, { setHeaderRoute: { name: 'route' } }],
  ['API-111', istio, mirror({ headers: { x: {} } })],
  ['API-111', { plugins: { mine: {} } }, mirror({ method: { exact: 'GET' }, path: { prefix: '/' } })],
])('%s: with %j, the step %j is in order', (_rule, router, step) => {
  const trafficRouting = { ...router, managedRoutes }
  expect(errorOf({ ...two, trafficRouting, steps: [step] })).toMatch(inOrder)
})

it.each([
  ['API-110', 'setHeaderRoute', 'SetHeaderRoute requires TrafficRouting, supports Istio and ALB and Apisix'],
  ['API-111', 'setMirrorRoute', 'SetMirrorRoute requires TrafficRouting, supports Istio and Plugins'],
])('%s: %s needs a router', (_rule, kind, detail) => {
  expect(errorOf({ steps: [{ [kind]: { name: 'route' } }] })).toBe(
    `spec.strategy.steps[0].${kind}: Invalid value: {"name":"route"}: ${detail}`,
  )
})

it.each(['setHeaderRoute', 'setMirrorRoute'])('API-112, API-113: %s names one of the managed routes', (kind) => {
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
  expect(judge(managedRoutes)).toMatch(inOrder)
})

it('API-114: an experiment has weights where a router can give them', () => {
  const templates = [{ name: 'a' }, { name: 'b', weight: 5 }]
  const judge = (trafficRouting: CanaryStrategy['trafficRouting']) =>
    errorOf({ ...two, ...(trafficRouting && { trafficRouting }), steps: [{ experiment: { templates } }] })
  const field = 'spec.strategy.steps[0].experiment.templates[1].weight: Invalid value: 5'
  expect(judge(undefined)).toBe(`${field}: Experiment template weight cannot be set unless TrafficRouting is enabled`)
  expect(judge({ nginx: { stableIngress: 'web' } })).toBe(
    `${field}: Experiment template weight is only available for TrafficRouting with SMI, ALB, Istio and Plugins at this time`,
  )
  for (const router of [smi, alb, istio, { plugins: { mine: {} } }]) expect(judge(router)).toMatch(inOrder)
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
  expect(errorOf({ steps: [{ analysis: { args: from(path) } }] })).toMatch(inOrder)
})

it.each(['metadata.generation', 'metadata.labels.app', "metadata.name['x']", 'metadata'])(
  'API-115: nobody may be told %s',
  (path) => {
    const message = `spec.strategy.steps[0].analyses: Invalid value: [{"name":"a","valueFrom":{"fieldRef":{"fieldPath":"${path}"}}}]: Analyses arguments must refer to valid object metadata supported by downwardAPI`
    expect(errorOf({ steps: [{ analysis: { args: from(path) } }] })).toBe(message)
    const analyses = [{ name: 'b', templateName: 't', args: from(path) }]
    expect(errorOf({ steps: [{ experiment: { ...experiment, analyses } }] })).toBe(message)
  },
)
