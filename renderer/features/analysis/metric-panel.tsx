import type { RefObject } from 'react'
import type { AnalysisRunView, MetricView } from '#contract/analysis-views.ts'
import { chartWords, isOver, nextWords } from '../../format/analysis-words.ts'
import type { WeightChange } from '../../format/weight-changes.ts'
import { Tally } from '../../marks/measurement-mark.tsx'
import { useText, useTicking } from '../../store/use-app.ts'
import { BigChart } from './big-chart.tsx'
import { Measurements } from './measurements.tsx'

interface MetricPanelProps {
  readonly run: AnalysisRunView
  readonly metric: MetricView
  readonly changes: readonly WeightChange[]
  readonly table: RefObject<HTMLDivElement | null>
}

export function MetricPanel({ run, metric, changes, table }: MetricPanelProps) {
  const text = useText()
  const stable = run.metrics.find(({ name }) => name === metric.stableMetric)
  const hasNumbers = metric.measurements.some(({ numbers }) => numbers.some((each) => each !== null))
  const next = useTicking((now) => nextWords(text, metric, now))
  return (
    <>
      <section className="panel big-chart-panel" data-region aria-label={metric.name}>
        <div className="panel-head">
          <h2 className="cut" title={metric.name}>
            {metric.name}
          </h2>
          <span className="sub cut">
            {[metric.provider, metric.dryRun ? text('metric.dryRun') : ''].filter(Boolean).join(', ')}
          </span>
          <span className="space" />
          <Tally counts={metric.counts} />
          <span className="faint small num plain">{next}</span>
        </div>
        {hasNumbers ? (
          <div className="big-chart-place" role="img" aria-label={chartWords(text, metric, stable)}>
            <BigChart metric={metric} stable={stable} changes={changes} />
          </div>
        ) : (
          <p className="metric-empty hatch faint">
            <span>{text(emptiness(metric))}</span>
          </p>
        )}
      </section>
      <Measurements metric={metric} table={table} />
    </>
  )
}

/** VIEW-194. */
function emptiness({ measurements, phase }: MetricView) {
  if (measurements.length > 0) return 'measure.cannotDraw' as const
  if (isOver(phase)) return 'measure.neverTaken' as const
  return phase === 'Pending' ? ('measure.notBegun' as const) : ('measure.noData' as const)
}
