import { useState } from 'react'
import type { AnalysisRunView, MeasurementView, MetricView } from '#contract/analysis-views.ts'
import type { RolloutDetailView } from '#contract/views.ts'
import {
  failuresWords,
  isOver,
  kindWords,
  nextWords,
  readout,
  runTitle,
  runWarning,
  valueWords,
  whyNot,
} from '../../format/analysis-words.ts'
import { nearest } from '../../format/chart-scale.ts'
import { shownRuns } from '../../format/shown-runs.ts'
import { weightChanges } from '../../format/weight-changes.ts'
import { ChartTimes, useChartTime } from '../../marks/chart-time.tsx'
import { PhaseMark, Tally } from '../../marks/measurement-mark.tsx'
import { MetricChart } from '../../marks/metric-chart.tsx'
import { MetricTable } from '../../marks/metric-table.tsx'
import { analysisOf, hrefOf } from '../../store/route.ts'
import { useApp, useText, useTicking } from '../../store/use-app.ts'
import { Button } from '../../ui/button.tsx'
import { Icon } from '../../ui/icon.tsx'
import { useKeys } from '../../ui/use-keys.ts'

/** Of one run; the page of the analysis has all. */
const cardsMax = 6

/**
 * Is it good: what the runs measure that the update waits for, else the last one that did. Absent where nothing is analysed, and while
 * only an Experiment is.
 */
export function Analysis({ detail }: { readonly detail: RolloutDetailView }) {
  const app = useApp()
  const text = useText()
  const { view, analysisRuns } = detail
  const runs = shownRuns(analysisRuns)
  const [asTables, setAsTables] = useState(false)
  const open = () => app.goTo(hrefOf(analysisOf(view.key, runs[0]?.name)))
  const toggle = () => setAsTables(!asTables)
  useKeys(runs.length === 0 ? {} : { M: open, T: toggle })
  if (runs.length === 0 && (detail.experiment !== undefined || !isAnalysed(detail))) return null
  return (
    <section className="panel analysis" data-region aria-label={text('analysis.title')}>
      <div className="panel-head">
        <Icon name="chart" className="faint" />
        <h2>{text('analysis.title')}</h2>
        <span className="sub cut">{runs.length === 1 && runs[0] !== undefined ? runTitle(text, runs[0]) : ''}</span>
        <span className="space" />
        {runs.length > 0 && (
          <Button small label={text('analysis.tables')} hint="T" pressed={asTables} onPress={toggle} />
        )}
        {runs.length > 0 && <Button small label={text('analysis.open')} hint="M" onPress={open} />}
      </div>
      <div className="scroll analysis-body" role="region" tabIndex={0} aria-label={text('analysis.metrics')}>
        {runs.map((run) => (
          <ChartTimes key={run.name} changes={weightChanges(detail, run)}>
            <Run run={run} rolloutKey={view.key} asTables={asTables} />
          </ChartTimes>
        ))}
        {runs.length === 0 && <NoRuns detail={detail} />}
      </div>
    </section>
  )
}

const isAnalysed = ({ steps, view }: RolloutDetailView): boolean =>
  view.analysis !== undefined || steps.some(({ step }) => step.kind === 'analysis')

/** Nothing to show is not yet nothing that is measured. */
function NoRuns({ detail: { analysisState, steps } }: { readonly detail: RolloutDetailView }) {
  const text = useText()
  const next = steps.find(({ step, state }) => step.kind === 'analysis' && state === 'future')
  const words =
    analysisState === 'loading'
      ? text('analysis.loading')
      : analysisState === 'forbidden'
        ? text('analysis.forbidden')
        : next === undefined
          ? text('analysis.none')
          : text('analysis.beginsAt', { step: next.index + 1 })
  return (
    <p className="faint small analysis-none" role="status">
      {words}
    </p>
  )
}

interface RunProps {
  readonly run: AnalysisRunView
  readonly rolloutKey: string
  /** Instead of charts (UI-A11Y-6). */
  readonly asTables: boolean
}

function Run({ run, rolloutKey, asTables }: RunProps) {
  const text = useText()
  const stables = new Set(run.metrics.flatMap(({ stableMetric }) => stableMetric ?? []))
  const own = run.metrics.filter(({ name }) => !stables.has(name))
  const shown = cards(own)
  const warning = runWarning(text, run)
  const href = hrefOf(analysisOf(rolloutKey, run.name))
  return (
    <section className="analysis-run" aria-label={run.name}>
      <div className="analysis-run-head">
        <PhaseMark phase={run.phase} />
        <span className="dim">{kindWords(text, run)}</span>
        <a className="link mono cut" href={href} title={run.name}>
          {run.name}
        </a>
        {warning !== undefined && <span className={`ink-${warning.tone} small`}>{warning.words}</span>}
      </div>
      {run.message !== '' && (
        <p className="small analysis-message" title={run.message}>
          {run.message}
        </p>
      )}
      <ul className="metric-cards">
        {shown.map((metric) => (
          <MetricCard key={metric.name} metric={metric} run={run} rolloutKey={rolloutKey} asTables={asTables} />
        ))}
      </ul>
      {own.length > shown.length && (
        <a className="link small" href={href}>
          {text('analysis.more', { count: own.length - shown.length })}
        </a>
      )}
    </section>
  )
}

/** In their order, but those with something on them are not left out for others. */
function cards(metrics: readonly MetricView[]): readonly MetricView[] {
  if (metrics.length <= cardsMax) return metrics
  const hasIssue = ({ counts, phase }: MetricView) =>
    counts.failed + counts.error + counts.inconclusive > 0 || (isOver(phase) && phase !== 'Successful')
  const chosen = new Set([...metrics.filter(hasIssue), ...metrics].slice(0, 2 * metrics.length))
  const first = new Set([...chosen].slice(0, cardsMax))
  return metrics.filter((metric) => first.has(metric))
}

interface MetricCardProps extends RunProps {
  readonly metric: MetricView
}

function MetricCard({ metric, run, rolloutKey, asTables }: MetricCardProps) {
  const text = useText()
  const stable = run.metrics.find(({ name }) => name === metric.stableMetric)
  const last = metric.measurements.at(-1)
  const condition = metric.failureCondition ?? metric.successCondition
  const hasNumbers = metric.measurements.some(({ numbers }) => numbers.some((each) => each !== null))
  const words =
    condition === undefined
      ? ''
      : text(metric.failureCondition === undefined ? 'metric.passIf' : 'metric.failIf', { condition })
  return (
    <li className="metric-card">
      <div className="metric-head">
        <a className="strong cut" href={hrefOf(analysisOf(rolloutKey, run.name, metric.name))} title={metric.name}>
          {metric.name}
        </a>
        <span className="faint small cut">
          {[metric.provider, metric.dryRun ? text('metric.dryRun') : ''].filter(Boolean).join(', ')}
        </span>
        <span className="space" />
        <Tally counts={metric.counts} />
      </div>
      <div className="metric-condition mono cut optional" title={words}>
        {words}
      </div>
      {asTables && last !== undefined ? (
        <MetricTable metric={metric} />
      ) : hasNumbers ? (
        <MetricChart metric={metric} stable={stable} />
      ) : (
        <NoChart metric={metric} last={last} />
      )}
      <MetricFoot metric={metric} />
    </li>
  )
}

function NoChart({ metric, last }: { readonly metric: MetricView; readonly last: MeasurementView | undefined }) {
  const text = useText()
  const value = last === undefined ? '' : valueWords(last)
  const words =
    last === undefined
      ? text(
          isOver(metric.phase)
            ? 'measure.neverTaken'
            : metric.phase === 'Pending'
              ? 'measure.notBegun'
              : 'measure.noData',
        )
      : value === ''
        ? text('measure.noValue')
        : text('measure.noNumber', { value })
  return (
    <p className="metric-empty hatch faint small" title={words}>
      <span>{words}</span>
    </p>
  )
}

/** The worst there is to say of it now: why the last one did not pass, else how many may fail; and when it goes on. */
function MetricFoot({ metric }: { readonly metric: MetricView }) {
  const text = useText()
  const { at } = useChartTime()
  const under = at === undefined ? undefined : nearest(metric.measurements, at)
  const last = metric.measurements.at(-1)
  const why = last === undefined ? undefined : whyNot(text, metric, last)
  const next = useTicking((now) => nextWords(text, metric, now))
  const failures = failuresWords(text, metric)
  const full = why !== undefined && last?.phase === 'Failed' ? text('measure.andLimit', { why, limit: failures }) : why
  const tone = last?.phase === 'Inconclusive' ? 'inconclusive' : 'degraded'
  if (under !== undefined) return <p className="metric-foot small num cut">{readout(text, under)}</p>
  return (
    <div className="metric-foot small">
      {full === undefined ? (
        <span className="dim cut">{failures}</span>
      ) : (
        <span className={`ink-${tone} cut`} title={full}>
          {full}
        </span>
      )}
      <span className="space" />
      <span className="faint num">{next}</span>
    </div>
  )
}
