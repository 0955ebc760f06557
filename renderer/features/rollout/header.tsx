import type { ReactNode } from 'react'
import { useStore } from 'zustand'
import type { AnalysisRunView } from '#contract/analysis-views.ts'
import type { ActionName, ForecastPathView, RolloutDetailView, RolloutView, StepView } from '#contract/views.ts'
import { tallyOf } from '../../format/analysis-words.ts'
import { modeIcon, modeWord } from '../../format/cluster-words.ts'
import { formatAge } from '../../format/duration.ts'
import { driverWords } from '../../format/failure-words.ts'
import { comingTime, expectedEnd, isAtRest, leftWords } from '../../format/forecast-words.ts'
import { whyWords } from '../../format/reason-words.ts'
import { statusWords, timeLeft, toneOf } from '../../format/status-words.ts'
import { formatPercent } from '../../format/weight.ts'
import { ActionButton } from '../../marks/action-button.tsx'
import { StatusIcon } from '../../marks/status-mark.tsx'
import { hrefOf, pastOf } from '../../store/route.ts'
import { useApp, useCluster, useLocale, useText, useTicking } from '../../store/use-app.ts'
import { Button } from '../../ui/button.tsx'
import { Icon } from '../../ui/icon.tsx'
import { useKeys } from '../../ui/use-keys.ts'
import { isHeldUp, Why } from './why.tsx'

interface HeaderProps {
  readonly detail: RolloutDetailView
  readonly children: ReactNode
}

export function Header({ detail, children }: HeaderProps) {
  const text = useText()
  const { isPast } = useApp()
  const { view } = detail
  const cluster = useCluster(view.context)
  const lease = useTicking((now) =>
    cluster?.lease === undefined ? undefined : text('rollout.lease', { age: formatAge(now - cluster.lease.renewedAt) }),
  )
  return (
    <>
      <div className="head-line">
        <a className="link" href="#/fleet">
          {text('nav.fleet')}
        </a>
        <Icon name="chev-r" className="faint" />
        <h1 className="cut" title={view.name}>
          {view.name}
        </h1>
        <span className="dim cut">{view.namespace}</span>
        <span className="chip" title={view.context}>
          {cluster?.protected && <Icon name="lock" label={text('cluster.protected')} />}
          <span className="cut">{view.context}</span>
        </span>
        <span className="chip line wide-only">
          <Icon name={view.strategy === 'blueGreen' ? 'bluegreen' : 'canary'} />
          {text(`strategy.${view.strategy}`)}
        </span>
        {cluster !== undefined && (
          <span className="chip line wide-only">
            <Icon name={modeIcon(cluster)} />
            {[modeWord(text, cluster), lease].filter((each) => each !== undefined).join(', ')}
          </span>
        )}
        <span className="space" />
        {children}
        {!isPast && <AsItWas view={view} />}
      </div>
      <Facts detail={detail} />
      <Why view={view} />
      {!isPast && <Actions view={view} />}
    </>
  )
}

/** The same page at any past moment (W9). */
function AsItWas({ view }: { readonly view: RolloutView }) {
  const app = useApp()
  const text = useText()
  const open = () => app.goTo(hrefOf(pastOf(view.key, app.clock.now())))
  useKeys({ '⇧H': open })
  return (
    <Button small icon="history" hint="⇧H" label={text('past.open')} title={text('past.openMeans')} onPress={open} />
  )
}

function Facts({ detail: { view, steps, forecast, analysisRuns } }: { readonly detail: RolloutDetailView }) {
  const text = useText()
  const { replicas, preview } = view
  // An abort takes the index of the Rollout back to the start; how far it had come is in the steps.
  const done = view.status === 'Aborted' ? stepsDone(steps) : view.stepIndex
  return (
    <dl className="facts">
      <PhaseFact view={view} />
      {done !== undefined && view.stepIndex !== undefined && view.stepCount > 0 && (
        <Fact
          name={text('fact.steps')}
          value={text('fact.count', { done, count: view.stepCount })}
          more={text('fact.done')}
        />
      )}
      {view.strategy === 'canary' && (
        <Fact
          name={text('fact.canaryTraffic')}
          value={formatPercent(view.actualWeight, view.maxWeight)}
          more={wantedWords(text, view)}
        />
      )}
      {preview !== undefined && (
        <Fact
          name={text('fact.preview')}
          value={text('fact.count', { done: preview.ready, count: preview.desired })}
          more={text('fact.ready')}
        />
      )}
      <Fact
        name={text('fact.pods')}
        value={text('fact.count', { done: replicas.ready, count: replicas.desired })}
        more={text('fact.ready')}
      />
      <AnalysisFact runs={analysisRuns.filter(({ current }) => current)} />
      {forecast.state === 'foreseen' && !isAtRest(forecast) && <EndFact path={forecast} />}
      <Fact
        name={text('fact.version')}
        value={view.version ?? '–'}
        more={view.revision === undefined ? '' : text('fact.revision', { revision: view.revision })}
      />
    </dl>
  )
}

/** `undefined`: nothing tells how far an aborted update had come. */
function stepsDone(steps: readonly StepView[]): number | undefined {
  const done = steps.filter(({ state }) => state === 'done').length
  return done > 0 || steps.some(({ state }) => state === 'failed') ? done : undefined
}

/** Nobody wants 0% of an aborted canary: its traffic goes there. */
function wantedWords(text: ReturnType<typeof useText>, view: RolloutView): string {
  const percent = formatPercent(view.setWeight, view.maxWeight)
  if (view.status !== 'Aborted') return text('fact.wanted', { percent })
  return view.actualWeight > view.setWeight ? text('fact.falling', { percent }) : ''
}

function Fact({ name, value, more }: { readonly name: string; readonly value: string; readonly more: string }) {
  return (
    <div className="fact">
      <dt>{name}</dt>
      <dd className="num">
        {value} <small>{more}</small>
      </dd>
    </div>
  )
}

/** How the measurements that the update waits for came out. */
function AnalysisFact({ runs }: { readonly runs: readonly AnalysisRunView[] }) {
  const text = useText()
  if (runs.length === 0) return null
  const { passed, failed, inconclusive, errors } = tallyOf(runs)
  const more = [
    failed === 0 ? '' : text('fact.failed', { count: failed }),
    inconclusive === 0 ? '' : text('fact.open', { count: inconclusive }),
    errors === 0 ? '' : text('fact.errors', { count: errors }),
  ].filter(Boolean)
  return (
    <div className="fact wide-only">
      <dt>{text('analysis.title')}</dt>
      <dd className="num">
        {text('fact.passed', { count: passed })} <small className="cut">{more.join(', ')}</small>
      </dd>
    </div>
  )
}

/** When it is where it ends, as far as that is foreseen. */
function EndFact({ path }: { readonly path: ForecastPathView }) {
  const text = useText()
  const locale = useLocale()
  const { end } = path
  const name = end.how === 'healthy' && end.usual === undefined ? 'atLeast' : end.how
  const at = end.how === 'aborted' ? end.restsAt : expectedEnd(end)
  const value = useTicking((now) => comingTime(at, now, locale))
  const more = useTicking((now) => leftWords(text, path, { now, locale }) ?? '')
  return (
    <div className="fact wide-only">
      <dt>{text(`fact.end.${name}`)}</dt>
      <dd className="num">
        {value} <small className="cut">{more}</small>
      </dd>
    </div>
  )
}

function PhaseFact({ view }: { readonly view: RolloutView }) {
  const text = useText()
  const { requested } = useApp()
  const left = useTicking((now) => timeLeft(text, view, now))
  const age = useTicking((now) => text('fact.since', { age: formatAge(now - view.since) }))
  const pending = useStore(requested, (state) => state.actions.get(view.key)?.action)
  const ignored = useStore(requested, (state) => state.notSeen.get(view.key)?.effect)
  return (
    <div className="fact">
      <dt>{text('fact.phase')}</dt>
      <dd className={`num ink-${toneOf(view.status)}`} title={[view.phase, view.message].filter(Boolean).join(': ')}>
        <StatusIcon status={view.status} />
        {statusWords(text, view)} <small>{left ?? age}</small>
        {pending !== undefined && (
          <span className="chip soft-progressing ink-progressing" role="status">
            {text('fact.requested', { action: text(`action.${pending}`) })}
          </span>
        )}
        {ignored !== undefined && (
          <span className="chip soft-paused ink-paused" role="status" title={driverWords(text, ignored)}>
            {text('fact.notSeen', { action: text(`action.${ignored.action}`) })}
          </span>
        )}
      </dd>
    </div>
  )
}

/** At most one primary button: what most likely comes next (UI-CMP-2). */
function Actions({ view }: { readonly view: RolloutView }) {
  const text = useText()
  const primary: ActionName = view.status === 'Aborted' ? 'retry' : 'promote'
  const kindOf = (action: ActionName) =>
    action === 'abort' ? 'danger' : action === primary && view.actions[action].open ? 'primary' : 'plain'
  const pause: ActionName = view.actions.resume.open && !view.actions.pause.open ? 'resume' : 'pause'
  const restart: ActionName = view.actions.cancelRestart.open ? 'cancelRestart' : 'restart'
  const actions: readonly ActionName[] =
    view.strategy === 'blueGreen'
      ? ['promote', 'promoteFull', pause, 'abort', 'retry', 'undo', restart, 'setImage']
      : ['promote', 'skipStep', 'promoteFull', pause, 'abort', 'retry', 'undo', restart, 'setImage']
  const { [primary]: main } = view.actions
  const shortWhy = !main.open ? main.reason : isHeldUp(view) ? '' : whyWords(text, view.why)
  return (
    <div className="actions" role="toolbar" aria-label={text('rollout.actions')}>
      {actions.map((action) => (
        <ActionButton key={action} view={view} action={action} kind={kindOf(action)} withIcon />
      ))}
      <span className="faint small cut actions-why">{shortWhy}</span>
    </div>
  )
}
