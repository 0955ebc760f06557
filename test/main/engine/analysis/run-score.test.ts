import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AnalysisPhase, AnalysisRun, Metric, MetricResult } from '#api/analysis.ts'
import { type AnalysisWorld, reconcileAnalysisRun } from '#engine/analysis/reconcile.ts'
import { phaseOfScore, runScore, type Scoring, scoreText } from '#engine/analysis/run-score.ts'
import type { Decision } from '#engine/decision.ts'
import { applyMergePatch } from '#lib/merge-patch.ts'
import { success } from '#lib/outcome.ts'
import { aMetric, anAnalysisRun } from '#test/support/builders/analysis.ts'
import { T0 } from '#test/support/virtual-clock.ts'

type Groups = Readonly<Record<string, readonly string[]>>
const scoring = (groups: Groups, config: Partial<Scoring['config']> = {}): Scoring => ({
  config: { groupWeights: {}, pass: 95, marginal: 75, ...config },
  groups: new Map(Object.entries(groups)),
})

/** A metric that has come to an end, with what its last look found. */
const ended = (name: string, phase: AnalysisPhase, metadata: Readonly<Record<string, string>> = {}): MetricResult => ({
  name,
  phase,
  measurements: [{ phase, message: `${name} was looked at.`, metadata }],
})

const answers = {
  pass: { phase: 'Successful', metadata: { judgeVerdict: 'Pass', judgeChange: 'None' } },
  fail: { phase: 'Failed', metadata: { judgeVerdict: 'Fail', judgeChange: 'High' } },
  critical: { phase: 'Failed', metadata: { judgeVerdict: 'Fail', judgeChange: 'High', judgeCritical: 'true' } },
  noData: { phase: 'Inconclusive', metadata: { judgeVerdict: 'NotEnoughData', judgeChange: 'None' } },
  unclear: { phase: 'Inconclusive', metadata: { judgeVerdict: 'Inconclusive', judgeChange: 'None' } },
  error: { phase: 'Error', metadata: {} },
} as const
type Answer = keyof typeof answers

const after = (run: AnalysisRun, { writes }: Decision): AnalysisRun =>
  writes.reduce(
    (current, write) => (write.kind === 'patch' ? (applyMergePatch(current, write.body) as AnalysisRun) : current),
    run,
  )

const phaseOf = (run: AnalysisRun) => run.status?.phase ?? ''

/** Passes until the run is done, a minute apart; a metric answers at its time. */
function played(metrics: readonly Metric[], found: Readonly<Record<string, Answer>>, world: Partial<AnalysisWorld>) {
  let run = anAnalysisRun({ metrics })
  for (let minute = 0; minute < 30 && ['', 'Running'].includes(phaseOf(run)); minute++) {
    const now = T0 + minute * 60_000
    const asked = reconcileAnalysisRun({ run, secretError: undefined, ...world }, now)
    const measured = new Map(
      asked.probes.map(({ name }) => {
        const { phase, metadata } = answers[found[name] ?? 'pass']
        return [name, { measurement: { phase, message: `${name} was looked at.`, metadata }, metadata: undefined }]
      }),
    )
    run = after(run, reconcileAnalysisRun({ run, secretError: undefined, ...world, measured }, now))
  }
  return run
}

/** Measured once, after so many minutes. */
const once = (name: string, minute = 0) => aMetric({ name, ...(minute > 0 && { initialDelay: `${minute}m` }) })

describe('the score of a run', () => {
  const two = scoring({ a: ['latency'], b: ['errors'] })

  it('SCORE-4, SCORE-7: is that of its judged metrics, once the last of them has ended', () => {
    expect(runScore([ended('a', 'Successful'), ended('b', 'Running')], two)).toBeUndefined()
    expect(runScore([ended('a', 'Successful')], two)).toBeUndefined()
    const score = runScore([ended('b', 'Failed', { judgeChange: 'Low' }), ended('a', 'Successful')], two)
    expect(score).toMatchObject({ summary: 50, classification: 'Fail', reason: '' })
    expect(score?.groups).toEqual([
      { name: 'latency', weight: 50, score: 100 },
      { name: 'errors', weight: 50, score: 0 },
    ])
  })

  it('SCORE-2: takes a metric as its limits leave it, and one that could not be compared not at all', () => {
    const three = scoring({ a: ['g'], b: ['g'], c: ['g'] })
    const results = [
      ended('a', 'Successful', { judgeVerdict: 'Fail', judgeChange: 'High' }),
      ended('b', 'Inconclusive', { judgeVerdict: 'Inconclusive' }),
      ended('c', 'Failed', { judgeVerdict: 'Fail', judgeChange: 'None' }),
    ]
    expect(runScore(results, three)?.groups).toEqual([{ name: 'g', weight: 100, score: 50 }])
  })

  it('SCORE-5: is certain as soon as a critical metric does not pass', () => {
    const results = [ended('b', 'Failed', { judgeChange: 'High', judgeCritical: 'true' })]
    expect(runScore(results, two)).toMatchObject({ summary: 0, reason: 'Canary Failed: b was looked at.' })
    expect(runScore([ended('b', 'Failed', { judgeChange: 'High' })], two)).toBeUndefined()
  })

  it('SCORE-6: is 0 where half of the metrics have not enough data', () => {
    const results = [ended('a', 'Successful'), ended('b', 'Inconclusive', { judgeVerdict: 'NotEnoughData' })]
    expect(runScore(results, two)).toMatchObject({ summary: 0, reason: '50% or more of the metrics returned NODATA' })
  })

  it('is none where a metric could not be measured, or there is no metric', () => {
    expect(runScore([ended('a', 'Successful'), ended('b', 'Error')], two)).toBeUndefined()
    expect(runScore([], scoring({}))).toBeUndefined()
  })

  it.each([
    [
      ['Successful', 'Successful'],
      'The score is 100, which is a pass (95 passes, below 75 fails): latency 100, errors 100.',
    ],
    [['Failed', 'Successful'], 'The score is 50, which is a fail (95 passes, below 75 fails): latency 0, errors 100.'],
  ] as const)('explains itself in a sentence: %j', ([a, b], sentence) => {
    const score = runScore([ended('a', a), ended('b', b)], two)
    expect(score && scoreText(score, two.config)).toBe(sentence)
  })
})

describe('a run with a score', () => {
  const groups = { a: ['g'], b: ['g'], c: ['g'], d: ['g'] }
  const metrics = ['a', 'b', 'c', 'd'].map((name) => once(name))
  const scored = { scoring: success(scoring(groups, { pass: 90, marginal: 60 })) }

  it.each([
    [{}, 'Successful', '100', 'The score is 100, which is a pass (90 passes, below 60 fails): g 100.'],
    [{ a: 'fail' }, 'Inconclusive', '75', 'The score is 75, which is marginal (90 passes, below 60 fails): g 75.'],
    [{ a: 'fail', c: 'fail' }, 'Failed', '50', 'The score is 50, which is a fail (90 passes, below 60 fails): g 50.'],
    [
      { c: 'critical' },
      'Failed',
      '0',
      'The score is 0, which is a fail (90 passes, below 60 fails): Canary Failed: c was looked at.',
    ],
    [
      { a: 'noData', b: 'noData' },
      'Failed',
      '0',
      'The score is 0, which is a fail (90 passes, below 60 fails): 50% or more of the metrics returned NODATA.',
    ],
    [{ a: 'unclear', b: 'unclear' }, 'Successful', '100', expect.stringContaining('a pass')],
  ] as const)('SCORE-7: %j ends %s, with the score and why', (found, phase, score, message) => {
    const run = played(metrics, found, scored)
    expect(run.status).toMatchObject({ phase, message, completedAt: expect.any(String) })
    expect(run.metadata.annotations?.['argosy.dev/score']).toBe(score)
  })

  it('ANA-803: phases and counts of its metrics stay what they are without a score', () => {
    const found = { a: 'fail', b: 'noData' } as const
    const [run, plain] = [played(metrics, found, scored), played(metrics, found, {})]
    expect(run.status?.metricResults).toEqual(plain.status?.metricResults)
    expect(run.status?.runSummary).toEqual({ count: 4, successful: 2, failed: 1, inconclusive: 1 })
    expect(plain.status).toMatchObject({ phase: 'Failed', runSummary: run.status?.runSummary })
  })

  it('ANA-604: goes on after a metric that fails, and ends at once after a critical one', () => {
    const spread = metrics.map((metric, at) => once(metric.name, at * 2))
    const soft = played(spread, { a: 'fail' }, scored)
    expect(soft.status?.metricResults).toHaveLength(4)
    const hard = played(spread, { a: 'critical' }, scored)
    expect(hard.status).toMatchObject({ phase: 'Failed', message: expect.stringContaining('Canary Failed: a') })
    expect(hard.status?.metricResults).toHaveLength(1)
  })

  it('ANA-604: a score that does not pass ends what is measured beside it', () => {
    const beside = aMetric({ name: 'beside', interval: '1m' })
    const run = played([...metrics, beside], { a: 'fail' }, scored)
    expect(run.status).toMatchObject({ phase: 'Inconclusive', message: expect.stringContaining('marginal') })
    expect(played([...metrics, beside], {}, scored).status?.phase).toBe('Running')
  })

  it('ANA-803: another metric decides as ever, whatever the score is', () => {
    const run = played([...metrics, once('beside')], { beside: 'fail' }, scored)
    expect(run.status).toMatchObject({
      phase: 'Failed',
      message: expect.stringMatching(/^Metric "beside" assessed Failed/),
    })
    expect(run.metadata.annotations?.['argosy.dev/score']).toBe('100')
  })

  it('ANA-803: what another metric ends early makes no score', () => {
    const late = metrics.map(({ name }, at) => once(name, at === 3 ? 9 : 0))
    const run = played([...late, once('beside')], { a: 'fail', b: 'fail', beside: 'unclear' }, scored)
    expect(run.status).toMatchObject({
      phase: 'Inconclusive',
      message: expect.stringMatching(/^Metric "beside" assessed Inconclusive/),
    })
    expect(run.metadata.annotations?.['argosy.dev/score']).toBeUndefined()
  })

  it('ANA-803: a look that is broken off because of another metric makes no score', () => {
    const open = { phase: 'Running' as const, startedAt: '2026-01-15T10:00:00Z', resumeAt: '2026-01-15T11:00:00Z' }
    const metricResults = [
      ended('beside', 'Inconclusive'),
      ...['a', 'b'].map((name) => ended(name, 'Successful')),
      ...['c', 'd'].map((name) => ({ name, phase: 'Running' as const, measurements: [open] })),
    ]
    const run = anAnalysisRun(
      { metrics: [once('beside'), ...metrics] },
      { status: { phase: 'Running', metricResults } },
    )
    const asked = reconcileAnalysisRun({ run, secretError: undefined, ...scored }, T0)
    expect(asked.probes.map(({ kind, name }) => [kind, name])).toEqual([
      ['terminate', 'c'],
      ['terminate', 'd'],
    ])
    const { metadata } = answers.noData
    const broken = { measurement: { ...open, phase: 'Inconclusive' as const, metadata }, metadata: undefined }
    const measured = new Map(['c', 'd'].map((name) => [name, broken]))
    const done = after(run, reconcileAnalysisRun({ run, secretError: undefined, ...scored, measured }, T0))
    expect(done.status?.metricResults?.map(({ phase }) => phase).slice(3)).toEqual(['Inconclusive', 'Inconclusive'])
    expect(done.status?.phase).toBe('Inconclusive')
    expect(done.metadata.annotations?.['argosy.dev/score']).toBeUndefined()
  })

  it('ANA-806: a judged metric that cannot be measured ends the run in Error, as ever', () => {
    const run = played([aMetric({ name: 'a', consecutiveErrorLimit: 0 }), ...metrics.slice(1)], { a: 'error' }, scored)
    expect(run.status).toMatchObject({ phase: 'Error', message: expect.stringMatching(/^Metric "a" assessed Error/) })
  })

  it('ANA-810: one that is asked to end says nothing of a score it does not have', () => {
    const run = anAnalysisRun(
      { metrics, terminate: true },
      { status: { phase: 'Running', metricResults: [ended('a', 'Failed', answers.fail.metadata)] } },
    )
    const decision = reconcileAnalysisRun({ run, secretError: undefined, ...scored }, T0)
    expect(after(run, decision).status).toMatchObject({ phase: 'Successful', message: 'Run Terminated' })
  })

  it('ANA-605: a dry run has no part in it', () => {
    const run = anAnalysisRun({ metrics, dryRun: [{ metricName: '[ab]' }] })
    const measured = new Map(
      metrics.map(({ name }) => {
        const { phase, metadata } = answers[name === 'a' || name === 'b' ? 'critical' : 'pass']
        return [name, { measurement: { phase, metadata }, metadata: undefined }]
      }),
    )
    const decision = reconcileAnalysisRun({ run, secretError: undefined, ...scored, measured }, T0)
    expect(after(run, decision).status).toMatchObject({ phase: 'Successful', dryRunSummary: { failed: 2 } })
  })

  it('ANA-603: a score that is declared wrongly ends the run before anything is measured', () => {
    const run = anAnalysisRun({ metrics })
    const world = { run, secretError: undefined, scoring: { ok: false, error: 'argosy.dev/judge-score: no' } } as const
    const decision = reconcileAnalysisRun(world, T0)
    expect(decision.probes).toEqual([])
    expect(after(run, decision).status).toEqual({
      phase: 'Error',
      message: 'Analysis spec invalid: argosy.dev/judge-score: no',
    })
  })

  it('SCORE-7: ends as its score says, in whatever order its metrics end', () => {
    const outcome = fc.constantFrom<Answer>('pass', 'pass', 'fail', 'noData', 'unclear')
    const story = fc.array(fc.record({ outcome, minute: fc.nat(5), group: fc.constantFrom('g', 'h', 'i') }), {
      minLength: 1,
      maxLength: 6,
    })
    fc.assert(
      fc.property(story, fc.nat(100), fc.nat(100), (each, one, other) => {
        const [marginal, pass] = [Math.min(one, other), Math.max(one, other)]
        const declared = scoring(Object.fromEntries(each.map(({ group }, at) => [`m${at}`, [group]])), {
          pass,
          marginal,
        })
        const found = Object.fromEntries(each.map((metric, at) => [`m${at}`, metric.outcome]))
        const all = each.map((metric, at) => once(`m${at}`, metric.minute))
        const run = played(all, found, { scoring: success(declared) })
        const whole = each.map((metric, at) =>
          ended(`m${at}`, answers[metric.outcome].phase, answers[metric.outcome].metadata),
        )
        const score = runScore(whole, declared)
        expect(phaseOf(run)).toBe(score && phaseOfScore[score.classification])
        expect(run.metadata.annotations?.['argosy.dev/score']).toBe(String(score?.summary))
        expect(run.status?.metricResults).toHaveLength(each.length)
      }),
      { seed: 7, numRuns: 300 },
    )
  })
})
