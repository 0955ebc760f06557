import type { AnalysisRun, Measurement, Metric } from '#api/analysis.ts'
import type { Value } from '#engine/expr/values.ts'
import { isList, isNumber } from '#engine/expr/values.ts'
import { judge } from '#engine/judge/judge.ts'
import type { Look, MetricValues } from '#engine/judge/metric.ts'
import type { JudgeVerdict } from '#engine/judge/verdict.ts'
import type { Clock } from '#lib/clock.ts'
import { parseGoDuration } from '#lib/go-duration.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import { formatSeconds } from '#lib/rfc3339.ts'
import type { Measuring, QueryFailure, Reading } from '../provider.ts'
import { failed } from '../query.ts'
import type { JudgeDeclaration } from './declaration.ts'
import { verdictMetadata, verdictText } from './verdict-text.ts'

export interface Judged {
  readonly run: AnalysisRun
  readonly metric: Metric
  readonly clock: Clock
  readonly declaration: JudgeDeclaration
  /** The same metric with another query. */
  readonly measuring: (query: string | undefined) => Promise<Outcome<Measuring, string>>
}

type Read = () => Promise<Outcome<Reading, QueryFailure>>

/**
 * A metric that is judged against its baseline instead of by its conditions: the queries of both sides are asked, and their values
 * compared. Without enough data the measurement stays open, and looks again, a bounded number of times.
 */
export async function judgedMeasuring(judged: Judged): Promise<Outcome<Measuring, string>> {
  const { declaration, measuring } = judged
  const { baselineQuery, requests } = declaration
  const sides = await Promise.all(
    [undefined, baselineQuery, requests?.canary, requests?.baseline].map(async (query, at) =>
      at > 1 && query === undefined ? undefined : measuring(query),
    ),
  )
  const reads: Read[] = []
  for (const side of sides) {
    if (side === undefined) continue
    if (!side.ok) return side
    if (side.value.read === undefined)
      return failure(`argosy.dev/judge: ${judged.metric.name}: its provider gives no values to compare`)
    reads.push(side.value.read)
  }
  const [own] = sides
  const look = (begun: Measurement) => lookAt(judged, reads, begun)
  return success({
    metadata: own?.ok === true ? own.value.metadata : {},
    run: () => look({ phase: 'Running', startedAt: formatSeconds(judged.clock.now()) }),
    resume: look,
    terminate: (measurement) =>
      Promise.resolve({ ...measurement, phase: 'Inconclusive', finishedAt: formatSeconds(judged.clock.now()) }),
    garbageCollect: () => Promise.resolve(success(undefined)),
  })
}

async function lookAt(
  { run, metric, clock, declaration }: Judged,
  reads: readonly Read[],
  begun: Measurement,
): Promise<Measurement> {
  const { startedAt, metadata: before = {} } = begun
  const started = startedAt === undefined ? {} : { startedAt }
  const answers = await Promise.all(reads.map((read) => read()))
  const lists: (readonly number[])[] = []
  for (const answer of answers) {
    const values = answer.ok ? numbersOf(answer.value.result) : failure(answer.error.message)
    if (!values.ok) return failed(started, values.error, clock)
    lists.push(values.value)
  }
  const verdict = judge(
    valuesOf(metric.name, declaration, lists),
    declaration.config,
    nextLook(run, metric, declaration),
  )
  const extended = Number(before['judgeExtended'] ?? 0)
  const told = {
    ...started,
    value: verdictText(verdict),
    message: verdict.reason,
    metadata: verdictMetadata(verdict, lists, extended),
  }
  if (verdict.verdict === 'NotEnoughData' && extended < declaration.maxExtend)
    return {
      ...told,
      phase: 'Running',
      metadata: verdictMetadata(verdict, lists, extended + 1),
      resumeAt: formatSeconds(clock.now() + extensionMs(metric, declaration)),
    }
  // SCORE-1: what is muted is told, and decides nothing.
  const phase = declaration.muted ? 'Successful' : phases[verdict.verdict]
  return { ...told, phase, finishedAt: formatSeconds(clock.now()) }
}

const phases: Readonly<Record<JudgeVerdict['verdict'], 'Successful' | 'Failed' | 'Inconclusive'>> = {
  Pass: 'Successful',
  Fail: 'Failed',
  Inconclusive: 'Inconclusive',
  NotEnoughData: 'Inconclusive',
}

function valuesOf(
  name: string,
  { kind }: JudgeDeclaration,
  [canary = [], baseline = [], canaryRequests, baselineRequests]: readonly (readonly number[])[],
): MetricValues {
  const requests =
    canaryRequests === undefined || baselineRequests === undefined
      ? undefined
      : { canary: canaryRequests, baseline: baselineRequests }
  return { name, canary, baseline, ...(kind !== undefined && { kind }), ...(requests !== undefined && { requests }) }
}

function numbersOf(result: Value): Outcome<readonly number[], string> {
  if (result === null) return success([])
  if (isNumber(result)) return success([Number(result)])
  if (!isList(result)) return failure('the judge compares numbers, and the answer is none')
  const numbers = [...result].map((each) => (isNumber(each) ? Number(each) : undefined))
  return numbers.every((each) => each !== undefined)
    ? success(numbers)
    : failure('the judge compares lists of numbers, and the answer holds something else')
}

/** Every measurement that came to something was a look (JUDGE, repeated looks). */
function nextLook({ status }: AnalysisRun, { name }: Metric, { plannedLooks }: JudgeDeclaration): Look {
  const count = status?.metricResults?.find((each) => each.name === name)?.count ?? 0
  return { n: Math.min(count + 1, plannedLooks), planned: plannedLooks }
}

const extensionDefaultMs = 60_000

/** A step of the data more, or as long as the metric waits between measurements. */
function extensionMs({ interval = '' }: Metric, { config }: JudgeDeclaration): number {
  const wait = parseGoDuration(interval)
  if (wait.ok && wait.value > 0) return wait.value
  return config.stepSeconds === undefined ? extensionDefaultMs : config.stepSeconds * 1000
}
