import { describe, expect, it } from 'vitest'
import type { AnalysisTemplateSpec } from '#api/analysis.ts'
import type { BlueGreenStrategy, CanaryStep, CanaryStrategy } from '#api/rollout.ts'
import { assess } from '#engine/rollout/situation.ts'
import { validationError } from '#engine/rollout/validation/validate.ts'
import { aClusterTemplate, aMetric, anAnalysisTemplate, templateSource } from '#test/support/builders/analysis.ts'
import { aRollout } from '#test/support/builders/rollout.ts'
import { aService } from '#test/support/builders/service.ts'
import { aWorld } from '#test/support/builders/world.ts'
import { T0 } from '#test/support/virtual-clock.ts'

const smoke = { templates: [{ templateName: 'smoke' }] }
const services = { active: aService('active') }

function errorOf(
  strategy: { readonly canary?: CanaryStrategy; readonly blueGreen?: BlueGreenStrategy },
  templates: Readonly<Record<string, AnalysisTemplateSpec>> = {},
): string | undefined {
  const source = templateSource(Object.entries(templates).map(([name, spec]) => anAnalysisTemplate(name, spec)))
  const cluster = { fleet: aClusterTemplate('fleet', { metrics: [aMetric()] }) }
  const rollout = aRollout({ spec: { strategy } })
  return validationError(assess(aWorld({ rollout, services, templates: { ...source, cluster } }), T0))
}

const step = (analysis: CanaryStep['analysis']): { canary: CanaryStrategy } => ({
  canary: { steps: [{ setWeight: 10 }, { analysis: analysis ?? {} }] },
})

describe('the analyses of a Rollout', () => {
  it.each<[string, Parameters<typeof errorOf>[0]]>([
    ['canary.steps[1].analysis', step(smoke)],
    ['canary.analysis', { canary: { analysis: smoke } }],
    ['blueGreen.prePromotionAnalysis', { blueGreen: { activeService: 'active', prePromotionAnalysis: smoke } }],
    ['blueGreen.postPromotionAnalysis', { blueGreen: { activeService: 'active', postPromotionAnalysis: smoke } }],
  ])('ANA-205, ANA-508, API-123: a template that %s names and that is missing', (path, strategy) => {
    const field = `spec.strategy.${path}.templates`
    expect(errorOf(strategy)).toBe(`${field}: Invalid value: "smoke": AnalysisTemplate 'smoke' not found`)
    expect(errorOf(strategy, { smoke: { metrics: [aMetric()] } })).toBeUndefined()
  })

  it('ANA-205, ANA-204: one that a template names', () => {
    expect(errorOf(step(smoke), { smoke: { templates: [{ templateName: 'x', clusterScope: true }] } })).toBe(
      `spec.templates: Invalid value: "x": ClusterAnalysisTemplate 'x' not found`,
    )
    expect(errorOf(step(smoke), { smoke: { templates: [{ templateName: 'smoke' }] } })).toContain('refers to itself')
  })

  it('ANA-506, ANA-508, API-124: what cannot become a run', () => {
    const refs = { templates: [{ templateName: 'fleet', clusterScope: true }, { templateName: 'smoke' }] }
    expect(errorOf(step(refs), { smoke: { metrics: [aMetric()] } })).toBe(
      `spec.strategy.canary.steps[1].analysis.templates: Invalid value: "templateNames: [smoke fleet]": two metrics have the same name 'rate'`,
    )
    expect(errorOf(step(smoke), { smoke: { metrics: [aMetric()], args: [{ name: 'a' }] } })).toContain(
      ': args.a was not resolved',
    )
  })

  it('ANA-506: templates that want different scores cannot become one run', () => {
    const wanting = (name: string, score: string) => {
      const template = anAnalysisTemplate(name, { metrics: [aMetric({ name })] })
      const annotations = { 'argosy.dev/judge-score': score }
      return { ...template, metadata: { ...template.metadata, annotations } }
    }
    const errorWith = (score: string) => {
      const templates = templateSource([wanting('a', 'pass: 90'), wanting('b', score)])
      const refs = { templates: [{ templateName: 'a' }, { templateName: 'b' }] }
      const rollout = aRollout({ spec: { strategy: step(refs) } })
      return validationError(assess(aWorld({ rollout, templates }), T0))
    }
    expect(errorWith('pass: 80')).toBe(
      `spec.strategy.canary.steps[1].analysis.templates: Invalid value: "templateNames: [a b]": argosy.dev/judge-score: 'a' and 'b' want different scores`,
    )
    expect(errorWith('pass: 90')).toBeUndefined()
  })

  it('ANA-506: arguments that fail count as empty, those of the metadata as absent', () => {
    const args = (fieldPath: string) => [{ name: 'a', valueFrom: { fieldRef: { fieldPath } } }]
    const templates = { smoke: { metrics: [aMetric()], args: [{ name: 'a' }] } }
    const background = (fieldPath: string) => ({ canary: { analysis: { ...smoke, args: args(fieldPath) } } })
    expect(errorOf(background('spec.nothing'), templates)).toBeUndefined()
    expect(errorOf(background('metadata.nothing'), templates)).toContain('args.a was not resolved')
  })

  it('ANA-506: the rules of each step are tried on every analysis of a canary', () => {
    const dryRun = [{ metricName: 'a' }]
    const canary: CanaryStrategy = {
      steps: [{ analysis: { templates: [{ templateName: 'other' }], dryRun } }],
      analysis: smoke,
    }
    expect(errorOf({ canary }, { smoke: { metrics: [aMetric()], dryRun }, other: {} })).toContain(
      'spec.strategy.canary.analysis.templates: Invalid value: "templateNames: [smoke]": two Dry-Run metric rules have the same name \'a\'',
    )
  })

  it.each<[string, AnalysisTemplateSpec, string | undefined]>([
    ['an interval and no count', { metrics: [aMetric({ interval: '1m' })] }, '<nil>'],
    ['a count of 0', { metrics: [aMetric({ interval: '1m', count: 0 })] }, '0'],
    [
      'a count nobody knows yet',
      { metrics: [aMetric({ interval: '1m', count: '{{args.n}}' })], args: [{ name: 'n' }] },
      'dummy-value',
    ],
    ['a count', { metrics: [aMetric({ interval: '1m', count: 2 })] }, undefined],
  ])('ANA-507, ANA-1502, API-125: a metric with %s, outside the background', (_, spec, count) => {
    const analysis = { ...smoke, args: [{ name: 'n', value: '3' }] }
    const expected =
      count && `AnalysisTemplate smoke has metric rate which runs indefinitely. Invalid value for count: ${count}`
    const error = errorOf(step(analysis), { smoke: spec })
    expect(error?.replace(/^.*"smoke": /, '')).toBe(expected)
    expect(errorOf({ canary: { analysis } }, { smoke: spec })).toBeUndefined()
  })

  it('ANA-506: what a template cannot fill in', () => {
    const both = { name: 'a', value: '1', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } }
    expect(errorOf(step(smoke), { smoke: { metrics: [aMetric()], args: [both] } })).toContain(
      "AnalysisTemplate smoke: arg 'a' has both Value and ValueFrom fields",
    )
    expect(errorOf(step(smoke), { smoke: { metrics: [aMetric({ successCondition: '{{x}}' })] } })).toContain(
      'AnalysisTemplate smoke: failed to resolve {{x}}',
    )
  })

  it('ANA-506, API-126: arguments that an analysis in the background does not give', () => {
    const smokeNeeds = { smoke: { metrics: [aMetric()], args: [{ name: 'a' }, { name: 'b', value: '1' }] } }
    const shared = { templates: [...smoke.templates, { templateName: 'gives' }] }
    const gives = { args: [{ name: 'a', value: '1' }] }
    expect(errorOf({ canary: { analysis: shared } }, { ...smokeNeeds, gives })).toContain(
      '"smoke": missing analysis arguments in rollout spec',
    )
    const other = { ...shared, args: [{ name: 'c' }] }
    expect(errorOf({ canary: { analysis: other } }, { ...smokeNeeds, gives })).toMatch(/"smoke": a$/)
  })
})
