import { expect, it } from 'vitest'
import type { Service } from '#api/core.ts'
import { assess } from '#engine/rollout/situation.ts'
import { validationError } from '#engine/rollout/validation/validate.ts'
import { aMetric, anAnalysisTemplate, templateSource } from '#test/support/builders/analysis.ts'
import { aRollout } from '#test/support/builders/rollout.ts'
import { aRouteObject, aRouteTable } from '#test/support/builders/routing.ts'
import { aService } from '#test/support/builders/service.ts'
import { aWorld } from '#test/support/builders/world.ts'
import { T0 } from '#test/support/virtual-clock.ts'

const blueGreen = { activeService: 'one', previewService: 'two' }
const canary = { stableService: 'one', canaryService: 'two' }
const pingPong = { pingPong: { pingService: 'one', pongService: 'two' } }

const judge = (strategy: Parameters<typeof aRollout>[0], services: Readonly<Record<string, Service>>) =>
  validationError(assess(aWorld({ rollout: aRollout(strategy), services }), T0))

it.each<[string, Parameters<typeof aRollout>[0], string, string]>([
  ['REF-1, API-120', { blueGreen }, 'one', 'blueGreen.activeService'],
  ['REF-1, API-120', { blueGreen }, 'two', 'blueGreen.previewService'],
  ['REF-1, API-120', { canary }, 'one', 'canary.stableService'],
  ['REF-1, API-120', { canary }, 'two', 'canary.canaryService'],
  ['REF-1, API-120', { canary: pingPong }, 'one', 'canary.pingPong.pingService'],
  ['REF-1, API-120', { canary: pingPong }, 'two', 'canary.pingPong.pongService'],
])('%s: of %j, %s must exist: %s', (_rule, strategy, missing, path) => {
  const both = { one: aService('one'), two: aService('two') }
  expect(judge(strategy, both)).toBeUndefined()
  const { [missing]: _gone, ...left } = both as Readonly<Record<string, Service>>
  expect(judge(strategy, left)).toBe(
    `spec.strategy.${path}: Invalid value: "${missing}": service "${missing}" not found`,
  )
})

it('REF-1, API-120, API-90: all are looked up before any is looked at, in order', () => {
  expect(judge({ blueGreen }, {})).toContain('activeService')
  expect(judge({ canary }, {})).toContain('stableService')
  const foreign = { ...aService('one'), spec: { selector: { app: 'shop' } } }
  expect(judge({ blueGreen }, { one: foreign })).toContain('service "two" not found')
})

it('REF-11, API-121: a Service that selects other pods is refused; the hash it selects is nothing to compare', () => {
  const wrong = { ...aService('two'), spec: { selector: { app: 'web', tier: 'back' } } }
  expect(judge({ blueGreen }, { one: aService('one', 'abc'), two: wrong })).toBe(
    'spec.strategy.blueGreen.previewService: Invalid value: "two": Service "two" has unmatch label "tier" in rollout',
  )
})

it('REF-12, API-122: a Service of another Rollout is refused', () => {
  const owned = (name: string, rollout: string) =>
    aService(name, undefined, { 'argo-rollouts.argoproj.io/managed-by-rollouts': rollout })
  expect(judge({ canary }, { one: owned('one', 'web'), two: owned('two', 'other') })).toBe(
    'spec.strategy.canary.canaryService: Invalid value: "two": Service "two" is managed by another Rollout',
  )
})

it('REF-11: of several labels that do not match, the first by name; a Service without a selector selects nothing else', () => {
  const selecting = (selector: Readonly<Record<string, string>>): Service => ({
    ...aService('two'),
    spec: { selector },
  })
  const of = (two: Service) => judge({ canary }, { one: aService('one'), two })
  const { spec: _spec, ...bare } = aService('two')
  expect([of({ ...bare, spec: {} }), of(selecting({ 'rollouts-pod-template-hash': 'gone' }))]).toEqual([
    undefined,
    undefined,
  ])
  expect(of(selecting({ zone: 'a', tier: 'x', app: 'web' }))).toContain('has unmatch label "tier" in rollout')
  expect(of(selecting({ app: 'other' }))).toBe(
    'spec.strategy.canary.canaryService: Invalid value: "two": Service "two" has unmatch label "app" in rollout',
  )
})

it('REF-1, REF-2, VAL-1: Services, templates and routes are looked up before any is looked into', () => {
  const analysed = {
    ...canary,
    trafficRouting: { nginx: { stableIngress: 'web' } },
    steps: [{ analysis: { templates: [{ templateName: 'smoke' }] } }],
  }
  const owned = aService('one', undefined, { 'argo-rollouts.argoproj.io/managed-by-rollouts': 'other' })
  const both = { one: owned, two: aService('two') }
  const parts = { services: both, templates: templateSource([anAnalysisTemplate('smoke', { metrics: [aMetric()] })]) }
  const [kind, ingress] = aRouteObject('ingresses', 'web', {})
  const errorIn = (world: Parameters<typeof aWorld>[0]) =>
    validationError(assess(aWorld({ rollout: aRollout({ canary: analysed }), ...world }), T0))
  expect(errorIn({ services: { one: owned } })).toContain('service "two" not found')
  expect(errorIn({ services: both })).toBe(
    `spec.strategy.canary.steps[0].analysis.templates: Invalid value: "smoke": AnalysisTemplate 'smoke' not found`,
  )
  expect(errorIn(parts)).toContain('ingress.networking.k8s.io "web" not found')
  const routes = aRouteTable([[kind, ingress]])
  expect(errorIn({ ...parts, routes })).toContain('Service "one" is managed by another Rollout')
  expect(errorIn({ ...parts, services: { one: aService('one'), two: aService('two') }, routes })).toContain(
    'ingress `web` has no rules using service one backend',
  )
})
