import type { AnalysisRun, AnalysisRunStatus, Metric } from '#api/analysis.ts'
import { isCompleted } from '#engine/analysis/metric-phase.ts'
import { type AnalysisWorld, type Measured, reconcileAnalysisRun } from '#engine/analysis/reconcile.ts'
import type { Decision } from '#engine/decision.ts'
import type { Clock, EpochMs } from '#lib/clock.ts'
import { applyMergePatch } from '#lib/merge-patch.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import { scoringOf } from './judge/scoring.ts'
import type { createMetrics } from './metrics.ts'

/** Of the providers that take the time a query is about; all others tell of now only. */
const knowThePast: readonly string[] = ['prometheus', 'datadog', 'wavefront', 'cloudWatch', 'skywalking']

/** When a release was under way. */
export interface Period {
  readonly from: EpochMs
  readonly to: EpochMs
}

/** The metrics of one cluster as of the time that the clock tells. */
export type MetricsAt = (clock: Clock) => Pick<ReturnType<typeof createMetrics>, 'prepare'>

export interface BackTestPorts {
  readonly metricsAt: MetricsAt
  readonly clock: Clock
  readonly signal?: AbortSignal
}

/** Passes of one run; a metric measured each second for two hours stays below. */
const passesMax = 10_000

/** Metrics that cannot be asked about the past, by name. */
export const askableNowOnly = (metrics: readonly Metric[]): readonly string[] =>
  metrics
    .filter(({ provider }) => !knowThePast.some((name) => (provider[name] ?? undefined) !== undefined))
    .map(({ name }) => name)

/**
 * What an AnalysisRun would have come to in a release of the past: the same decisions and the same queries, each as of its time. It
 * is ended, as by its owner, when the release was over. Writes nothing anywhere.
 *
 * Failure  a secret cannot be read, the run does not come to an end, or it was asked to stop.
 * @param clock for waits; the time it tells is not used
 * @param signal ends it after the measurement at hand
 */
export async function backTest(
  run: AnalysisRun,
  { from, to }: Period,
  { metricsAt, clock, signal }: BackTestPorts,
): Promise<Outcome<AnalysisRunStatus, string>> {
  let now = from
  let current: AnalysisRun = { ...run, status: {} }
  const then: Clock = { now: () => now, elapsed: () => clock.elapsed(), after: (ms, task) => clock.after(ms, task) }
  const { prepare } = metricsAt(then)
  for (let pass = 0; pass < passesMax; pass++) {
    if (signal?.aborted === true) return failure('it was stopped')
    const passed = await passRun(current, now, prepare)
    if (!passed.ok) return passed
    current = passed.value.run
    if (passed.value.isOver) return success(current.status ?? {})
    const next = passed.value.nextAt ?? to + 1
    if (next > to) current = { ...current, spec: { ...current.spec, terminate: true } }
    now = Math.min(Math.max(next, now), to)
  }
  return failure(`the run has not ended after ${passesMax} passes`)
}

type Prepare = ReturnType<MetricsAt>['prepare']

/** A run that nobody stores, a pass later. */
export interface PassedRun {
  readonly run: AnalysisRun
  readonly isOver: boolean
  /** When it has something to do again; `undefined`: never. */
  readonly nextAt: EpochMs | undefined
  /** What was measured in the pass, by metric. */
  readonly measured: ReadonlyMap<string, Measured>
}

/** One pass of a run, as of `now`. Failure: a secret cannot be read. */
export async function passRun(run: AnalysisRun, now: EpochMs, prepare: Prepare): Promise<Outcome<PassedRun, string>> {
  const decided = await decide(run, now, prepare)
  if (!decided.ok) return decided
  const { decision, measured } = decided.value
  const next = after(run, decision)
  const { phase = '' } = next.status ?? {}
  // Its own write is seen by a run at once: a metric that failed ends the others a pass later (ANA-808).
  const nextAt = decision.writes.some(({ kind }) => kind === 'patch') ? now : decision.requeueAt
  return success({ run: next, isOver: phase !== '' && isCompleted(phase), nextAt, measured })
}

interface Decided {
  readonly decision: Decision
  readonly measured: ReadonlyMap<string, Measured>
}

async function decide(run: AnalysisRun, now: EpochMs, prepare: Prepare): Promise<Outcome<Decided, string>> {
  const scoring = scoringOf({ annotations: run.metadata.annotations, metrics: run.spec.metrics })
  const world: AnalysisWorld = { run, secretError: undefined, collected: new Set(), scoring }
  const first = reconcileAnalysisRun(world, now)
  const measured = new Map<string, Measured>()
  if (first.probes.length === 0) return success({ decision: first, measured })
  const prepared = await prepare(run)
  if (!prepared.ok)
    return failure(prepared.error.kind === 'refused' ? prepared.error.message : prepared.error.failure.message)
  for (const probe of first.probes)
    if (probe.kind !== 'garbageCollect') measured.set(probe.name, await prepared.value.measure(probe))
  return success({ decision: reconcileAnalysisRun({ ...world, measured }, now), measured })
}

function after(run: AnalysisRun, { writes }: Decision): AnalysisRun {
  return writes.reduce(
    (current, write) => (write.kind === 'patch' ? (applyMergePatch(current, write.body) as AnalysisRun) : current),
    run,
  )
}

/** What many back-tests come to. */
export interface Forecasted {
  readonly releases: number
  /** Would have been aborted: Failed or Error. */
  readonly aborts: number
  /** Would have waited for a person. */
  readonly pauses: number
  /** Aborts among the releases that were completed all the same: false alarms, unless somebody was lucky. */
  readonly abortsOfGood: number
}

export function summarised(
  outcomes: readonly { readonly phase: AnalysisRunStatus['phase']; readonly wasCompleted: boolean }[],
): Forecasted {
  const aborted = outcomes.filter(({ phase }) => phase === 'Failed' || phase === 'Error')
  return {
    releases: outcomes.length,
    aborts: aborted.length,
    pauses: outcomes.filter(({ phase }) => phase === 'Inconclusive').length,
    abortsOfGood: aborted.filter(({ wasCompleted }) => wasCompleted).length,
  }
}
