import { useState } from 'react'
import type { RolloutKey, RolloutView } from '#contract/views.ts'
import type { WorkloadDetailView, WorkloadRevisionView } from '#contract/workload-views.ts'
import { formatMoment } from '../../format/clock-time.ts'
import { failureWords } from '../../format/failure-words.ts'
import { ActionButton } from '../../marks/action-button.tsx'
import { Age } from '../../marks/ages.tsx'
import { PodMarks } from '../../marks/pod-marks.tsx'
import { StatusMark } from '../../marks/status-mark.tsx'
import { openOverlay } from '../../store/app.ts'
import { beginAction } from '../../store/send-action.ts'
import { type Loaded, useAnswer, useApp, useCluster, useLocale, useRollout, useText } from '../../store/use-app.ts'
import { Button } from '../../ui/button.tsx'
import { Icon } from '../../ui/icon.tsx'
import { Message } from '../../ui/message.tsx'
import { Siblings } from './siblings.tsx'
import './workload.css'

/** One Deployment or StatefulSet: how far its update is, its revisions, pods and events, and what `kubectl rollout` can do. */
export function WorkloadPage({ workloadKey }: { readonly workloadKey: RolloutKey }) {
  const app = useApp()
  const text = useText()
  const view = useRollout(workloadKey)
  const loaded = useWorkload(workloadKey, view)
  const toFleet = (
    <Button kind="primary" icon="grid" label={text('rollout.toFleet')} onPress={() => app.goTo('#/fleet')} />
  )
  if (view === undefined) {
    return (
      <Message icon="box" title={text('workload.gone')} choices={toFleet}>
        <p>{text('workload.goneWhy')}</p>
      </Message>
    )
  }
  return (
    <div className="rollout workload">
      <section className="rollout-head" data-region>
        <Head view={view} />
      </section>
      {loaded === undefined ? <p className="loading faint">{text('load.label')}</p> : <Body loaded={loaded} />}
    </div>
  )
}

/** The last answer stays until the next is in: main is asked again whenever the board says that something changed. */
function useWorkload(key: RolloutKey, view: RolloutView | undefined): Loaded<WorkloadDetailView> | undefined {
  const { bridge } = useApp()
  const [last, setLast] = useState<{ readonly key: RolloutKey; readonly loaded: Loaded<WorkloadDetailView> }>()
  const loaded = useAnswer(`${key} ${JSON.stringify(view)}`, async (): Promise<Loaded<WorkloadDetailView>> => {
    const outcome = await bridge.call('workload.detail', { key })
    const answer: Loaded<WorkloadDetailView> = outcome.ok
      ? { state: 'there', value: outcome.value }
      : { state: 'failed', failure: outcome.error }
    setLast({ key, loaded: answer })
    return answer
  })
  if (loaded.state !== 'loading') return loaded
  return last?.key === key ? last.loaded : undefined
}

function Head({ view }: { readonly view: RolloutView }) {
  const app = useApp()
  const text = useText()
  const cluster = useCluster(view.context)
  const { replicas } = view
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
        <span className="chip line">
          <Icon name="hexagon" />
          <span className="mono">{view.kind}</span>
        </span>
        <span className="space" />
        <Siblings view={view} />
      </div>
      <dl className="facts">
        <div className="fact">
          <dt>{text('fact.phase')}</dt>
          <dd>
            <StatusMark view={view} />
          </dd>
        </div>
        <div className="fact">
          <dt>{text('workload.new')}</dt>
          <dd className="num">{text('fact.count', { done: replicas.updated, count: replicas.desired })}</dd>
        </div>
        <div className="fact">
          <dt>{text('fact.pods')}</dt>
          <dd className="num">
            {text('fact.count', { done: replicas.ready, count: replicas.desired })} <small>{text('fact.ready')}</small>
          </dd>
        </div>
        <div className="fact">
          <dt>{text('fact.version')}</dt>
          <dd className="num">
            {view.version ?? '–'}
            {view.revision !== undefined && <small>{text('fact.revision', { revision: view.revision })}</small>}
          </dd>
        </div>
      </dl>
      {view.message !== '' && <p className="head-why dim">{view.message}</p>}
      <div className="actions">
        {view.kind === 'Deployment' && (
          <>
            <ActionButton withIcon view={view} action="pause" />
            <ActionButton withIcon view={view} action="resume" />
          </>
        )}
        <ActionButton withIcon view={view} action="undo" />
        <ActionButton withIcon view={view} action="restart" />
        {view.kind === 'Deployment' && (
          <Button
            icon="canary"
            label={text('action.asks', { action: text('action.makeRollout') })}
            onPress={() => openOverlay(app, { kind: 'migrate', action: 'makeRollout', key: view.key })}
          />
        )}
      </div>
    </>
  )
}

function Body({ loaded }: { readonly loaded: Loaded<WorkloadDetailView> }) {
  const text = useText()
  if (loaded.state === 'there') return <Detail detail={loaded.value} />
  if (loaded.state !== 'failed') return null
  const why = loaded.failure.kind === 'Bridge' ? loaded.failure.message : failureWords(text, loaded.failure)
  return (
    <Message icon="warn" title={text('rollout.failed')}>
      <p>{why}</p>
    </Message>
  )
}

function Detail({ detail }: { readonly detail: WorkloadDetailView }) {
  const text = useText()
  return (
    <div className="workload-columns">
      <section className="panel" data-region aria-label={text('revisions.title')}>
        <div className="panel-head">
          <Icon name="history" className="faint" />
          <h2>{text('revisions.title')}</h2>
          <span className="space" />
          <span className="faint small cut mono" title={detail.updateStrategy}>
            {detail.updateStrategy}
          </span>
        </div>
        <div className="scroll" role="region" aria-label={text('revisions.title')} tabIndex={0}>
          {detail.revisions.map((revision) => (
            <Revision key={revision.name} detail={detail} revision={revision} />
          ))}
          {detail.revisionsState === 'forbidden' && (
            <p className="faint small workload-none">{text('workload.revisionsForbidden')}</p>
          )}
        </div>
      </section>
      <div className="rollout-centre">
        <section className="panel" data-region aria-label={text('fact.pods')}>
          <div className="panel-head">
            <Icon name="box" className="faint" />
            <h2>{text('fact.pods')}</h2>
          </div>
          <div className="workload-pods">
            {detail.pods.length === 0 ? (
              <span className="faint small">{text('revision.noPods')}</span>
            ) : (
              <PodMarks pods={detail.pods} role="stable" />
            )}
          </div>
        </section>
        <Happened detail={detail} />
      </div>
    </div>
  )
}

interface RevisionProps {
  readonly detail: WorkloadDetailView
  readonly revision: WorkloadRevisionView
}

function Revision({ detail, revision }: RevisionProps) {
  const app = useApp()
  const text = useText()
  const { ready, desired, undo } = revision
  const { key } = detail.view
  return (
    <article className="revision" aria-label={text('revision.title', { revision: revision.revision })}>
      <div className="row">
        <b className="num">{revision.revision}</b>
        {revision.isCurrent && <span className="chip line">{text('workload.wanted')}</span>}
        <span className="mono cut">{revision.version ?? ''}</span>
        <span className="space" />
        <Age since={revision.createdAt} className="faint small" />
      </div>
      {revision.images.map((image) => (
        <div key={image} className="mono dim cut" title={image}>
          {image}
        </div>
      ))}
      {revision.cause !== undefined && <div className="dim small cut">{revision.cause}</div>}
      <div className="row">
        {desired !== undefined && (
          <span className="dim small num">{text('pods.ready', { ready: ready ?? 0, count: desired })}</span>
        )}
        <span className="space" />
        {!revision.isCurrent && (
          <Button
            small
            icon="rollback"
            label={text('action.asks', { action: text('action.undo') })}
            offBecause={undo.open ? undefined : undo.reason}
            onPress={() => beginAction(app, 'undo', [key], { toRevision: revision.revision })}
          />
        )}
      </div>
    </article>
  )
}

function Happened({ detail: { events, eventsState, conditions } }: { readonly detail: WorkloadDetailView }) {
  const text = useText()
  const locale = useLocale()
  const none = { loading: 'events.loading', forbidden: 'events.forbidden', read: 'events.none' } as const
  return (
    <section className="panel workload-events" data-region aria-label={text('activity.title')}>
      <div className="panel-head">
        <Icon name="event" className="faint" />
        <h2>{text('activity.events')}</h2>
      </div>
      <div className="scroll" role="region" tabIndex={0} aria-label={text('activity.title')}>
        {events.length === 0 && <p className="faint small workload-none">{text(none[eventsState])}</p>}
        <ul className="conditions">
          {events.map((event) => (
            <li key={event.id}>
              <span className={`mono strong cut ${event.type === 'Warning' ? 'ink-degraded' : ''}`}>
                {event.reason}
              </span>
              <span className="num faint">{event.count > 1 ? text('events.times', { count: event.count }) : ''}</span>
              <span />
              <span className="cut" title={event.message}>
                {event.message}
              </span>
              <time className="num faint">{formatMoment(event.at, locale)}</time>
            </li>
          ))}
          {conditions.map((condition) => (
            <li key={condition.type}>
              <span className="mono strong cut">{condition.type}</span>
              <span className="mono">{condition.status}</span>
              <span className="mono dim cut">{condition.reason}</span>
              <span className="cut" title={condition.message}>
                {condition.message}
              </span>
              <time className="num faint">
                {condition.changedAt === undefined ? '–' : formatMoment(condition.changedAt, locale)}
              </time>
            </li>
          ))}
        </ul>
      </div>
    </section>
  )
}
