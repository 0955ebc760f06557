import { describe, expect, it } from 'vitest'
import type { AnalysisPhase, AnalysisRun, AnalysisRunSpec, Measurement, MetricResult } from '#api/analysis.ts'
import { type AnalysisWorld, type Measured, reconcileAnalysisRun } from '#engine/analysis/reconcile.ts'
import type { Decision, EventWrite } from '#engine/decision.ts'
import { applyMergePatch } from '#lib/merge-patch.ts'
import { formatSeconds } from '#lib/rfc3339.ts'
import { aMetric, anAnalysisRun, secretArgument } from '#test/support/builders/analysis.ts'
import { T0 } from '#test/support/virtual-clock.ts'

const at = (seconds: number) => T0 + seconds * 1000
const time = (seconds: number) => formatSeconds(at(seconds))
const decide = (run: AnalysisRun, seconds = 0, more: Partial<AnalysisWorld> = {}) =>
  reconcileAnalysisRun({ run, secretError: undefined, ...more }, at(seconds))

const measured = (phase: AnalysisPhase, seconds: number, more: Partial<Measurement> = {}): Measured => ({
  measurement: { phase, startedAt: time(seconds), ...more },
  metadata: { query: 'up' },
})

const statusPatch = (decision: Decision): unknown =>
  decision.writes.flatMap((write) => (write.kind === 'patch' ? [(write.body as { status: unknown }).status] : []))[0]

const events = (decision: Decision) =>
  decision.writes.filter((write): write is EventWrite => write.kind === 'event').map((write) => write.message)

const after = (run: AnalysisRun, decision: Decision): AnalysisRun => ({
  ...run,
  status: applyMergePatch(run.status ?? {}, statusPatch(decision) ?? {}) as NonNullable<AnalysisRun['status']>,
})

/** One pass: asks, is answered, and writes. */
function pass(run: AnalysisRun, seconds: number, answers: Readonly<Record<string, Measured>>) {
  const asked = decide(run, seconds)
  const decision =
    asked.probes.length === 0 ? asked : decide(run, seconds, { measured: new Map(Object.entries(answers)) })
  return { asked, decision, run: after(run, decision) }
}

describe('a pass of an AnalysisRun', () => {
  it('ANA-601, ANA-602: nothing for one that is being deleted, or that is done', () => {
    const deleted = anAnalysisRun({}, { metadata: { deletionTimestamp: time(0) } })
    const done = anAnalysisRun({}, { status: { phase: 'Inconclusive', completedAt: time(0) } })
    for (const run of [deleted, done]) expect(decide(run)).toEqual({ writes: [], probes: [], requeueAt: undefined })
  })

  it('ANA-1002, ANA-611: the first pass asks, then writes everything at once', () => {
    const run = anAnalysisRun({ metrics: [aMetric({ interval: '1m', count: 2 })] })
    const { asked, decision } = pass(run, 5, { rate: measured('Successful', 4, { value: '[1]' }) })
    expect(asked).toEqual({
      writes: [],
      probes: [{ kind: 'run', at: 0, name: 'rate', because: 'ANA-606' }],
      requeueAt: undefined,
    })
    expect(decision.writes).toEqual([
      expect.objectContaining({
        kind: 'patch',
        patchType: 'merge',
        precondition: { uid: 'uid-run', resourceVersion: '1' },
      }),
    ])
    expect(statusPatch(decision)).toEqual({
      phase: 'Running',
      startedAt: time(5),
      runSummary: { count: 1 },
      dryRunSummary: {},
      metricResults: [
        {
          name: 'rate',
          phase: 'Running',
          metadata: { query: 'up' },
          count: 1,
          successful: 1,
          consecutiveError: 0,
          consecutiveSuccess: 1,
          measurements: [{ phase: 'Successful', startedAt: time(4), finishedAt: time(5), value: '[1]' }],
        },
      ],
    })
    expect(decision.requeueAt).toBe(at(65) + 1)
  })

  it('ANA-807: a phase that stays keeps its message, and an end that is told already keeps its time', () => {
    const running = { phase: 'Running', message: 'told by another controller', completedAt: time(1) } as const
    const metrics = [aMetric({ interval: '1m', count: 2 })]
    const first = pass(anAnalysisRun({ metrics }, { status: running }), 5, { rate: measured('Successful', 5) })
    expect(first.run.status).toMatchObject({ phase: 'Running', message: 'told by another controller' })
    const last = pass(first.run, 70, { rate: measured('Successful', 70) })
    expect(last.run.status).toMatchObject({ phase: 'Successful', completedAt: time(1) })
    expect(last.run.status).not.toHaveProperty('message')
  })

  it('ANA-1002, ANA-807, ANA-809: a metric that is measured once ends its run in the same pass', () => {
    const { decision, run } = pass(anAnalysisRun(), 0, { rate: measured('Successful', 0) })
    expect(run.status).toMatchObject({
      phase: 'Successful',
      completedAt: time(0),
      runSummary: { count: 1, successful: 1 },
    })
    expect(events(decision)).toEqual([
      "Metric 'rate' Completed. Result: Successful",
      'Analysis Completed. Result: Successful',
    ])
  })

  it('ANA-1001, ANA-1003: what did not change is not sent, and what others wrote stays', () => {
    const first = pass(anAnalysisRun({ metrics: [aMetric({ interval: '1m' })] }), 0, {
      rate: measured('Successful', 0),
    })
    const foreign = { ...first.run, status: { ...first.run.status, elsewhere: 1 } } as AnalysisRun
    expect(decide(foreign, 10).writes).toEqual([])
    const { decision } = pass(foreign, 61, { rate: measured('Successful', 61) })
    expect(Object.keys(statusPatch(decision) as object)).toEqual(['metricResults'])
  })

  it.each<[string, Partial<AnalysisRunSpec>, string]>([
    ['an argument', { args: [{ name: 'a' }] }, 'Unable to resolve metric arguments: argument "a" was not supplied'],
    ['a metric', { metrics: [] }, 'Analysis spec invalid: no metrics specified'],
    [
      'a dry run',
      { dryRun: [{ metricName: 'x' }] },
      "Analysis spec invalid: dryRun[0]: Rule didn't match any metric name(s)",
    ],
    [
      'a retention',
      { measurementRetention: [{ metricName: 'x', limit: 2 }] },
      "Analysis spec invalid: measurementRetention[0]: Rule didn't match any metric name(s)",
    ],
  ])('ANA-603, ANA-505: an error about %s ends the run, and touches nothing else', (_, spec, message) => {
    const decision = decide(anAnalysisRun(spec))
    expect(statusPatch(decision)).toEqual({ phase: 'Error', message })
    expect(events(decision)).toEqual(['Analysis Completed. Result: Error'])
    expect(decision.probes).toEqual([])
  })

  it('ANA-305: a secret that cannot be read ends the run although nothing is due', () => {
    const waiting = anAnalysisRun({ metrics: [aMetric({ initialDelay: '1m' })], args: [secretArgument('token')] })
    const decision = decide(waiting, 0, { secretError: 'secrets "tokens" not found' })
    expect(statusPatch(decision)).toMatchObject({
      phase: 'Error',
      message: 'Unable to resolve metric arguments: secrets "tokens" not found',
    })
  })

  it('ANA-604, ANA-808: a metric that fails ends its siblings a pass later', () => {
    const run = anAnalysisRun({ metrics: [aMetric({ name: 'bad' }), aMetric({ name: 'good', interval: '1m' })] })
    const first = pass(run, 0, { bad: measured('Failed', 0), good: measured('Successful', 0) })
    expect(first.run.status?.phase).toBe('Running')
    const second = pass(first.run, 1, {})
    expect(second.run.status).toMatchObject({
      phase: 'Failed',
      message: 'Metric "bad" assessed Failed due to failed (1) > failureLimit (0)',
      runSummary: { count: 2, failed: 1, successful: 1 },
    })
  })

  it('ANA-604, ANA-605: a dry run that fails ends nobody', () => {
    const metrics = [aMetric({ name: 'tried' }), aMetric({ name: 'real', interval: '1m' })]
    const run = anAnalysisRun({ metrics, dryRun: [{ metricName: 'tried' }] })
    const first = pass(run, 0, { tried: measured('Failed', 0), real: measured('Successful', 0) })
    expect(first.run.status?.metricResults?.[0]).toMatchObject({ dryRun: true, phase: 'Failed' })
    expect(decide(first.run, 61).probes).toEqual([{ kind: 'run', at: 1, name: 'real', because: 'ANA-606' }])
  })

  it('ANA-608: what is under way goes on, and is ended when the run is', () => {
    const running = pass(anAnalysisRun(), 0, { rate: measured('Running', 0, { resumeAt: time(5) }) })
    expect(running.decision.requeueAt).toBe(at(5))
    expect(decide(running.run, 4).probes).toEqual([])
    expect(decide(running.run, 5).probes).toMatchObject([{ kind: 'resume', name: 'rate' }])
    const asked = { ...running.run, spec: { ...running.run.spec, terminate: true } }
    expect(decide(asked, 1).probes).toMatchObject([{ kind: 'terminate', measurement: { phase: 'Running' } }])
  })

  it('ANA-1493: asked to end before anything was measured', () => {
    const run = anAnalysisRun({ terminate: true, metrics: [aMetric({ initialDelay: '1m' })] })
    expect(pass(run, 0, {}).run.status).toMatchObject({
      phase: 'Successful',
      message: 'Run Terminated',
      runSummary: { count: 1 },
    })
    const dry = anAnalysisRun({ ...run.spec, dryRun: [{ metricName: '.*' }] })
    expect(pass(dry, 0, {}).run.status).toMatchObject({ runSummary: {}, dryRunSummary: { count: 1 } })
  })

  it('ANA-810: a run whose Job is ended by its owner is Inconclusive', () => {
    const spec = { terminate: true, metrics: [aMetric({ provider: { job: {} } })] }
    const result: MetricResult = { name: 'rate', phase: 'Running', measurements: [{ phase: 'Running' }] }
    const run = anAnalysisRun(spec, { status: { phase: 'Running', startedAt: time(0), metricResults: [result] } })
    const ended = pass(run, 5, { rate: measured('Inconclusive', 0, { message: 'Metric Terminated' }) })
    expect(ended.run.status).toMatchObject({
      phase: 'Inconclusive',
      message:
        'Metric "rate" assessed Inconclusive due to inconclusive (1) > inconclusiveLimit (0): "Error Message: Metric Terminated"',
    })
  })

  it('ANA-406: secrets are stand-ins here', () => {
    const metrics = [aMetric({ name: '{{args.token}}', initialDelay: '{{args.wait}}' })]
    const run = anAnalysisRun({ metrics, args: [secretArgument('token'), { name: 'wait', value: '1m' }] })
    const decision = decide({ ...run, status: { phase: 'Running', startedAt: time(0) } }, 60)
    expect(decision.probes).toMatchObject([{ name: 'temp-for-secret' }])
  })
})

describe('what is kept of a run', () => {
  const many = (count: number): MetricResult => ({
    name: 'rate',
    phase: 'Running',
    count,
    measurements: Array.from({ length: count }, (_, n) => ({
      phase: 'Successful',
      value: `${n}`,
      finishedAt: time(n),
    })),
  })
  const longRun = (spec: Partial<AnalysisRunSpec>, count: number) =>
    anAnalysisRun(
      { metrics: [aMetric({ interval: '1s' })], ...spec },
      { status: { phase: 'Running', startedAt: time(0), metricResults: [many(count)] } },
    )
  const values = (run: AnalysisRun) => run.status?.metricResults?.[0]?.measurements?.map(({ value }) => value)

  it('ANA-1005, ANA-1006: the newest ten, or as many as a rule says; counts tell of all', () => {
    const ten = pass(longRun({}, 10), 100, { rate: measured('Successful', 100, { value: 'last' }) })
    expect(values(ten.run)).toEqual([...Array.from({ length: 9 }, (_, n) => `${n + 1}`), 'last'])
    expect(ten.run.status?.metricResults?.[0]?.count).toBe(11)
    const rule = (limit: number) => ({ measurementRetention: [{ metricName: 'ra', limit }] })
    expect(
      values(pass(longRun(rule(2), 10), 100, { rate: measured('Successful', 100, { value: 'last' }) }).run),
    ).toEqual(['9', 'last'])
    expect(values(pass(longRun(rule(0), 11), 1, {}).run)).toHaveLength(10)
  })

  it('ANA-1005: Jobs are cleared up first, and stay listed when they could not be', () => {
    const run = longRun({ metrics: [aMetric({ interval: '1h', provider: { job: {} } })] }, 11)
    expect(decide(run, 20).probes).toEqual([
      { kind: 'garbageCollect', at: 0, name: 'rate', limit: 10, because: 'ANA-1005' },
    ])
    expect(values(after(run, decide(run, 20, { collected: new Set() })))).toHaveLength(11)
    expect(values(after(run, decide(run, 20, { collected: new Set(['rate']) })))).toHaveLength(10)
  })

  it.each<[string, AnalysisPhase, NonNullable<AnalysisRunSpec['ttlStrategy']>, number | undefined]>([
    ['by success', 'Successful', { secondsAfterSuccess: 10, secondsAfterCompletion: 20 }, 11],
    ['by failure', 'Failed', { secondsAfterFailure: 10, secondsAfterCompletion: 20 }, 11],
    ['by completion', 'Error', { secondsAfterFailure: 10, secondsAfterCompletion: 20 }, 21],
    ['never', 'Inconclusive', { secondsAfterFailure: 10, secondsAfterSuccess: 5 }, undefined],
  ])('ANA-1008, ANA-1009, ANA-905: deleted after more than its time %s', (_, phase, ttlStrategy, goneAfter) => {
    const run = anAnalysisRun({ ttlStrategy }, { status: { phase, completedAt: time(0) } })
    expect(decide(run, 10)).toEqual({
      writes: [],
      probes: [],
      requeueAt: goneAfter === undefined ? undefined : at(goneAfter),
    })
    expect(decide(run, 60).writes.map(({ kind }) => kind)).toEqual(goneAfter === undefined ? [] : ['delete'])
  })

  it('ANA-603, ANA-1009: a run that ended by its spec is never deleted for its age', () => {
    const run = anAnalysisRun({ ttlStrategy: { secondsAfterCompletion: 1 } }, { status: { phase: 'Error' } })
    expect(decide(run, 99).writes).toEqual([])
  })
})
