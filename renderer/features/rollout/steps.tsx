import type { AnalysisRunView } from '#contract/analysis-views.ts'
import type { ForecastPathView, RolloutDetailView, StepView } from '#contract/views.ts'
import type { EpochMs } from '#lib/clock.ts'
import { phaseIcon, phaseTone, phaseWord, tallyOf } from '../../format/analysis-words.ts'
import { formatTime } from '../../format/clock-time.ts'
import { formatClockSpan } from '../../format/duration.ts'
import { comingTime, expectedEnd, expectedStep, isAtRest } from '../../format/forecast-words.ts'
import { stepWords } from '../../format/step-words.ts'
import { analysisOf, hrefOf } from '../../store/route.ts'
import { useLocale, useText, useTicking } from '../../store/use-app.ts'
import { Icon } from '../../ui/icon.tsx'
import type { IconName } from '../../ui/icon-names.ts'

/** How far: done steps with the time they took, the present one counting down, the rest in order. */
export function Steps({ detail }: { readonly detail: RolloutDetailView }) {
  const text = useText()
  const { steps, forecast, background } = detail
  const path = forecast.state === 'foreseen' && !isAtRest(forecast) ? forecast : undefined
  return (
    <section className="panel steps-panel" data-region aria-label={text('steps.title')}>
      <div className="panel-head">
        <h2>{text('steps.title')}</h2>
        <span className="sub cut">{text(path === undefined ? 'steps.sub' : 'steps.subForecast')}</span>
      </div>
      {steps.length === 0 ? (
        <p className="faint small steps-none">{text('steps.none')}</p>
      ) : (
        <div className="scroll" role="region" aria-label={text('steps.title')} tabIndex={0}>
          <Aborted detail={detail} />
          <ol className="steps">
            {steps.map((step) => (
              <Step
                key={step.index}
                step={step}
                path={path}
                run={runOf(step, detail)}
                isWatched={background !== undefined && step.index >= background.startingStep}
              />
            ))}
            <LastStep detail={detail} path={path} />
          </ol>
          <Background detail={detail} />
        </div>
      )}
    </section>
  )
}

/** An abort resets the step of the Rollout, so the place is known only from events, and may not be. */
function Aborted({ detail: { view, steps } }: { readonly detail: RolloutDetailView }) {
  const text = useText()
  if (view.status !== 'Aborted' || steps.some(({ state }) => state === 'failed')) return null
  const isAtEnd = steps.every(({ state }) => state === 'done')
  return (
    <p className="steps-aborted small ink-degraded">
      {text(isAtEnd ? 'steps.abortedAtEnd' : 'steps.abortedSomewhere')}
    </p>
  )
}

const marks: Partial<Record<StepView['state'], IconName>> = { done: 'check', failed: 'x', skipped: 'skip' }

/** The run of an analysis step, of this revision. */
const runOf = ({ index }: StepView, { view, analysisRuns }: RolloutDetailView): AnalysisRunView | undefined =>
  analysisRuns.find(
    ({ kind, stepIndex, revision }) => kind === 'Step' && stepIndex === index && revision === view.revision,
  )

interface StepProps {
  readonly step: StepView
  /** What is ahead, unless nothing is. */
  readonly path: ForecastPathView | undefined
}

const isPause = ({ step }: StepView): boolean =>
  step.kind === 'pause' || (step.kind === 'blueGreen' && step.text === 'pause')

interface MeasuredStepProps extends StepProps {
  readonly run: AnalysisRunView | undefined
  /** By the background analysis. */
  readonly isWatched: boolean
}

function Step({ step, path, run, isWatched }: MeasuredStepProps) {
  const text = useText()
  const current = step.state === 'current'
  const pausing = isPause(step)
  const icon = current ? (pausing ? 'pause' : 'play') : marks[step.state]
  const pace = pausing ? 'waits' : 'moves'
  const classes = ['step', step.state, ...(current ? [pace] : []), ...(isWatched ? ['watched'] : [])].join(' ')
  const words = stepWords(text, step)
  return (
    <li className={classes} aria-current={current ? 'step' : undefined}>
      <span className="node num">{icon === undefined ? step.index + 1 : <Icon name={icon} />}</span>
      <div className="step-text">
        <div className="step-words cut" title={words}>
          {words}
        </div>
        {step.state === 'skipped' && <div className="step-note">{text('steps.skipped')}</div>}
        {step.state === 'failed' && <div className="step-note ink-degraded">{text('steps.failed')}</div>}
        {step.canaryPods !== undefined && (
          <div className="step-note optional">{text('steps.pods', { count: step.canaryPods })}</div>
        )}
        {run !== undefined && <Measured run={run} />}
        {current && <Countdown step={step} />}
      </div>
      <StepTime step={step} path={path} />
    </li>
  )
}

/** What measures all along, and the steps it spans: the bracket beside them in words. */
function Background({ detail: { view, steps, background, analysisRuns } }: { readonly detail: RolloutDetailView }) {
  const text = useText()
  if (background === undefined) return null
  const run = analysisRuns.find(({ kind, revision }) => kind === 'Background' && revision === view.revision)
  const [from, to] = [background.startingStep + 1, steps.length]
  const name = text('steps.background')
  return (
    <section className="steps-background small" aria-label={name}>
      <div className="row">
        {run !== undefined && (
          <Icon
            name={phaseIcon(run.phase)}
            label={phaseWord(text, run.phase)}
            className={`icon-sm ink-${phaseTone(run.phase)}`}
          />
        )}
        {run === undefined ? (
          <span className="strong cut">{name}</span>
        ) : (
          <a className="link strong cut" href={hrefOf(analysisOf(view.key, run.name))}>
            {name}
          </a>
        )}
        <span className="space" />
        <span className="faint plain">{text(from === to ? 'steps.spansOne' : 'steps.spans', { from, to })}</span>
      </div>
      <div className="dim">{background.templates.join(', ')}</div>
      {run !== undefined && <Measured run={run} />}
    </section>
  )
}

function Measured({ run }: { readonly run: AnalysisRunView }) {
  const text = useText()
  const { passed, failed, inconclusive, errors } = tallyOf([run])
  const words = text('steps.measured', { passed, count: passed + failed + inconclusive + errors })
  return (
    <div className={`step-note row ink-${phaseTone(run.phase)}`}>
      <Icon name={phaseIcon(run.phase)} label={phaseWord(text, run.phase)} className="icon-sm" />
      {words}
    </div>
  )
}

/** What it took, or when it is to begin. */
function StepTime({ step, path }: StepProps) {
  const words = step.tookMs === undefined ? undefined : formatClockSpan(step.tookMs)
  const isAhead = step.state === 'future' && path !== undefined
  return (
    <span className="step-time num">
      {words ?? (isAhead ? <ComingTime at={expectedStep(path, step.index)} /> : '')}
    </span>
  )
}

/** When it is expected to begin; a dash where that is not foreseen. */
function ComingTime({ at }: { readonly at: EpochMs | undefined }) {
  const locale = useLocale()
  const words = useTicking((now) => (at === undefined ? '–' : comingTime(at, now, locale)))
  return <span>{words}</span>
}

function Countdown({ step }: { readonly step: StepView }) {
  const text = useText()
  const { endsAt } = step
  const duration = step.step.kind === 'pause' ? step.step.durationMs : undefined
  const left = useTicking((now) => (endsAt === undefined ? undefined : formatClockSpan(endsAt - now, 'up')))
  const share = useTicking((now) =>
    endsAt === undefined || duration === undefined
      ? undefined
      : Math.round(Math.min(1, Math.max(0, 1 - (endsAt - now) / duration)) * 100),
  )
  if (endsAt === undefined || left === undefined) {
    return step.step.kind === 'pause' ? <div className="step-note">{text('steps.waits')}</div> : null
  }
  return (
    <>
      {share !== undefined && (
        <div className="countdown">
          <i style={{ width: `${share}%` }} />
        </div>
      )}
      <div className="step-note num">{text('steps.ends', { left, at: formatTime(endsAt) })}</div>
    </>
  )
}

function LastStep({ detail, path }: { readonly detail: RolloutDetailView } & Pick<StepProps, 'path'>) {
  const text = useText()
  const done = detail.view.status === 'Healthy'
  return (
    <li className={`step last ${done ? 'done' : 'future'}`}>
      <span className="node">
        <Icon name={done ? 'check' : 'flag'} />
      </span>
      <div className="step-text">
        <div className="step-words last-words">
          {text(detail.view.strategy === 'blueGreen' ? 'role.active' : 'role.stable')}
        </div>
      </div>
      <span className="step-time num">
        {path !== undefined && !done && (
          <ComingTime at={path.end.how === 'healthy' ? expectedEnd(path.end) : undefined} />
        )}
      </span>
    </li>
  )
}
