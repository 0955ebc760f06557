import type { MetricView } from '#contract/analysis-views.ts'
import { failuresWords, paceWords, type Requirement, requirements } from '../../format/analysis-words.ts'
import { formatDuration } from '../../format/duration.ts'
import { useText } from '../../store/use-app.ts'
import { Button } from '../../ui/button.tsx'
import { Icon } from '../../ui/icon.tsx'
import type { IconName } from '../../ui/icon-names.ts'

/** What has to hold for a metric to pass, how it is measured, and its exact query. */
export function MetricFacts({ metric }: { readonly metric: MetricView }) {
  const text = useText()
  const { query, message, initialDelayMs } = metric
  return (
    <section className="panel side-panel" data-region aria-label={text('requires.title')}>
      <div className="panel-head">
        <h2>{text('requires.title')}</h2>
        <span className="sub cut">{failuresWords(text, metric)}</span>
      </div>
      <div className="side-body">
        {message !== '' && <p className="analysis-message">{message}</p>}
        <ul className="requirements">
          {requirements(text, metric).map((each) => (
            <Line key={each.words} requirement={each} />
          ))}
        </ul>
        <p className="faint small">
          {[
            paceWords(text, metric),
            initialDelayMs === undefined ? '' : text('metric.delay', { delay: formatDuration(initialDelayMs) }),
            metric.dryRun ? text('metric.dryRunWhy') : '',
          ]
            .filter(Boolean)
            .join(' · ')}
        </p>
        <Condition name={text('metric.success')} condition={metric.successCondition} />
        <Condition name={text('metric.failure')} condition={metric.failureCondition} />
        {query !== undefined && (
          <div className="side-block">
            <div className="row">
              <span className="form-label">{text('metric.query')}</span>
              <span className="space" />
              <Button
                small
                icon="copy"
                label={text('metric.copyQuery')}
                onPress={() => void navigator.clipboard.writeText(query)}
              />
            </div>
            <pre className="rule mono query-text" role="region" aria-label={text('metric.query')} tabIndex={0}>
              {query}
            </pre>
          </div>
        )}
      </div>
    </section>
  )
}

const marks: Readonly<Record<Requirement['state'], { readonly icon: IconName; readonly ink: string }>> = {
  met: { icon: 'check', ink: 'ink-healthy' },
  missed: { icon: 'x', ink: 'ink-degraded' },
  open: { icon: 'progressing', ink: 'ink-progressing' },
  notBegun: { icon: 'waiting', ink: 'faint' },
}

function Line({ requirement: { words, state } }: { readonly requirement: Requirement }) {
  const text = useText()
  const { icon, ink } = marks[state]
  return (
    <li className="row">
      <span className={ink}>
        <Icon name={icon} label={text(`requires.state.${state}`)} />
      </span>
      {words}
    </li>
  )
}

function Condition({ name, condition }: { readonly name: string; readonly condition: string | undefined }) {
  if (condition === undefined) return null
  return (
    <div className="side-block">
      <span className="form-label">{name}</span>
      <pre className="rule mono query-text" role="region" aria-label={name} tabIndex={0}>
        {condition}
      </pre>
    </div>
  )
}
