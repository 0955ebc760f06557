import type {
  AnalysisPhaseView,
  AnalysisRunView,
  MeasurementView,
  MetricView,
  RunUnderWay,
  ThresholdView,
} from '#contract/analysis-views.ts'
import type { EpochMs } from '#lib/clock.ts'
import type { IconName } from '../ui/icon-names.ts'
import { formatTime } from './clock-time.ts'
import { formatClockSpan, formatDuration } from './duration.ts'
import { formatNumber } from './number-words.ts'
import type { StatusTone } from './status-words.ts'
import type { Text } from './text.ts'

const tones: Readonly<Record<AnalysisPhaseView, StatusTone>> = {
  Successful: 'healthy',
  Failed: 'degraded',
  Error: 'degraded',
  Inconclusive: 'inconclusive',
  Running: 'progressing',
  Pending: 'unknown',
  Unknown: 'unknown',
}

const icons: Readonly<Record<AnalysisPhaseView, IconName>> = {
  Successful: 'healthy',
  Failed: 'degraded',
  Error: 'warn',
  Inconclusive: 'inconclusive',
  Running: 'progressing',
  Pending: 'waiting',
  Unknown: 'unknown',
}

export const phaseTone = (phase: AnalysisPhaseView): StatusTone => tones[phase]
export const phaseIcon = (phase: AnalysisPhaseView): IconName => icons[phase]
export const phaseWord = (text: Text, phase: AnalysisPhaseView): string => text(`phase.${phase}`)

export const isOver = (phase: AnalysisPhaseView): boolean =>
  phase === 'Successful' || phase === 'Failed' || phase === 'Error' || phase === 'Inconclusive'

/** Measurements of all metrics by what came of them. */
export const tallyOf = (runs: readonly Pick<AnalysisRunView, 'metrics'>[]) => {
  const metrics = runs.flatMap((run) => run.metrics)
  const sum = (of: (metric: MetricView) => number) => metrics.reduce((total, metric) => total + of(metric), 0)
  return {
    passed: sum(({ counts }) => counts.successful),
    failed: sum(({ counts }) => counts.failed),
    inconclusive: sum(({ counts }) => counts.inconclusive),
    errors: sum(({ counts }) => counts.error),
  }
}

type Issue = 'failures' | 'errors' | 'inconclusive' | 'several'

function issueOf(run: AnalysisRunView): Issue | undefined {
  const { failed, errors, inconclusive } = tallyOf([run])
  const there = (['failures', 'errors', 'inconclusive'] as const).filter(
    (_, index) => ([failed, errors, inconclusive][index] ?? 0) > 0,
  )
  return there.length > 1 ? 'several' : there[0]
}

/** VIEW-192. */
export function runTitle(text: Text, run: AnalysisRunView): string {
  const issue = run.phase === 'Successful' ? issueOf(run) : undefined
  return issue === undefined ? text(`analysis.title.${run.phase}`) : text(`analysis.passedWith.${issue}`)
}

/** VIEW-191: what a run that goes on, or has passed, has on it; only failures are worse than a warning. */
export function runWarning(text: Text, run: AnalysisRunView): { tone: StatusTone; words: string } | undefined {
  if (run.phase !== 'Running' && run.phase !== 'Successful') return undefined
  const { failed, errors, inconclusive } = tallyOf([run])
  if (failed > 0) return { tone: 'degraded', words: text('analysis.has.failed', { count: failed }) }
  if (errors > 0) return { tone: 'paused', words: text('analysis.has.errors', { count: errors }) }
  return inconclusive > 0
    ? { tone: 'paused', words: text('analysis.has.inconclusive', { count: inconclusive }) }
    : undefined
}

/** What a run is for: `Step 3`, `Background`. */
export const kindWords = (text: Text, run: Pick<AnalysisRunView, 'kind' | 'stepIndex' | 'rerunOf'>): string =>
  run.rerunOf !== undefined
    ? text('analysis.kind.rerun')
    : run.kind === 'Step' && run.stepIndex !== undefined
      ? text('analysis.kind.stepOf', { step: run.stepIndex + 1 })
      : text(`analysis.kind.${run.kind}`)

export const underWayWords = (text: Text, { kind, phase }: RunUnderWay): string =>
  text('analysis.underWay', { kind: text(`analysis.kind.${kind}`), phase: phaseWord(text, phase) })

const comparators = { above: ['>', '≥'], below: ['<', '≤'] } as const

/** `≥ 0.95`: where numbers are good. */
export const thresholdWords = ({ good, inclusive, value }: ThresholdView, words = formatNumber): string =>
  `${comparators[good][inclusive ? 1 : 0]} ${words(value)}`

/** A number is on the bad side of a line. */
export function isBeyond({ good, inclusive, value }: ThresholdView, number: number): boolean {
  if (number === value) return !inclusive
  return good === 'above' ? number < value : number > value
}

/** What the last measurement gave, short; its text where it is no number. */
export function valueWords({ numbers, value }: MeasurementView): string {
  const known = numbers.filter((each) => each !== null)
  return known.length > 0 ? known.map(formatNumber).join(' · ') : value
}

/** Why a measurement did not pass, the value with its limit (UI-COPY-4); `undefined` for one that did. */
export function whyNot(text: Text, metric: MetricView, measurement: MeasurementView): string | undefined {
  const { phase, numbers, message } = measurement
  if (phase === 'Error') return text('measure.error', { message: message === '' ? '–' : message })
  if (phase !== 'Failed' && phase !== 'Inconclusive') return undefined
  const from = phase === 'Failed' ? undefined : 'success'
  const crossed = metric.thresholds
    .filter((line) => from === undefined || line.from === from)
    .flatMap((line) => numbersOn(metric, line, numbers).flatMap((n) => (isBeyond(line, n) ? [{ line, n }] : [])))
  const [first] = crossed.filter(({ line }) => line.from === 'failure').concat(crossed)
  if (first !== undefined) {
    // Rounded, both may look the same.
    const words = formatNumber(first.n) === formatNumber(first.line.value) ? String : formatNumber
    return text(phase === 'Failed' ? 'measure.failedBy' : 'measure.inconclusiveBy', {
      value: words(first.n),
      limit: thresholdWords(first.line, words),
    })
  }
  const value = valueWords(measurement)
  return text(phase === 'Failed' ? 'measure.failed' : 'measure.inconclusive', { value: value === '' ? '–' : value })
}

const numbersOn = ({ series }: MetricView, { key }: ThresholdView, numbers: MeasurementView['numbers']) =>
  numbers.filter((each, index): each is number => each !== null && (key === undefined || isOf(series[index]?.key, key)))

const isOf = (series: string | undefined, key: string): boolean => series === key || series === ''

/** `failure 1 of 2 allowed`; without a limit only the number. */
export function failuresWords(text: Text, { counts: { failed }, limits: { failure } }: MetricView): string {
  return text(failure < 0 ? 'measure.failuresUnlimited' : 'measure.failures', { failed, count: failure })
}

/** When it is measured next, or why it is not. */
export function nextWords(text: Text, metric: MetricView, now: EpochMs): string {
  if (isOver(metric.phase)) return text('measure.ended')
  if (metric.nextAt === undefined) return text('measure.noneAhead')
  const time = formatClockSpan(metric.nextAt - now, 'up')
  if (metric.nextAt <= now) return text('measure.due')
  return text(metric.measurements.length === 0 ? 'measure.firstIn' : 'measure.nextIn', { time })
}

/** How often and how many times. */
export function paceWords(text: Text, { intervalMs, count }: MetricView): string {
  const every = intervalMs === undefined ? undefined : formatDuration(intervalMs)
  if (every === undefined) return text('metric.times', { count: count ?? 1 })
  return count === undefined ? text('metric.every', { every }) : text('metric.everyTimes', { every, count })
}

/** UI-A11Y-6: what a chart shows, in a sentence. */
export function chartWords(text: Text, metric: MetricView, stable?: MetricView): string {
  const last = metric.measurements.at(-1)
  const { successful, failed, inconclusive, error } = metric.counts
  const limit = metric.thresholds.map((line) => thresholdWords(line)).join(', ')
  const other = stable?.measurements.at(-1)
  return text('chart.name', {
    name: metric.name,
    last: last === undefined ? '–' : valueWords(last) || '–',
    stable: other === undefined ? '' : text('chart.stable', { value: valueWords(other) }),
    limit: limit === '' ? text('chart.noLimit') : limit,
    successful,
    failed,
    inconclusive,
    error,
  })
}

export interface Requirement {
  readonly words: string
  readonly state: 'met' | 'missed' | 'open' | 'notBegun'
}

/** VIEW-199: what has to hold for a metric to pass, and whether it did. */
export function requirements(text: Text, metric: MetricView): readonly Requirement[] {
  const { limits, counts } = metric
  const state = (isMet: boolean, isMissed: boolean): Requirement['state'] =>
    isOver(metric.phase)
      ? isMet
        ? 'met'
        : 'missed'
      : isMissed
        ? 'missed'
        : metric.measurements.length === 0
          ? 'notBegun'
          : 'open'
  const atMost = (
    kind: 'failures' | 'errors' | 'inconclusive',
    limit: number,
    count: number,
  ): readonly Requirement[] =>
    limit < 0
      ? []
      : [
          {
            words: limit === 0 ? text(`requires.no.${kind}`) : text(`requires.fewer.${kind}`, { count: limit + 1 }),
            state: state(count <= limit, count > limit),
          },
        ]
  const { consecutiveSuccess: wanted } = limits
  return [
    ...(wanted > 0
      ? [
          {
            words: text('requires.successes', { count: wanted }),
            state: state(counts.consecutiveSuccess >= wanted, false),
          },
        ]
      : []),
    ...atMost('failures', limits.failure, counts.failed),
    ...atMost('errors', limits.consecutiveError, counts.consecutiveError),
    ...atMost('inconclusive', limits.inconclusive, counts.inconclusive),
  ]
}

/** A measurement in a line: when, what and how good. */
export const readout = (text: Text, measurement: MeasurementView): string =>
  text('chart.readout', {
    time: formatTime(measurement.at),
    value: valueWords(measurement) || '–',
    phase: phaseWord(text, measurement.phase),
  })
