import { useMemo, useRef } from 'react'
import type { AnalysisRunView, MetricView } from '#contract/analysis-views.ts'
import type { RolloutDetailView, RolloutView } from '#contract/views.ts'
import { kindWords, runTitle, runWarning } from '../../format/analysis-words.ts'
import { failureWords } from '../../format/failure-words.ts'
import { weightChanges } from '../../format/weight-changes.ts'
import { PhaseMark } from '../../marks/measurement-mark.tsx'
import { analysisOf, hrefOf, type Route } from '../../store/route.ts'
import { beginAction } from '../../store/send-action.ts'
import { type Loaded, useApp, useRolloutDetail, useText } from '../../store/use-app.ts'
import { Button } from '../../ui/button.tsx'
import { Icon } from '../../ui/icon.tsx'
import { Message } from '../../ui/message.tsx'
import { useKeys } from '../../ui/use-keys.ts'
import { BackTestButton } from './back-test-button.tsx'
import { MetricFacts } from './metric-facts.tsx'
import { MetricPanel } from './metric-panel.tsx'
import { Playground } from './playground.tsx'
import { RunFacts } from './run-facts.tsx'
import { RunList } from './run-list.tsx'
import { TerminateButton } from './terminate-button.tsx'
import './analysis.css'

interface AnalysisPageProps {
  readonly route: Route & { readonly page: 'analysis' }
}

/** One AnalysisRun of a rollout in full: each metric with its chart, its measurements, its conditions and what they would say. */
export default function AnalysisPage({ route }: AnalysisPageProps) {
  const app = useApp()
  const text = useText()
  const loaded = useRolloutDetail(route.key)
  const { key } = route
  const detail = loaded.state === 'there' ? loaded.value : undefined
  const run =
    detail?.analysisRuns.find(({ name }) => name === route.run) ??
    (route.run === undefined ? detail?.analysisRuns[0] : undefined)
  const back = () => app.goTo(hrefOf(key === undefined ? { page: 'fleet' } : { page: 'rollout', key }))
  if (key !== undefined && detail !== undefined && run !== undefined)
    return <Run detail={detail} run={run} metricName={route.metric} />
  if (loaded.state === 'loading' && key !== undefined) return <p className="loading faint">{text('load.label')}</p>
  return (
    <Message
      icon="chart"
      title={text('analysis.noRun')}
      choices={
        <>
          <Button kind="primary" icon="route" label={text('analysis.toRollout')} onPress={back} />
          {detail !== undefined && <BackTestButton rolloutKey={detail.view.key} />}
        </>
      }
    >
      <p>{absenceWords(text, loaded, route.run)}</p>
    </Message>
  )
}

function absenceWords(
  text: ReturnType<typeof useText>,
  loaded: Loaded<RolloutDetailView>,
  run: string | undefined,
): string {
  if (loaded.state === 'failed')
    return loaded.failure.kind === 'Bridge' ? loaded.failure.message : failureWords(text, loaded.failure)
  if (loaded.state === 'there' && loaded.value.analysisState !== 'read')
    return text(loaded.value.analysisState === 'loading' ? 'analysis.loading' : 'analysis.forbidden')
  return run === undefined ? text('analysis.none') : text('analysis.runGone', { name: run })
}

interface RunProps {
  readonly detail: RolloutDetailView
  readonly run: AnalysisRunView
  readonly metricName: string | undefined
}

function Run({ detail, run, metricName }: RunProps) {
  const app = useApp()
  const table = useRef<HTMLDivElement>(null)
  const { key } = detail.view
  const changes = useMemo(() => weightChanges(detail, run), [detail, run])
  const metric = run.metrics.find(({ name }) => name === metricName) ?? run.metrics[0]
  const step = (by: 1 | -1) => () => {
    const at = run.metrics.indexOf(metric as MetricView)
    const next = run.metrics.at((at + by) % run.metrics.length)
    if (next !== undefined) app.goTo(hrefOf(analysisOf(key, run.name, next.name)))
  }
  const rerun = () => beginAction(app, 'rerunAnalysis', [key], { run: run.name })
  useKeys({ J: step(1), K: step(-1), T: () => table.current?.focus(), Y: rerun })
  return (
    <div className="analysis-page">
      <RunHead view={detail.view} run={run} onRerun={rerun} />
      <div className="analysis-columns">
        <RunList rolloutKey={key} runs={detail.analysisRuns} run={run} metric={metric} />
        <div className="analysis-main">
          <div className="analysis-centre">
            {metric !== undefined && <MetricPanel run={run} metric={metric} changes={changes} table={table} />}
          </div>
          <div className="analysis-side scroll" role="region" tabIndex={0} aria-label={run.name}>
            {metric !== undefined && <MetricFacts metric={metric} />}
            {metric !== undefined && (
              <Playground key={`${run.name} ${metric.name}`} rolloutKey={key} run={run} metric={metric} />
            )}
            <RunFacts run={run} detail={detail} />
          </div>
        </div>
      </div>
    </div>
  )
}

interface RunHeadProps {
  readonly view: RolloutView
  readonly run: AnalysisRunView
  readonly onRerun: () => void
}

function RunHead({ view, run, onRerun }: RunHeadProps) {
  const text = useText()
  const availability = view.actions.rerunAnalysis
  const warning = runWarning(text, run)
  return (
    <section className="analysis-head" data-region>
      <div className="head-line">
        <a className="link" href="#/fleet">
          {text('nav.fleet')}
        </a>
        <Icon name="chev-r" className="faint" />
        <a className="link cut" href={hrefOf({ page: 'rollout', key: view.key })}>
          {view.name}
        </a>
        <Icon name="chev-r" className="faint" />
        <h1 className="cut">{runTitle(text, run)}</h1>
        <PhaseMark phase={run.phase} />
        {warning !== undefined && <span className={`ink-${warning.tone} small wide-only`}>{warning.words}</span>}
        <span className="chip wide-only">{kindWords(text, run)}</span>
        <span className="chip cut">{view.context}</span>
        <span className="space" />
        <BackTestButton rolloutKey={view.key} small />
        <Button
          small
          icon="chart"
          hint="Y"
          label={text('action.asks', { action: text('action.rerunAnalysis') })}
          offBecause={availability.open ? undefined : availability.reason}
          onPress={onRerun}
        />
        <TerminateButton view={view} run={run} />
      </div>
      {run.message !== '' && <p className="analysis-message">{run.message}</p>}
    </section>
  )
}
