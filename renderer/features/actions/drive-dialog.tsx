import { useState } from 'react'
import { type DrivePreviewView, drivenPhases, type UpdatingView, type WhoNextView } from '#contract/ownership-views.ts'
import type { ClusterView } from '#contract/views.ts'
import { formatMoment, formatTime } from '../../format/clock-time.ts'
import { failureWords } from '../../format/failure-words.ts'
import type { Locale, Text } from '../../format/text.ts'
import { type App, closeOverlay } from '../../store/app.ts'
import { openRequestOf } from '../../store/lease-requests.ts'
import { type Loaded, useAnswer, useApp, useClusters, useLocale, useText, useTicking } from '../../store/use-app.ts'
import { Button } from '../../ui/button.tsx'
import { Icon } from '../../ui/icon.tsx'
import { ActionForm } from './action-form.tsx'
import { AskChoice } from './ask-choice.tsx'
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
  const [asks, setAsks] = useState(true)
  const [failed, setFailed] = useState<string>()
  const cluster = useClusters(({ clusters }) => clusters.find((one) => one.context === context))
  const guard = cluster?.protected === true ? context : undefined
  const { request, isOver } = useAsked(cluster, drive)
  const isAsked = request !== undefined
  const preview = useAnswer<DrivePreviewView>(`${context} ${drive} ${isAsked}`, async () => {
    const outcome = await app.bridge.call('cluster.drive.preview', { context, drive })
    return outcome.ok ? { state: 'there', value: outcome.value } : { state: 'failed', failure: outcome.error }
  })
  const holder = holderIn(preview)
  const kind = kindOf({ drive, isAsked, asks: asks && holder?.kind === 'argosy' })
  const confirm = async () => {
    const outcome = await send(app, kind, { context, reason })
    if (outcome.ok) closeOverlay(app)
    else setFailed(failureWords(text, outcome.error))
  }
  const off =
    preview.state === 'loading'
      ? text('drive.loading')
      : isOver
        ? text('ask.over')
        : guard !== undefined && typed !== guard
          ? text('dialog.typeFirst', { name: guard })
          : undefined
  const why = preview.state === 'failed' ? whyFailed(text, preview.failure) : failed
  return (
    <>
      <header className="dialog-head">
        <span className="dialog-icon">
          <Icon name={drive ? 'helm' : 'rollback'} />
        </span>
        <h2>{text(`drive.title.${kind}`, { cluster: context, by: request?.by ?? '' })}</h2>
        <p className="dim">{text(`drive.means.${kind}`)}</p>
      </header>
      <div className="dialog-body scroll" tabIndex={0} role="region" aria-label={text('overlay.drive')}>
        <Failed why={why} />
        {preview.state === 'loading' && <p className="dialog-line faint">{text('drive.loading')}</p>}
        <TheirReason reason={request?.reason ?? ''} />
        {preview.state === 'there' && <Preview preview={preview.value} />}
        {holder !== undefined && <AskChoice holder={holder} asks={asks} onAsks={setAsks} />}
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

/** Who asks for what is driven here; and whether they did when the dialog was opened, and do no more. */
function useAsked(cluster: ClusterView | undefined, drive: boolean) {
  const isAsked = useTicking((now) => !drive && cluster !== undefined && openRequestOf(cluster, now) !== undefined)
  const [wasAsked] = useState(isAsked)
  return { request: isAsked ? cluster?.request : undefined, isOver: wasAsked && !isAsked }
}

const whyFailed = (text: Text, failure: Extract<Loaded<unknown>, { readonly state: 'failed' }>['failure']): string =>
  failure.kind === 'Bridge' ? failure.message : failureWords(text, failure)

type Kind = 'take' | 'ask' | 'handBack' | 'handOver'

function holderIn(preview: Loaded<DrivePreviewView>) {
  const next = preview.state === 'there' ? preview.value.next : undefined
  return next?.how === 'waits' ? next.holder : undefined
}

function Failed({ why }: { readonly why: string | undefined }) {
  return why === undefined ? null : (
    <p className="dialog-line ink-degraded" role="alert">
      {why}
    </p>
  )
}

function TheirReason({ reason }: { readonly reason: string }) {
  const text = useText()
  return reason === '' ? null : <p className="dialog-line">{text('ask.theirReason', { reason })}</p>
}

interface Wish {
  readonly drive: boolean
  /** Somebody asks for what is driven here. */
  readonly isAsked: boolean
  /** Who has it is to be asked. */
  readonly asks: boolean
}

function kindOf({ drive, isAsked, asks }: Wish): Kind {
  if (drive) return asks ? 'ask' : 'take'
  return isAsked ? 'handOver' : 'handBack'
}

function send(app: App, kind: Kind, about: { readonly context: string; readonly reason: string }) {
  const { bridge } = app
  switch (kind) {
    case 'ask':
      return bridge.call('cluster.ask', about)
    case 'handOver':
      return bridge.call('cluster.answer', { ...about, handOver: true })
    case 'take':
    case 'handBack':
      return bridge.call('cluster.drive', { ...about, drive: kind === 'take' })
  }
}

function Preview({ preview }: { readonly preview: DrivePreviewView }) {
  const text = useText()
  const locale = useLocale()
  const { drive, rollouts, phases, updating, updatingCount, writes, writeCount, unforeseen, next } = preview
  const counted = drivenPhases.filter((phase) => phases[phase] > 0)
  const words = counted.map((phase) => `${text(`status.${phase}`)} ${phases[phase]}`).join(' · ')
  return (
    <>
      <div className="drive-part">
        <p>{nextWords(text, locale, next)}</p>
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

function nextWords(text: Text, locale: Locale, next: WhoNextView): string {
  switch (next.how) {
    case 'waits': {
      const { identity, host, since } = next.holder
      const holder = host === undefined ? identity : text('drive.holder.argosy', { host, identity })
      return since === undefined
        ? text('drive.next.waits', { holder })
        : text('drive.next.waitsSince', { holder, at: formatMoment(since, locale) })
    }
    case 'rival':
    case 'controller':
      return text(`drive.next.${next.how}`, { controller: next.controller })
    case 'nobody':
      return next.scaledDown === undefined
        ? text('drive.next.nobody')
        : text('drive.next.scaledDown', { controller: next.scaledDown })
    case 'asker':
      return text('drive.next.asker', { by: next.by })
    case 'unknown':
      return text('drive.next.unknown', { why: next.why })
    case 'atOnce':
    case 'ours':
      return text(`drive.next.${next.how}`)
  }
}
