import type { AnalysisPhase, Metric, MetricResult, RunSummary } from '#api/analysis.ts'
import type { Score } from '#engine/judge/score.ts'
import { isCompleted, isWorse, limitPassed, metricPhase } from './metric-phase.ts'
import { phaseOfScore, runScore, type Scoring, scoreText } from './run-score.ts'

export interface RunState {
  /** Copies for planning, in the order of the spec. */
  readonly metrics: readonly Metric[]
  readonly results: readonly MetricResult[]
  readonly isDryRun: (metric: Metric) => boolean
  /** Asked to end, or a metric has failed: as it was before this pass (ANA-803). */
  readonly terminating: boolean
  /** `spec.terminate`. */
  readonly terminate: boolean
  /** Absent: every metric decides for itself. */
  readonly scoring?: Scoring | undefined
}

export interface AssessedRun {
  readonly phase: AnalysisPhase
  readonly message: string
  readonly results: readonly MetricResult[]
  readonly runSummary: RunSummary
  readonly dryRunSummary: RunSummary
  /** Metrics that completed in this pass. */
  readonly completed: readonly { readonly name: string; readonly phase: AnalysisPhase }[]
  readonly score: Score | undefined
}

interface Walk {
  worst: AnalysisPhase | undefined
  message: string
  allDone: boolean
  readonly results: Map<string, MetricResult>
  readonly completed: { readonly name: string; readonly phase: AnalysisPhase }[]
  readonly summaries: { readonly run: Counts; readonly dryRun: Counts }
}

type Counts = { -readonly [K in keyof RunSummary]: number }

/** The phases of all metrics, and what follows for their run (ANA-803…807). Pure: nothing is measured here. */
export function assessRun(state: RunState): AssessedRun {
  const walk: Walk = {
    worst: undefined,
    message: state.terminate ? 'Run Terminated' : '',
    allDone: true,
    results: new Map(state.results.map((each) => [each.name, each])),
    completed: [],
    summaries: { run: {}, dryRun: {} },
  }
  for (const metric of state.metrics) assessMetric(metric, state, walk)
  const score = concludeScore(state, walk)
  const { worst, message, allDone, summaries } = walk
  return {
    ...verdict(worst, message.trim(), allDone, state.terminating),
    results: [...walk.results.values()],
    runSummary: summaries.run,
    dryRunSummary: summaries.dryRun,
    completed: walk.completed,
    score,
  }
}

/** ANA-806. */
function verdict(worst: AnalysisPhase | undefined, message: string, allDone: boolean, terminating: boolean) {
  if (terminating) return { phase: worst ?? 'Successful', message } as const
  return worst === undefined || !allDone ? ({ phase: 'Running', message: '' } as const) : { phase: worst, message }
}

function assessMetric(metric: Metric, state: RunState, walk: Walk): void {
  const isDry = state.isDryRun(metric)
  const counts = isDry ? walk.summaries.dryRun : walk.summaries.run
  bump(counts, 'count')
  const before = walk.results.get(metric.name)
  if (before === undefined) {
    walk.allDone = false
    return
  }
  const result = withPhase(before, metricPhase(metric, before, state.terminating))
  walk.results.set(metric.name, result)
  if (!isCompleted(result.phase)) {
    walk.allDone = false
    return
  }
  if (before.phase !== result.phase) walk.completed.push({ name: metric.name, phase: result.phase })
  const passed = limitPassed(metric, result)
  bump(counts, passed === undefined ? 'successful' : summaryKey[passed.phase])
  if (isDry) concludeDry(result, passed?.message, walk)
  else if (!isScored(result, state.scoring)) conclude(result, passed?.message, walk)
}

/** A metric that the score stands for; one that could not be measured speaks for itself. */
export const isScored = ({ name, phase }: MetricResult, scoring: Scoring | undefined): boolean =>
  scoring?.groups.has(name) === true && phase !== 'Error'

/** As one metric more. What this pass ends early has no part in it (ANA-803). */
function concludeScore({ scoring, terminating, results }: RunState, walk: Walk): Score | undefined {
  if (scoring === undefined) return undefined
  const score = runScore(terminating ? results : [...walk.results.values()], scoring)
  if (score === undefined) return undefined
  const phase = phaseOfScore[score.classification]
  const isSaid = walk.worst === phase && walk.message !== ''
  if (isSaid || (walk.worst !== undefined && isWorse(phase, walk.worst))) return score
  walk.worst = phase
  walk.message = scoreText(score, scoring.config)
  return score
}

/** A new phase brings the message of the last measurement with it. */
function withPhase(before: MetricResult, phase: AnalysisPhase): MetricResult {
  if (before.phase === phase) return before
  const last = before.measurements?.at(-1)
  return { ...before, phase, ...(last !== undefined && { message: last.message ?? '' }) }
}

/** The first metric that reaches the worst phase gives the message (ANA-805). */
function conclude({ name, phase, message = '' }: MetricResult, limit: string | undefined, walk: Walk): void {
  if (walk.worst !== undefined && !isWorse(walk.worst, phase)) return
  walk.worst = phase
  if (limit === undefined) return
  const detail = message === '' ? '' : `: "Error Message: ${message}"`
  walk.message = `Metric "${name}" assessed ${phase} due to ${limit}${detail}`
}

function concludeDry(result: MetricResult, limit: string | undefined, walk: Walk): void {
  walk.worst ??= 'Successful'
  if (limit === undefined) return
  walk.results.set(result.name, { ...result, message: `Metric assessed ${result.phase} due to ${limit}` })
}

const summaryKey = { Failed: 'failed', Inconclusive: 'inconclusive', Error: 'error' } as const

function bump(counts: Counts, key: keyof Counts): void {
  counts[key] = (counts[key] ?? 0) + 1
}
