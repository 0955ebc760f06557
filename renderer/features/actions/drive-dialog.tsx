import { useState } from 'react'
import { type DrivePreviewView, drivenPhases, type UpdatingView, type WhoNextView } from '#contract/ownership-views.ts'
import { formatTime } from '../../format/clock-time.ts'
import { failureWords } from '../../format/failure-words.ts'
import type { Text } from '../../format/text.ts'
import { closeOverlay } from '../../store/app.ts'
import { useAnswer, useApp, useClusters, useText } from '../../store/use-app.ts'
import { Button } from '../../ui/button.tsx'
import { Icon } from '../../ui/icon.tsx'
import { ActionForm } from './action-form.tsx'
import './drive-dialog.css'

interface DriveDialogProps {
  readonly context: string
  readonly drive: boolean
}

/** Taking over a cluster or handing it back, with what that means for its rollouts before it is done (OPS-38, OPS-41). */
export function DriveDialog({ context, drive }: DriveDialogProps) {
  const app = useApp()
  const text = useText()
  const [typed, setTyped] = useState('')
  const [reason, setReason] = useState('')
  const [failed, setFailed] = useState<string>()
  const cluster = useClusters(({ clusters }) => clusters.find((one) => one.context === context))
  const guard = cluster?.protected === true ? context : undefined
  const preview = useAnswer<DrivePreviewView>(`${context} ${drive}`, async () => {
    const outcome = await app.bridge.call('cluster.drive.preview', { context, drive })
    return outcome.ok ? { state: 'there', value: outcome.value } : { state: 'failed', failure: outcome.error }
  })
  const kind = drive ? 'take' : 'handBack'
  const confirm = async () => {
    const outcome = await app.bridge.call('cluster.drive', { context, drive, reason })
    if (outcome.ok) closeOverlay(app)
    else setFailed(failureWords(text, outcome.error))
  }
  const off =
    preview.state === 'loading'
      ? text('drive.loading')
      : guard !== undefined && typed !== guard
        ? text('dialog.typeFirst', { name: guard })
        : undefined
  const why =
    preview.state !== 'failed'
      ? failed
      : preview.failure.kind === 'Bridge'
        ? preview.failure.message
        : failureWords(text, preview.failure)
  return (
    <>
      <header className="dialog-head">
        <span className="dialog-icon">
          <Icon name={drive ? 'helm' : 'rollback'} />
        </span>
        <h2>{text(`drive.title.${kind}`, { cluster: context })}</h2>
        <p className="dim">{text(`drive.means.${kind}`)}</p>
      </header>
      <div className="dialog-body scroll" tabIndex={0} role="region" aria-label={text('overlay.drive')}>
        {why !== undefined && (
          <p className="dialog-line ink-degraded" role="alert">
            {why}
          </p>
        )}
        {preview.state === 'loading' && <p className="dialog-line faint">{text('drive.loading')}</p>}
        {preview.state === 'there' && <Preview preview={preview.value} />}
        <ActionForm
          several={false}
          guard={guard}
          typed={typed}
          onTyped={setTyped}
          reason={reason}
          onReason={setReason}
          pace="all"
          onPace={() => undefined}
          failing="stop"
          onFailing={() => undefined}
        />
      </div>
      <footer className="dialog-foot">
        <span className="space" />
        <Button label={text('dialog.cancel')} hint="Esc" onPress={() => closeOverlay(app)} />
        <Button
          kind="primary"
          icon={drive ? 'helm' : 'rollback'}
          label={text(`drive.confirm.${kind}`)}
          offBecause={off}
          onPress={() => void confirm()}
        />
      </footer>
    </>
  )
}

function Preview({ preview }: { readonly preview: DrivePreviewView }) {
  const text = useText()
  const { drive, rollouts, phases, updating, updatingCount, writes, writeCount, unforeseen, next } = preview
  const counted = drivenPhases.filter((phase) => phases[phase] > 0)
  const words = counted.map((phase) => `${text(`status.${phase}`)} ${phases[phase]}`).join(' · ')
  return (
    <>
      <div className="drive-part">
        <p>{nextWords(text, next)}</p>
        <p>{rollouts === 0 ? text('drive.none') : text('drive.rollouts', { count: rollouts, phases: words })}</p>
      </div>
      {updatingCount > 0 && (
        <div className="drive-part">
          <h3>{text(next.how === 'nobody' ? 'drive.standing' : 'drive.updating', { count: updatingCount })}</h3>
          <ul>
            {updating.map((each) => (
              <Updating key={`${each.namespace}/${each.name}`} updating={each} />
            ))}
          </ul>
          <More count={updatingCount - updating.length} />
        </div>
      )}
      {drive && (
        <div className="drive-part">
          <h3>{writeCount === 0 ? text('drive.noWrites') : text('drive.writes', { count: writeCount })}</h3>
          <ol>
            {writes.map((write, index) => (
              <li key={`${write.at} ${index}`}>
                <span className="num faint">{formatTime(write.at)}</span> <span className="mono">{write.rollout}</span>{' '}
                {write.summary} <span className="mono faint">{write.because}</span>
              </li>
            ))}
          </ol>
          <More count={writeCount - writes.length} />
          {unforeseen.length > 0 && <p className="dim">{text('drive.unforeseen', { names: unforeseen.join(', ') })}</p>}
        </div>
      )}
    </>
  )
}

function Updating({ updating }: { readonly updating: UpdatingView }) {
  const text = useText()
  const { namespace, name, phase, message, step, waitsForPerson } = updating
  const facts = [
    phase,
    message,
    step === undefined ? '' : text('drive.step', step),
    waitsForPerson ? text('drive.person') : '',
  ].filter((each) => each !== '')
  return (
    <li>
      <span className="mono">{`${namespace}/${name}`}</span> <span className="dim">{facts.join(' · ')}</span>
    </li>
  )
}

function More({ count }: { readonly count: number }) {
  const text = useText()
  return count > 0 ? <p className="faint small">{text('drive.more', { count })}</p> : null
}

function nextWords(text: Text, next: WhoNextView): string {
  switch (next.how) {
    case 'waits': {
      const { identity, host } = next.holder
      const holder = host === undefined ? identity : text('drive.holder.argosy', { host, identity })
      return text('drive.next.waits', { holder })
    }
    case 'rival':
    case 'controller':
      return text(`drive.next.${next.how}`, { controller: next.controller })
    case 'nobody':
      return next.scaledDown === undefined
        ? text('drive.next.nobody')
        : text('drive.next.scaledDown', { controller: next.scaledDown })
    case 'unknown':
      return text('drive.next.unknown', { why: next.why })
    case 'atOnce':
    case 'ours':
      return text(`drive.next.${next.how}`)
  }
}
