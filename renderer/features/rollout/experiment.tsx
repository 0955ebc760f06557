import type { AnalysisRunView } from '#contract/analysis-views.ts'
import type { ExperimentAnalysisView, ExperimentTemplateView, ExperimentView } from '#contract/experiment-views.ts'
import type { RolloutDetailView, RolloutView } from '#contract/views.ts'
import { isOver } from '../../format/analysis-words.ts'
import { formatDuration } from '../../format/duration.ts'
import { templateIcons, templateTones } from '../../format/experiment-words.ts'
import type { Text } from '../../format/text.ts'
import { actionIcons, actionKeys } from '../../marks/action-button.tsx'
import { TimeLeft } from '../../marks/ages.tsx'
import { PhaseMark } from '../../marks/measurement-mark.tsx'
import { analysisOf, hrefOf } from '../../store/route.ts'
import { beginAction } from '../../store/send-action.ts'
import { useApp, useText } from '../../store/use-app.ts'
import { Button } from '../../ui/button.tsx'
import { Icon } from '../../ui/icon.tsx'
import { useKeys } from '../../ui/use-keys.ts'

/** What is tried beside the update: the Experiment it waits for, else the last one of it. Absent where there is none. */
export function Experiment({ detail }: { readonly detail: RolloutDetailView }) {
  const text = useText()
  const { experiment, steps, view } = detail
  const isAtStep = steps.some(({ step, state }) => step.kind === 'experiment' && state === 'current')
  if (experiment === undefined && !isAtStep) return null
  const step = experiment?.stepIndex
  return (
    <section className="panel experiment" data-region aria-label={text('experiment.title')}>
      <div className="panel-head">
        <h2>{text('experiment.title')}</h2>
        {step !== undefined && <span className="sub">{text('analysis.kind.stepOf', { step: step + 1 })}</span>}
        {experiment !== undefined && <Ends experiment={experiment} />}
        <span className="space" />
        {experiment !== undefined && <Terminate view={view} experiment={experiment} />}
      </div>
      {experiment === undefined ? (
        <p className="faint small experiment-none" role="status">
          {text(detail.experimentState === 'read' ? 'experiment.none' : `experiment.${detail.experimentState}`)}
        </p>
      ) : (
        <Body experiment={experiment} detail={detail} />
      )}
    </section>
  )
}

/** How long it goes on. */
function Ends({ experiment: { endsAt, durationMs, phase, terminating } }: { readonly experiment: ExperimentView }) {
  const text = useText()
  if (isOver(phase)) return null
  const words = terminating
    ? text('experiment.ending')
    : durationMs === undefined
      ? text('experiment.noDuration')
      : text('experiment.duration', { time: formatDuration(durationMs) })
  return <span className="sub cut">{endsAt === undefined || terminating ? words : <TimeLeft until={endsAt} />}</span>
}

function Terminate({ view, experiment }: { readonly view: RolloutView; readonly experiment: ExperimentView }) {
  const app = useApp()
  const text = useText()
  const availability = view.actions.terminateExperiment
  const off = availability.open ? experiment.terminateOff : availability.reason
  const terminate = () => beginAction(app, 'terminateExperiment', [view.key], { experiment: experiment.name })
  useKeys({ E: off === undefined && !app.isPast ? terminate : undefined })
  if (isOver(experiment.phase) || app.isPast) return null
  return (
    <Button
      small
      kind="danger"
      icon={actionIcons.terminateExperiment}
      label={text('action.asks', { action: text('action.terminate') })}
      hint={actionKeys.terminateExperiment}
      offBecause={off}
      onPress={terminate}
    />
  )
}

interface BodyProps {
  readonly experiment: ExperimentView
  readonly detail: RolloutDetailView
}

function Body({ experiment, detail: { view, analysisRuns } }: BodyProps) {
  const text = useText()
  const { name, phase, message, templates, analyses } = experiment
  return (
    <div className="scroll experiment-body" role="region" tabIndex={0} aria-label={name}>
      <div className="analysis-run-head">
        <PhaseMark phase={phase} />
        <span className="mono cut" title={name}>
          {name}
        </span>
      </div>
      {message !== '' && (
        <p className="small analysis-message" title={message}>
          {message}
        </p>
      )}
      <h3 className="faint optional">{text('experiment.templates')}</h3>
      <ul className="experiment-parts" aria-label={text('experiment.templates')}>
        {templates.map((template) => (
          <Template key={template.name} template={template} told={message} />
        ))}
      </ul>
      {analyses.length > 0 && <h3 className="faint optional">{text('analysis.title')}</h3>}
      {analyses.length > 0 && (
        <ul className="experiment-parts" aria-label={text('analysis.title')}>
          {analyses.map((analysis) => (
            <Analysis
              key={analysis.name}
              analysis={analysis}
              run={analysisRuns.find((run) => run.name === analysis.run)}
              view={view}
              told={message}
            />
          ))}
        </ul>
      )}
    </div>
  )
}

function Template({ template, told }: { readonly template: ExperimentTemplateView; readonly told: string }) {
  const text = useText()
  const { name, state, message, images } = template
  const image = images.join(', ')
  return (
    <li>
      <b className="cut" title={name}>
        {name}
      </b>
      <span className={`status ink-${templateTones[state]}`}>
        <Icon name={templateIcons[state]} className={state === 'Progressing' ? 'spin' : ''} />
        <span>{text(`template.${state}`)}</span>
      </span>
      <span className="dim num">{podWords(text, template)}</span>
      <span className="mono dim cut" title={image}>
        {image}
      </span>
      {message !== '' && message !== told && <p className="small analysis-message">{message}</p>}
    </li>
  )
}

/** Nothing of those that are gone. */
function podWords(text: Text, { ready, desired }: ExperimentTemplateView): string {
  if (desired > 0) return text('pods.ready', { ready, count: desired })
  return ready === 0 ? '' : text('experiment.podsLeft', { count: ready })
}

interface AnalysisProps {
  /** The message of the Experiment, which often is that of what failed in it. */
  readonly told: string
  readonly analysis: ExperimentAnalysisView
  /** Where it can be read; only then it has a page. */
  readonly run: AnalysisRunView | undefined
  readonly view: RolloutView
}

function Analysis({ analysis, run, view, told }: AnalysisProps) {
  const text = useText()
  const { name, phase, message, required, run: runName } = analysis
  return (
    <li>
      <b className="cut" title={name}>
        {name}
      </b>
      <PhaseMark phase={runName === undefined ? 'Pending' : phase} />
      <span className="dim">{required ? text('experiment.required') : ''}</span>
      {run === undefined ? (
        <span className="faint cut" title={runName}>
          {runName ?? text('experiment.noRun')}
        </span>
      ) : (
        <a className="link mono cut" href={hrefOf(analysisOf(view.key, run.name))} title={run.name}>
          {run.name}
        </a>
      )}
      {message !== '' && message !== told && <p className="small analysis-message">{message}</p>}
    </li>
  )
}
