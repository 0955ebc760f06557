import type { AnalysisRunView } from '#contract/analysis-views.ts'
import type { RolloutDetailView } from '#contract/views.ts'
import { formatMoment } from '../../format/clock-time.ts'
import { formatClockSpan } from '../../format/duration.ts'
import { useLocale, useText, useTicking } from '../../store/use-app.ts'

/** VIEW-193: version, revision, run time; and the arguments of a run. */
export function RunFacts({ run, detail }: { readonly run: AnalysisRunView; readonly detail: RolloutDetailView }) {
  const text = useText()
  const locale = useLocale()
  const revision = detail.revisions.find((each) => each.revision === run.revision)
  const end = run.completedAt
  const took = useTicking((now) => formatClockSpan((end ?? now) - (run.startedAt ?? run.createdAt)))
  const facts = [
    [text('analysis.name'), run.name],
    [text('fact.version'), revision?.images.join(', ') ?? revision?.version ?? '–'],
    [text('analysis.revision'), run.revision === undefined ? '–' : String(run.revision)],
    [text('history.started'), formatMoment(run.startedAt ?? run.createdAt, locale)],
    [text('analysis.ran'), end === undefined ? text('analysis.soFar', { time: took }) : took],
    ...(run.score === undefined ? [] : [[text('analysis.score'), String(run.score)]]),
    ...(run.rerunOf === undefined ? [] : [[text('analysis.rerunOf'), run.rerunOf]]),
  ] as const
  return (
    <section className="panel side-panel" data-region aria-label={text('analysis.run')}>
      <div className="panel-head">
        <h2>{text('analysis.run')}</h2>
      </div>
      <div className="side-body">
        <dl className="run-facts">
          {facts.map(([name = '', value = '']) => (
            <div key={name}>
              <dt className="faint">{name}</dt>
              <dd className="num">{value}</dd>
            </div>
          ))}
        </dl>
        {run.args.length > 0 && <h3 className="form-label">{text('analysis.args')}</h3>}
        <dl className="run-facts">
          {run.args.map(({ name, value, source }) => (
            <div key={name}>
              <dt className="faint mono">{name}</dt>
              <dd className="mono">
                {value ?? '–'}
                {source !== undefined && <span className="faint">{` ${text('analysis.argFrom', { source })}`}</span>}
              </dd>
            </div>
          ))}
        </dl>
      </div>
    </section>
  )
}
