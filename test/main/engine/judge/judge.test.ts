import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { judge } from '#engine/judge/judge.ts'
import type { JudgeConfig, MetricValues } from '#engine/judge/metric.ts'
import { correlated, events, logNormal } from '#test/judge/series.ts'
import { Random } from '#test/sim/random.ts'

const series = (seed: number, mean: number, n = 30): readonly number[] =>
  correlated(new Random(seed), { n, phi: 0, mean, deviation: mean / 10 })
const same = (value: number, n = 30): readonly number[] => Array.from({ length: n }, () => value)

const latency = (more: Partial<MetricValues> = {}): MetricValues => ({
  name: 'p99 latency',
  kind: 'duration',
  canary: series(1, 120),
  baseline: series(2, 100),
  ...more,
})

const errors = (canary: readonly number[], baseline: readonly number[], requests = same(200)): MetricValues => ({
  name: 'error rate',
  kind: 'ratio',
  canary,
  baseline,
  requests: { canary: requests.slice(0, canary.length), baseline: requests.slice(0, baseline.length) },
})

describe('a judgement', () => {
  it('says what it compared, how, and what came of it', () => {
    const found = judge(latency())
    expect(found).toMatchObject({
      verdict: 'Fail',
      change: 'High',
      critical: false,
      direction: 'increase',
      kind: 'duration',
      n: { canary: 30, baseline: 30 },
      threshold: { high: 1 },
      spentAlpha: 0.01,
      warnings: [],
    })
    expect(found.test).toBe('all pairs of values, because durations have long tails')
    expect(found.effect?.measure).toBe('ratio')
    expect(found.effect?.estimate).toBeGreaterThan(1.1)
    expect(found.effect?.estimate).toBeLessThan(1.3)
    expect(found.reason).toMatch(
      /^p99 latency on the canary is \d+ % higher than on the baseline, and [\d.]+ % higher at the very least\.$/,
    )
  })

  it('passes what is allowed, in the direction that counts', () => {
    expect(judge(latency(), { allowedIncrease: 1.5 }).verdict).toBe('Pass')
    expect(judge(latency(), { allowedIncrease: 1.05 })).toMatchObject({
      verdict: 'Fail',
      reason: expect.stringMatching(/, where up to 5 % higher is allowed\.$/),
    })
    expect(judge(latency(), { direction: 'decrease' })).toMatchObject({ verdict: 'Pass', threshold: { low: 1 } })
    const swapped = latency({ canary: series(2, 100), baseline: series(1, 120) })
    expect(judge(swapped, { direction: 'decrease' })).toMatchObject({ verdict: 'Fail', change: 'Low' })
    expect(judge(swapped, { direction: 'decrease', allowedDecrease: 0.5 }).verdict).toBe('Pass')
    expect(judge(swapped).verdict).toBe('Pass')
    expect(judge({ ...swapped, kind: 'gauge' })).toMatchObject({ verdict: 'Fail', direction: 'either' })
  })

  it('is critical when it fails and is said to be', () => {
    expect(judge(latency(), { critical: true })).toMatchObject({ verdict: 'Fail', critical: true })
    expect(judge(latency(), { critical: true, allowedIncrease: 2 })).toMatchObject({ verdict: 'Pass', critical: false })
    const missing: MetricValues = { ...latency(), canary: [] }
    expect(judge(missing, { mode: 'kayenta', critical: true })).toMatchObject({
      verdict: 'NotEnoughData',
      critical: true,
    })
    expect(judge(missing, { mode: 'kayenta', kayenta: { mustHaveData: true } })).toMatchObject({
      verdict: 'Fail',
      change: 'None',
      reason: 'Missing data for p99 latency.',
    })
  })

  it('may have limits that hold in both modes', () => {
    expect(judge(latency(), { mode: 'kayenta' })).toMatchObject({ verdict: 'Fail', change: 'High' })
    expect(judge(latency(), { mode: 'kayenta', allowedIncrease: 1.5 })).toMatchObject({ verdict: 'Pass' })
    const ratio = errors(series(1, 20), series(2, 10))
    expect(judge(ratio, { mode: 'kayenta' }).effect?.estimate).toBeCloseTo(0.05, 2)
  })

  it('passes when nothing differs at all', () => {
    expect(judge(latency({ canary: same(5), baseline: same(5) }))).toMatchObject({
      verdict: 'Pass',
      reason: 'p99 latency shows no difference between the canary and the baseline.',
    })
    expect(judge(latency({ canary: same(5), baseline: same(4) })).verdict).toBe('Fail')
    expect(judge(errors(same(0), same(0))).verdict).toBe('Pass')
  })

  it('needs eight intervals on both sides, or as many as is said', () => {
    const few = latency({ canary: series(1, 300, 7) })
    expect(judge(few)).toMatchObject({
      verdict: 'NotEnoughData',
      reason: 'p99 latency has 7 values for the canary so far, and at least 8 are needed.',
      n: { canary: 7, baseline: 30 },
    })
    expect(judge(few, { minIntervals: 7 }).verdict).toBe('Fail')
    expect(judge(latency({ baseline: [] })).reason).toMatch(/0 values for the baseline/)
  })

  it('needs fifty requests on both sides, or as many as is said', () => {
    const few = errors(same(1), same(0), same(1))
    expect(judge(few)).toMatchObject({
      verdict: 'NotEnoughData',
      reason: 'error rate: the canary had 30 requests so far, and at least 50 are needed.',
    })
    expect(judge(few, { minRequests: 30 }).verdict).toBe('Fail')
  })

  it('leaves out intervals without a value, or without requests, and says so', () => {
    const values = latency({ canary: [Number.NaN, ...series(1, 120)] })
    expect(judge(values)).toMatchObject({
      n: { canary: 30 },
      warnings: ['1 intervals had no value and were left out.'],
    })
    const requests = [0, 0, ...same(200)].slice(0, 30)
    expect(judge(errors(same(2), same(2), requests)).n).toEqual({ canary: 28, baseline: 28 })
  })

  it.each([
    ['infinite values', latency({ canary: [Infinity, ...series(1, 120)] }), /infinite values/],
    ['a ratio without requests', { ...latency(), kind: 'ratio' }, /number of requests of each interval is not known/],
    ['counts below zero', { ...latency(), kind: 'count', canary: same(-1) }, /values below zero/],
    ['requests below zero', errors(same(1), same(1), [-1, ...same(9, 29)]), /below zero or infinite/],
  ] as const)('is inconclusive of %s', (_name, values, reason) => {
    expect(judge(values)).toMatchObject({ verdict: 'Inconclusive', reason: expect.stringMatching(reason) })
  })

  it('warns of rates whose windows overlap, and of sides that differ much in length', () => {
    expect(judge(latency(), { stepSeconds: 60, windowSeconds: 300 }).warnings).toEqual([
      expect.stringMatching(/^Each value is a rate over 300 s, and there is one every 60 s/),
    ])
    expect(judge(latency(), { stepSeconds: 60, windowSeconds: 60 }).warnings).toEqual([])
    expect(judge(latency({ canary: series(1, 120, 10) })).warnings).toEqual([expect.stringMatching(/10 and 30/)])
  })

  it('does not pass its last look while a doubling is possible, or what it is told to rule out', () => {
    const values = latency({
      canary: logNormal(new Random(3), 8, 100, 1.5),
      baseline: logNormal(new Random(4), 8, 100, 1.5),
    })
    expect(judge(values)).toMatchObject({
      verdict: 'NotEnoughData',
      reason: expect.stringMatching(/^p99 latency on the canary may be anything between/),
    })
    expect(judge(values, {}, { n: 1, planned: 4 })).toMatchObject({
      verdict: 'Pass',
      reason: expect.stringMatching(/so far not shown to be worse than allowed/),
    })
    expect(judge(values, { ruleOut: 100 }).verdict).toBe('Pass')
    expect(judge(latency({ canary: series(1, 101) }), { ruleOut: 1.01 }).verdict).toBe('NotEnoughData')
  })
})

describe('the comparison', () => {
  it('counts correlated values for less', () => {
    const drifting = (seed: number, mean: number) =>
      correlated(new Random(seed), { n: 60, phi: 0.9, mean, deviation: mean / 10 })
    const found = judge(latency({ canary: drifting(5, 105), baseline: drifting(6, 100) }))
    expect(found.test).toMatch(/they count for less, because neighbours are alike \(0\.[6-9]\d\)$/)
    const plain = judge(latency({ canary: series(5, 105, 60), baseline: series(6, 100, 60) }))
    const widthOf = ({ effect }: typeof found) => (effect?.high ?? 0) - (effect?.low ?? 0)
    expect(widthOf(found)).toBeGreaterThan(2 * widthOf(plain))
  })

  it('is of differences where the baseline has no size', () => {
    const around = (middle: number) => series(7, 10).map((value) => value - 10 + middle)
    const found = judge({ name: 'balance', canary: around(5), baseline: around(0) })
    expect(found).toMatchObject({ verdict: 'Fail', effect: { measure: 'shift' }, threshold: { high: 0, low: 0 } })
    expect(found.reason).toMatch(/^balance on the canary is 5 higher/)
  })

  it('is of totals for ratios, whatever the traffic of each side', () => {
    const random = new Random(8)
    const requests = { canary: same(50), baseline: same(5_000) }
    const canary = events(random, 30, 0.02 * 50)
    const baseline = events(random, 30, 0.02 * 5_000)
    const found = judge({ name: 'error rate', canary, baseline, requests })
    expect(found).toMatchObject({ verdict: 'Pass', kind: 'ratio', test: 'totals of events' })
    const worse = judge({ name: 'error rate', canary: canary.map((each) => each * 4 + 2), baseline, requests })
    expect(worse.verdict).toBe('Fail')
    expect(worse.reason).toMatch(
      /^error rate on the canary is \d+ % higher than on the baseline, and \d+ % higher at the very least/,
    )
  })

  it('is exact where events are rare, and finds what Kayenta does not', () => {
    const canary = [0, 1, 2, 1, 0, 0, 0, 3, 0, 0, 2, 0]
    const rare: MetricValues = { name: 'restarts', kind: 'count', canary, baseline: same(0, 12) }
    expect(judge(rare)).toMatchObject({
      verdict: 'Fail',
      test: expect.stringMatching(/^exact, because most intervals have no event/),
    })
    expect(judge(rare, { mode: 'kayenta' }).verdict).toBe('Pass')
    expect(judge({ ...rare, kind: 'gauge' }).test).toMatch(/^exact/)
    const fractions = judge({ ...rare, kind: 'gauge', canary: canary.map((each) => each / 7) })
    expect(fractions.warnings).toEqual([expect.stringMatching(/mostly zero/)])
  })

  it('of restarts against none finds seven, and not six', () => {
    const restarts = (count: number): MetricValues => {
      const canary = Array.from({ length: 60 }, (_, at) => Number(at % 8 === 3 && at < 8 * count))
      return { name: 'restarts', kind: 'count', canary, baseline: same(0, 60) }
    }
    expect(judge(restarts(6)).verdict).toBe('Pass')
    expect(judge(restarts(7)).verdict).toBe('Fail')
  })

  it('does not ask of rare events to rule a doubling out, unless it is told to', () => {
    const one: MetricValues = { name: 'restarts', kind: 'count', canary: [1, ...same(0, 29)], baseline: same(0) }
    expect(judge(one).verdict).toBe('Pass')
    expect(judge(one, { ruleOut: 2 }).verdict).toBe('NotEnoughData')
  })

  it('counts events that come in bursts for less', () => {
    const bursts = (every: number) => Array.from({ length: 60 }, (_, at) => (at % every === 0 ? 30 : 1))
    const found = judge(errors(bursts(10), bursts(15), same(200, 60)))
    expect(found.test).toMatch(/they come in bursts/)
    expect(found.verdict).not.toBe('Fail')
  })

  it('is that of successes as well as of errors', () => {
    const success = (rate: number) => events(new Random(9), 30, 10).map((each) => 200 - each * rate)
    const found = judge(errors(success(3), success(1)), { direction: 'decrease' })
    expect(found).toMatchObject({ verdict: 'Fail', change: 'Low' })
  })
})

describe('properties of a judgement', () => {
  const value = fc.integer({ min: 1, max: 1_000 })
  const sample = fc.array(value, { minLength: 8, maxLength: 30 })
  const check = (property: fc.IProperty<[number[], number[]]>) => fc.assert(property, { seed: 1, numRuns: 60 })
  const config: JudgeConfig = { direction: 'either' }

  it('sides that are swapped turn the difference round', () => {
    check(
      fc.property(sample, sample, (canary, baseline) => {
        const shifted = (values: readonly number[]) => values.map((each) => each - 2_000)
        const of = (a: readonly number[], b: readonly number[]) =>
          judge({ name: 'x', kind: 'gauge', canary: shifted(a), baseline: shifted(b) }, config).effect
        expect(of(canary, baseline)?.low ?? 0).toBeCloseTo(-(of(baseline, canary)?.high ?? 0), 8)
      }),
    )
  })

  it('a ratio of counts is the inverse of the ratio the other way round', () => {
    check(
      fc.property(sample, sample, (canary, baseline) => {
        const of = (a: readonly number[], b: readonly number[]) =>
          judge({ name: 'x', kind: 'count', canary: a, baseline: b }).effect
        expect((of(canary, baseline)?.low ?? 0) * (of(baseline, canary)?.high ?? 0)).toBeCloseTo(1, 6)
      }),
    )
  })

  it('another unit changes nothing', () => {
    check(
      fc.property(sample, sample, (canary, baseline) => {
        const of = (factor: number) =>
          judge(
            {
              name: 'x',
              kind: 'duration',
              canary: canary.map((each) => each * factor),
              baseline: baseline.map((each) => each * factor),
            },
            config,
          )
        expect(of(1024)).toEqual(of(1))
      }),
    )
  })

  it('what is worse by more is never judged better', () => {
    check(
      fc.property(sample, sample, (canary, baseline) => {
        const of = (more: number) =>
          judge({ name: 'x', kind: 'duration', canary: canary.map((each) => each + more), baseline }).effect
        expect(of(100)?.low ?? 0).toBeGreaterThanOrEqual(of(0)?.low ?? 0)
      }),
    )
  })

  it('whatever the values are, there is a verdict with a reason, and no number in it that is none', () => {
    const side = fc.oneof(
      fc.array(fc.double(), { maxLength: 20 }),
      fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 8, maxLength: 40 }),
      fc.array(fc.constantFrom(0, 1e-300, 1e300, 5, -5), { minLength: 8, maxLength: 20 }),
    )
    const kind = fc.constantFrom('ratio', 'duration', 'gauge', 'count', undefined)
    const mode = fc.constantFrom('argosy', 'kayenta')
    fc.assert(
      fc.property(side, side, side, kind, mode, (canary, baseline, requests, of, way) => {
        const values: MetricValues = {
          ...{ name: 'x', canary, baseline },
          ...(of !== undefined && { kind: of }),
          ...(requests.length % 2 === 0 && { requests: { canary: requests, baseline: requests } }),
        }
        const { verdict, reason, effect } = judge(values, { mode: way })
        expect(['Pass', 'Fail', 'NotEnoughData', 'Inconclusive']).toContain(verdict)
        expect(reason).toMatch(/\.$/)
        expect(reason).not.toMatch(/NaN|undefined/)
        expect([effect?.estimate, effect?.low, effect?.high]).not.toContain(Number.NaN)
      }),
      { seed: 1, numRuns: 500 },
    )
  })

  it('the same values have the same verdict, and are not changed', () => {
    check(
      fc.property(sample, sample, (canary, baseline) => {
        const values: MetricValues = { name: 'x', canary: Object.freeze(canary), baseline: Object.freeze(baseline) }
        expect(judge(values)).toEqual(judge(values))
      }),
    )
  })
})
