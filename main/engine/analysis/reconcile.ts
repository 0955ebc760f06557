import type { AnalysisPhase, AnalysisRun, AnalysisRunStatus, Measurement, Metric, MetricResult } from '#api/analysis.ts'
import { annotations } from '#api/keys.ts'
import { resources } from '#api/resources.ts'
import type { Decision, EventWrite, PatchWrite, Probe, Write } from '#engine/decision.ts'
import { nothingToDo } from '#engine/decision.ts'
import { refTo, unchanged } from '#engine/rollout/write.ts'
import type { EpochMs } from '#lib/clock.ts'
import { createMergePatch } from '#lib/merge-patch.ts'
import type { Outcome } from '#lib/outcome.ts'
import { formatSeconds, parseTime } from '#lib/rfc3339.ts'
import { type AssessedRun, assessRun, isScored } from './assess-run.ts'
import { isCompleted } from './metric-phase.ts'
import { type AnalysisPlan, planOf } from './plan.ts'
import { recordMeasurement } from './record-measurement.ts'
import { hasOutside, keptMeasurements, retentionLimit } from './retention.ts'
import { phaseOfScore, runScore, type Scoring } from './run-score.ts'
import { nextDue, type Schedule, type Task, tasksDue } from './schedule.ts'
import { reconcileCompleted } from './time-to-live.ts'

/** All the engine may look at for one AnalysisRun. No secret is ever among it (ANA-406). */
export interface AnalysisWorld {
  readonly run: AnalysisRun
  /** Why a secret the arguments ask for could not be read, in the API server's words (ANA-305). */
  readonly secretError: string | undefined
  /** Outcomes of the probes of this pass, by metric. */
  readonly measured?: ReadonlyMap<string, Measured>
  readonly collected?: ReadonlySet<string>
  /** How its judged metrics make a score, or what is wrong with how that is declared. Absent: not at all. */
  readonly scoring?: Outcome<Scoring | undefined, string>
}

export interface Measured {
  readonly measurement: Measurement
  /** What the provider tells of the metric; `undefined` when there was no provider to ask (ANA-609). */
  readonly metadata: Readonly<Record<string, string>> | undefined
}

/**
 * Decides the next pass of one AnalysisRun (ANA-602, ANA-603). It first asks for the measurements that are due; decided again with
 * those in the world, it writes what they mean. Pure.
 */
export function reconcileAnalysisRun(world: AnalysisWorld, now: EpochMs): Decision {
  const { run } = world
  if (run.metadata.deletionTimestamp !== undefined) return nothingToDo
  const phase = run.status?.phase ?? ''
  if (phase !== '' && isCompleted(phase)) return reconcileCompleted(run, now)
  const plan = planOf(run, world.scoring)
  if (!plan.ok) return failRun(run, plan.error)
  if (world.secretError !== undefined) return failRun(run, `Unable to resolve metric arguments: ${world.secretError}`)
  return measureOrAssess(world, plan.value, now)
}

/** ANA-603: a run that cannot be measured ends there; nothing else of its status is touched. */
function failRun(run: AnalysisRun, message: string): Decision {
  const patch = patchStatus(run, { ...run.status, phase: 'Error', message }, 'ANA-603')
  return { writes: [...patch, completionEvent(run, 'Error')], probes: [], requeueAt: undefined }
}

function measureOrAssess(world: AnalysisWorld, plan: AnalysisPlan, now: EpochMs): Decision {
  const schedule = scheduleOf(world.run, plan, now)
  const tasks = tasksDue(schedule)
  if (tasks.length > 0 && world.measured === undefined)
    return { writes: [], probes: tasks.map((task) => probeOf(task, plan, schedule.terminating)), requeueAt: undefined }
  return assess(world, plan, { ...schedule, results: resultsAfter(tasks, world, plan, now) })
}

function scheduleOf({ spec, status }: AnalysisRun, { metrics, scoring }: AnalysisPlan, now: EpochMs): Schedule {
  const results = status?.metricResults ?? []
  const score = scoring && runScore(results, scoring)
  const isBad = (result: MetricResult) => result.dryRun !== true && !isScored(result, scoring) && isWrong(result.phase)
  const hasFailed = results.some(isBad) || (score !== undefined && isWrong(phaseOfScore[score.classification]))
  const terminating = spec.terminate === true || hasFailed // ANA-604
  return { metrics, results, startedAt: parseTime(status?.startedAt), terminating, now }
}

const isWrong = (phase: AnalysisPhase): boolean => phase !== 'Successful' && isCompleted(phase)

/** ANA-608. */
function probeOf(task: Task, { metrics }: AnalysisPlan, terminating: boolean): Probe {
  const { metric } = task
  const at = metrics.indexOf(metric)
  if (task.kind === 'new') return { kind: 'run', at, name: metric.name, because: 'ANA-606' }
  const kind = terminating ? 'terminate' : 'resume'
  return { kind, at, name: metric.name, measurement: task.measurement, because: 'ANA-608' }
}

/** ANA-609, ANA-610. A task whose probe brought nothing is left for the next pass. */
function resultsAfter(
  tasks: readonly Task[],
  { run, measured }: AnalysisWorld,
  plan: AnalysisPlan,
  now: EpochMs,
): readonly MetricResult[] {
  const results = new Map((run.status?.metricResults ?? []).map((each) => [each.name, each]))
  for (const { metric, kind } of tasks) {
    const found = measured?.get(metric.name)
    if (found === undefined) continue
    const { measurement, metadata = {} } = found
    const first = {
      name: metric.name,
      ...(plan.dryRun.has(metric.name) && { dryRun: true }),
      ...(Object.keys(metadata).length > 0 && { metadata }),
    }
    results.set(metric.name, recordMeasurement(results.get(metric.name), { first, kind, measurement }, now))
  }
  return [...results.values()]
}

function assess(world: AnalysisWorld, plan: AnalysisPlan, schedule: Schedule): Decision {
  const { run, collected } = world
  const { metrics, results, terminating, now } = schedule
  const isDryRun = ({ name }: Metric) => plan.dryRun.has(name)
  const terminate = run.spec.terminate === true
  const assessed = assessRun({ metrics, results, isDryRun, terminating, terminate, scoring: plan.scoring })
  const collections = collected === undefined ? collectionsDue(assessed.results, plan) : []
  if (collections.length > 0) return { writes: [], probes: collections, requeueAt: undefined }
  const status = statusAfter(run, { ...assessed, results: trimmed(assessed.results, plan, collected) }, now)
  const isDone = isCompleted(assessed.phase)
  const startedAt = parseTime(status.startedAt)
  return {
    writes: [...patchStatus(run, status, 'ANA-1001', assessed.score?.summary), ...eventsOf(run, assessed)],
    probes: [],
    requeueAt: isDone
      ? reconcileCompleted({ ...run, status }, now).requeueAt
      : nextDue({ ...schedule, startedAt, results: assessed.results }),
  }
}

/** ANA-1005: only some providers have anything outside the run. */
function collectionsDue(results: readonly MetricResult[], plan: AnalysisPlan): readonly Probe[] {
  return results.flatMap((result): readonly Probe[] => {
    const at = plan.metrics.findIndex(({ name }) => name === result.name)
    const metric = plan.metrics[at]
    const limit = retentionLimit(plan.retention.get(result.name))
    if (metric === undefined || !hasOutside(metric) || (result.measurements ?? []).length <= limit) return []
    return [{ kind: 'garbageCollect', at, name: result.name, limit, because: 'ANA-1005' }]
  })
}

/** What could not be cleared up stays listed. */
const trimmed = (
  results: readonly MetricResult[],
  { metrics, retention }: AnalysisPlan,
  collected: ReadonlySet<string> = new Set(),
): readonly MetricResult[] =>
  results.map((result) => {
    const metric = metrics.find(({ name }) => name === result.name)
    const isKept = metric === undefined || (hasOutside(metric) && !collected.has(result.name))
    return isKept ? result : keptMeasurements(result, retentionLimit(retention.get(result.name)))
  })

function statusAfter(run: AnalysisRun, assessed: AssessedRun, now: EpochMs): AnalysisRunStatus {
  const { message: messageBefore = '', ...before } = run.status ?? {}
  const { phase, results, runSummary, dryRunSummary } = assessed
  const isNew = phase !== before.phase
  const message = isNew ? assessed.message : messageBefore // ANA-807
  return {
    ...before,
    phase,
    ...(message !== '' && { message }),
    ...(results.length > 0 && { metricResults: results }),
    startedAt: before.startedAt ?? formatSeconds(now),
    ...(isNew && isCompleted(phase) && { completedAt: before.completedAt ?? formatSeconds(now) }),
    runSummary,
    dryRunSummary,
  }
}

/**
 * Bound to what it was decided from, unlike in the reference: two controllers that hand over may measure at once, and only one of them
 * is right (ANA-612, ANA-1001). What is refused is measured anew (ANA-1004).
 */
function patchStatus(
  run: AnalysisRun,
  status: AnalysisRunStatus,
  because: string,
  score?: number,
): readonly PatchWrite[] {
  const change = createMergePatch(run.status ?? {}, status)
  if (change === undefined) return []
  const ref = refTo(resources.analysisRuns, run)
  const summary = `Write status of AnalysisRun ${ref.name}: ${status.phase}`
  const noted = score !== undefined && { metadata: { annotations: { [annotations.score]: String(score) } } }
  const body = { ...noted, status: change }
  return [{ kind: 'patch', ref, patchType: 'merge', body, precondition: unchanged(run), because, summary }]
}

/** ANA-809. */
function eventsOf(run: AnalysisRun, { phase, completed }: AssessedRun): readonly Write[] {
  const metrics = completed.map((metric) =>
    event(run, `Metric${metric.phase}`, `Metric '${metric.name}' Completed. Result: ${metric.phase}`, metric.phase),
  )
  const isDone = phase !== run.status?.phase && isCompleted(phase)
  return isDone ? [...metrics, completionEvent(run, phase)] : metrics
}

const completionEvent = (run: AnalysisRun, phase: AnalysisPhase): EventWrite =>
  event(run, `AnalysisRun${phase}`, `Analysis Completed. Result: ${phase}`, phase)

const event = (run: AnalysisRun, reason: string, message: string, phase: AnalysisPhase): EventWrite => ({
  kind: 'event',
  regarding: run,
  type: phase === 'Error' || phase === 'Failed' ? 'Warning' : 'Normal',
  reason,
  message,
  because: 'ANA-809',
  summary: message,
})
