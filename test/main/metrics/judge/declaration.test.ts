import { describe, expect, it } from 'vitest'
import { judge } from '#engine/judge/judge.ts'
import { declarationOf, parseDeclarations, parseScoreConfig } from '#main/metrics/judge/declaration.ts'

const metrics = ['p99', 'error-rate', 'restarts']
const parsed = (text: string) => parseDeclarations(text, metrics)

describe('the annotation', () => {
  it('says how metrics are judged', () => {
    const found = parsed(`
p99:
  kind: duration
  baselineQuery: histogram_quantile(0.99, rate(latency{role="stable"}[1m]))
  step: 60s
  window: 1m
  plannedLooks: 5
  maxExtend: 2
  allowedIncrease: 1.05
  group: latency
error-rate:
  kind: ratio
  baselineQuery: errors{role="stable"}
  requestsQuery: requests{role="canary"}
  baselineRequestsQuery: requests{role="stable"}
  critical: true
`)
    expect(found).toEqual({
      ok: true,
      value: new Map([
        [
          'p99',
          {
            baselineQuery: 'histogram_quantile(0.99, rate(latency{role="stable"}[1m]))',
            kind: 'duration',
            config: { mode: 'argosy', allowedIncrease: 1.05, stepSeconds: 60, windowSeconds: 60, critical: false },
            plannedLooks: 5,
            maxExtend: 2,
            groups: ['latency'],
            muted: false,
          },
        ],
        [
          'error-rate',
          {
            baselineQuery: 'errors{role="stable"}',
            requests: { canary: 'requests{role="canary"}', baseline: 'requests{role="stable"}' },
            kind: 'ratio',
            config: { mode: 'argosy', critical: true },
            plannedLooks: 1,
            maxExtend: 0,
            groups: ['metrics'],
            muted: false,
          },
        ],
      ]),
    })
  })

  it("can ask for Kayenta's rules", () => {
    const found = declarationOf({
      mode: 'kayenta',
      baselineQuery: 'q',
      direction: 'increase',
      nanStrategy: 'replace',
      outliers: { strategy: 'remove', outlierFactor: 2 },
      mustHaveData: true,
      effectSize: { measure: 'cles', allowedIncrease: 0.6 },
      groups: ['a', 'b'],
      critical: true,
    })
    const config = found.ok ? found.value.config : {}
    expect(config).toEqual({
      mode: 'kayenta',
      direction: 'increase',
      critical: true,
      kayenta: {
        nanStrategy: 'replace',
        outliers: { strategy: 'remove', outlierFactor: 2 },
        mustHaveData: true,
        effectSize: { measure: 'cles', allowedIncrease: 0.6 },
      },
    })
    expect(judge({ name: 'x', canary: [Number.NaN], baseline: [1, 2] }, config).verdict).not.toBe('NotEnoughData')
  })

  it.each([
    ['p99: [', expect.stringMatching(/^argosy\.dev\/judge: .*at line 1/)],
    ['', 'argosy.dev/judge: expected the names of metrics, each with how it is judged'],
    ['- p99', 'argosy.dev/judge: expected the names of metrics, each with how it is judged'],
    ['p98: {baselineQuery: q}', 'argosy.dev/judge: p98: there is no metric of that name'],
    ['__proto__: {baselineQuery: q}', expect.stringMatching(/there is no metric of that name|expected the names/)],
    [
      'p99: {baselineQuery: q}\np99: {baselineQuery: q}',
      expect.stringMatching(/^argosy\.dev\/judge: Map keys must be unique/),
    ],
    ['p99: q', 'argosy.dev/judge: p99: expected fields, and not "q"'],
    ['p99: {}', 'argosy.dev/judge: p99.baselineQuery: is needed'],
    ['p99: {baselineQuery: 5}', 'argosy.dev/judge: p99.baselineQuery: expected text, and not 5'],
    ['p99: {baselineQuery: ""}', 'argosy.dev/judge: p99.baselineQuery: expected text, and not ""'],
    ['p99: {baselineQuery: q, treshold: 1}', 'argosy.dev/judge: p99.treshold: there is no field treshold'],
    [
      'p99: {baselineQuery: q, direction: up}',
      'argosy.dev/judge: p99.direction: expected increase, decrease or either, and not "up"',
    ],
    ['p99: {baselineQuery: q, mode: bayes}', 'argosy.dev/judge: p99.mode: expected argosy or kayenta, and not "bayes"'],
    ['p99: {baselineQuery: q, step: 60}', 'argosy.dev/judge: p99.step: expected text, and not 60'],
    [
      'p99: {baselineQuery: q, step: "60"}',
      'argosy.dev/judge: p99.step: expected a duration such as 60s, and not "60"',
    ],
    [
      'p99: {baselineQuery: q, plannedLooks: 0}',
      'argosy.dev/judge: p99.plannedLooks: expected a whole number from 1 on, and not 0',
    ],
    [
      'p99: {baselineQuery: q, alpha: 0.5}',
      'argosy.dev/judge: p99.alpha: expected a number above 0 and below 0.5, and not 0.5',
    ],
    [
      'p99: {baselineQuery: q, allowedIncrease: "10%"}',
      'argosy.dev/judge: p99.allowedIncrease: expected a number above 0, such as 1.1, and not "10%"',
    ],
    ['p99: {baselineQuery: q, mustHaveData: true}', 'argosy.dev/judge: p99: mustHaveData is for mode kayenta only'],
    ['p99: {mode: kayenta, baselineQuery: q, ruleOut: 2}', 'argosy.dev/judge: p99: ruleOut is for mode argosy only'],
    [
      'p99: {mode: kayenta, baselineQuery: q, effectSize: {measure: mean}}',
      'argosy.dev/judge: p99.effectSize.measure: expected meanRatio or cles, and not "mean"',
    ],
    [
      'p99: {baselineQuery: q, requestsQuery: r}',
      'argosy.dev/judge: p99: requestsQuery and baselineRequestsQuery belong together',
    ],
    [
      'p99: {baselineQuery: q, kind: ratio}',
      'argosy.dev/judge: p99: a ratio needs requestsQuery and baselineRequestsQuery: what its values are events of',
    ],
    ['p99: {baselineQuery: q, groups: []}', 'argosy.dev/judge: p99.groups: expected one name at least'],
    ['p99: {baselineQuery: q, group: a, groups: [b]}', expect.stringMatching(/of which there can be one$/)],
  ])('%j is refused: %s', (text, error) => {
    expect(parsed(text)).toEqual({ ok: false, error })
  })
})

describe('the annotation beside it', () => {
  it('says how metrics make a score', () => {
    const score = { groupWeights: { latency: 60, errors: 40 }, pass: 90, marginal: 50 }
    expect(parseScoreConfig(JSON.stringify(score))).toEqual({ ok: true, value: score })
    expect(parseScoreConfig('{}')).toEqual({ ok: true, value: { groupWeights: {}, pass: 95, marginal: 75 } })
  })

  it.each([
    ['pass: high', 'argosy.dev/judge-score.pass: expected a number from 0 to 100, and not "high"'],
    ['passes: 1', 'argosy.dev/judge-score.passes: there is no field passes'],
    ['pass: 950', 'argosy.dev/judge-score.pass: expected a number from 0 to 100, and not 950'],
    ['pass: 90\n---\npass: 80', 'argosy.dev/judge-score: expected one YAML document'],
    ['{pass: 50, marginal: 60}', 'argosy.dev/judge-score: marginal is above pass'],
    ['groupWeights: {a: 60, b: 50}', 'argosy.dev/judge-score: the weights of all groups are more than 100'],
    ['groupWeights: {a: -1}', 'argosy.dev/judge-score.groupWeights.a: expected a number from 0 on, and not -1'],
  ])('%j is refused: %s', (text, error) => {
    expect(parseScoreConfig(text)).toEqual({ ok: false, error })
  })
})
