import { describe, expect, it } from 'vitest'
import { importKayentaConfig } from '#main/metrics/judge/kayenta-config.ts'

const scopes = { canary: 'shop-canary', baseline: 'shop-baseline' }

const metric = (name: string, canary: object, more: object = {}) => ({
  name,
  query: { type: 'prometheus', serviceType: 'prometheus', customInlineTemplate: 'PromQL:sum(errors{app="${scope}"})' },
  groups: ['errors'],
  analysisConfigurations: { canary },
  scopeName: 'default',
  ...more,
})

const config = (metrics: readonly object[], more: object = {}) =>
  JSON.stringify({
    name: 'golden signals',
    applications: ['shop'],
    judge: { name: 'NetflixACAJudge-v1.0', judgeConfigurations: {} },
    metrics,
    classifier: { groupWeights: { errors: 60, latency: 40 } },
    ...more,
  })

describe("a canary configuration of Kayenta's", () => {
  it('is judged here as it was there', () => {
    const canary = {
      direction: 'increase',
      nanStrategy: 'replace',
      critical: true,
      outliers: { strategy: 'remove' },
      effectSize: { allowedIncrease: 1.1, criticalIncrease: 5 },
    }
    const found = importKayentaConfig(config([metric('errors', canary), metric('others', {})]), scopes)
    expect(found.ok && found.value.score).toEqual({ groupWeights: { errors: 60, latency: 40 }, pass: 95, marginal: 75 })
    expect(found.ok && found.value.withoutQuery).toEqual([])
    const judges = found.ok ? found.value.judges : new Map<string, unknown>()
    expect(judges.get('errors')).toEqual({
      query: 'sum(errors{app="shop-canary"})',
      declaration: {
        baselineQuery: 'sum(errors{app="shop-baseline"})',
        direction: 'increase',
        config: {
          mode: 'kayenta',
          direction: 'increase',
          critical: true,
          kayenta: {
            mustHaveData: false,
            nanStrategy: 'replace',
            outliers: { strategy: 'remove' },
            effectSize: { allowedIncrease: 1.1, criticalIncrease: 5 },
          },
        },
        plannedLooks: 1,
        maxExtend: 0,
        groups: ['errors'],
        muted: false,
      },
    })
    expect(judges.get('others')).toMatchObject({ declaration: { config: { direction: 'either', critical: false } } })
  })

  it('may have words that mean the default, and members that nobody knows', () => {
    const canary = { direction: 'sideways', nanStrategy: 'ignore', outliers: { strategy: 'maybe' }, colour: 'red' }
    const found = importKayentaConfig(config([metric('errors', canary)]), scopes)
    expect(found.ok && found.value.judges.get('errors')?.declaration.config).toEqual({
      mode: 'kayenta',
      direction: 'either',
      critical: false,
      kayenta: { mustHaveData: false, outliers: {}, effectSize: {} },
    })
  })

  it('names the metrics whose query is not text', () => {
    const datadog = { query: { type: 'datadog', metricName: 'cpu' }, analysisConfigurations: null }
    const found = importKayentaConfig(config([metric('errors', {}), metric('cpu', {}, datadog)]), scopes)
    expect(found.ok && found.value.withoutQuery).toEqual(['cpu'])
  })

  it('may have thresholds of its own', () => {
    const classifier = { groupWeights: {}, scoreThresholds: { pass: 80, marginal: 60 } }
    const found = importKayentaConfig(config([], { classifier }), scopes)
    expect(found.ok && found.value.score).toEqual({ groupWeights: {}, pass: 80, marginal: 60 })
  })

  it.each([
    ['{', /JSON/],
    [
      config([], { judge: { name: 'dredd-v1.0' } }),
      /^canary configuration\.judge\.name: expected NetflixACAJudge-v1\.0/,
    ],
    [config([metric('a', {}), metric('a', {})]), /several have the same name$/],
    [config([{ ...metric('a', {}), groups: 'errors' }]), /^canary configuration\.metrics\.0\.groups: expected Array/],
    [config([metric('a', { critical: 'yes' })]), /canary\.critical: expected boolean/],
  ])('%.60s is refused', (json, words) => {
    const found = importKayentaConfig(json, scopes)
    expect(found.ok ? 'accepted' : found.error).toMatch(words)
  })
})
