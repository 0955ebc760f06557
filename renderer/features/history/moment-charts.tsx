import type { RolloutDetailView } from '#contract/views.ts'
import { shownRuns } from '../../format/shown-runs.ts'
import { weightChanges } from '../../format/weight-changes.ts'
import { ChartTimes } from '../../marks/chart-time.tsx'
import { Tally } from '../../marks/measurement-mark.tsx'
import { MetricChart } from '../../marks/metric-chart.tsx'
import { useText } from '../../store/use-app.ts'

/** What had been measured by then (UI-HIST-3); nothing where no run measured numbers. */
export function MomentCharts({ page }: { readonly page: RolloutDetailView }) {
  const text = useText()
  return (
    <section className="panel moment-charts" aria-label={text('analysis.title')}>
      <div className="panel-head">
        <h2>{text('analysis.title')}</h2>
      </div>
      <div className="scroll" role="region" tabIndex={0} aria-label={text('analysis.metrics')}>
        {shownRuns(page.analysisRuns).map((run) => {
          const stables = new Set(run.metrics.flatMap(({ stableMetric }) => stableMetric ?? []))
          return (
            <ChartTimes key={run.name} changes={weightChanges(page, run)}>
              {run.metrics
                .filter(({ name }) => !stables.has(name))
                .map((metric) => {
                  const condition = metric.failureCondition ?? metric.successCondition
                  const rule = metric.failureCondition === undefined ? 'metric.passIf' : 'metric.failIf'
                  return (
                    <article key={metric.name} className="moment-chart">
                      <div className="row small">
                        <b className="cut">{metric.name}</b>
                        <span className="faint mono cut">{condition !== undefined && text(rule, { condition })}</span>
                        <span className="space" />
                        <Tally counts={metric.counts} sparse />
                      </div>
                      <MetricChart
                        metric={metric}
                        stable={run.metrics.find(({ name }) => name === metric.stableMetric)}
                      />
                    </article>
                  )
                })}
            </ChartTimes>
          )
        })}
      </div>
    </section>
  )
}
