import type { RevisionView, RolloutDetailView, RolloutKey } from '#contract/views.ts'
import { Age, TimeLeft } from '../../marks/ages.tsx'
import { PodMarks } from '../../marks/pod-marks.tsx'
import { RoleMark } from '../../marks/role-mark.tsx'
import { openOverlay } from '../../store/app.ts'
import { diffOf, hrefOf } from '../../store/route.ts'
import { beginAction } from '../../store/send-action.ts'
import { useApp, useText } from '../../store/use-app.ts'
import { Button } from '../../ui/button.tsx'
import { Icon } from '../../ui/icon.tsx'

/** What it is made of: every ReplicaSet still there, newest first, with its pods. */
export function Revisions({ detail }: { readonly detail: RolloutDetailView }) {
  const app = useApp()
  const text = useText()
  const { view, revisions } = detail
  const canDiff =
    view.revision !== undefined && view.stableRevision !== undefined && view.revision !== view.stableRevision
  return (
    <section className="panel revisions" data-region aria-label={text('revisions.title')}>
      <div className="panel-head">
        <Icon name="history" className="faint" />
        <h2>{text('revisions.title')}</h2>
        <span className="space" />
        <Button
          small
          icon="diff"
          hint="D"
          label={
            canDiff
              ? text('revisions.diff', { left: view.stableRevision ?? 0, right: view.revision ?? 0 })
              : text('action.diff')
          }
          onPress={() => app.goTo(hrefOf(diffOf(view.key, view.stableRevision, view.revision)))}
        />
      </div>
      <div className="scroll" role="region" aria-label={text('revisions.title')} tabIndex={0}>
        {view.lentBy !== undefined && <Lender rolloutKey={view.key} name={view.lentBy} />}
        {revisions.map((revision) => (
          <RevisionCard key={revision.replicaSet} detail={detail} revision={revision} />
        ))}
      </div>
    </section>
  )
}

/** Where the template is changed, and the way back to there (API-13). */
function Lender({ rolloutKey, name }: { readonly rolloutKey: RolloutKey; readonly name: string }) {
  const app = useApp()
  const text = useText()
  return (
    <div className="revision-lender row">
      <span className="dim small">{text('migrate.lentBy', { name })}</span>
      <span className="space" />
      {!app.isPast && (
        <Button
          small
          icon="rollback"
          label={text('action.asks', { action: text('action.backToDeployment') })}
          onPress={() => openOverlay(app, { kind: 'migrate', action: 'backToDeployment', key: rolloutKey })}
        />
      )}
    </div>
  )
}

interface RevisionCardProps {
  readonly detail: RolloutDetailView
  readonly revision: RevisionView
}

function RevisionCard({ detail, revision }: RevisionCardProps) {
  const text = useText()
  const [role = 'stable'] = revision.roles
  const hasPods = revision.pods.length > 0 || revision.desired > 0
  return (
    <article className="revision" aria-label={text('revision.title', { revision: revision.revision })}>
      <div className="row">
        <b className="num">{revision.revision}</b>
        {revision.roles.map((each) => (
          <RoleMark key={each} role={each} />
        ))}
        <span className="mono cut">{revision.version ?? ''}</span>
        <RevisionHealth revision={revision} />
        <span className="space" />
        <Age since={revision.createdAt} className="faint small" />
      </div>
      {hasPods &&
        revision.images.map((image) => (
          <div key={image} className="mono dim cut" title={image}>
            {image}
          </div>
        ))}
      {hasPods ? (
        <div className="row revision-pods">
          <PodMarks pods={revision.pods} role={role} />
          <span className="space" />
          <span className="dim small num">
            {text('pods.ready', { ready: revision.ready, count: revision.desired })}
          </span>
        </div>
      ) : (
        <OldRevision detail={detail} revision={revision} />
      )}
      {hasPods && revision.scaleDownAt !== undefined && (
        <div className="faint small">
          {text('revision.scalesDown')} <TimeLeft until={revision.scaleDownAt} />
        </div>
      )}
    </article>
  )
}

function RevisionHealth({ revision: { health } }: { readonly revision: RevisionView }) {
  const text = useText()
  if (health === 'Healthy' || health === 'ScaledDown') return null
  const failing = health === 'ReplicaFailure'
  return (
    <span className={`status small ${failing ? 'ink-degraded' : 'ink-progressing'}`}>
      <Icon name={failing ? 'degraded' : 'progressing'} className={failing ? '' : 'spin'} />
      {text(failing ? 'revision.failing' : 'revision.starting')}
    </span>
  )
}

function OldRevision({ detail, revision }: RevisionCardProps) {
  const app = useApp()
  const text = useText()
  const { key, revision: current } = detail.view
  const toRevision = revision.revision
  return (
    <div className="row">
      <span className="faint small cut">{text('revision.noPods')}</span>
      <span className="space" />
      <Button
        small
        icon="diff"
        label={text('action.diff')}
        onPress={() => app.goTo(hrefOf(diffOf(key, toRevision, current)))}
      />
      {!app.isPast && (
        <Button
          small
          icon="rollback"
          label={text('action.asks', { action: text('action.undo') })}
          offBecause={revision.undo.open ? undefined : revision.undo.reason}
          onPress={() => beginAction(app, 'undo', [key], { toRevision })}
        />
      )}
    </div>
  )
}
