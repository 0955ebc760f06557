import { useState } from 'react'
import { parseKey, rolloutKey, workloadKey } from '#contract/keys.ts'
import {
  type MigrationActionName,
  type MigrationPreview,
  type MigrationRunView,
  usualMigration,
} from '#contract/migration-views.ts'
import type { ActionRefusal, RolloutKey } from '#contract/views.ts'
import { refusalWords } from '../../format/failure-words.ts'
import type { Text } from '../../format/text.ts'
import { closeOverlay } from '../../store/app.ts'
import { hrefOf } from '../../store/route.ts'
import { useApp, useText } from '../../store/use-app.ts'
import { Button } from '../../ui/button.tsx'
import { Icon } from '../../ui/icon.tsx'
import { ActionForm } from './action-form.tsx'
import { GuardForm } from './guard-form.tsx'
import { missingOf, railsOf } from './guard-needs.ts'
import { MigrateOptions } from './migrate-options.tsx'
import { MigrateSteps } from './migrate-steps.tsx'
import { useBegin, useMigrationPreview, useMigrationRun } from './use-migration.ts'
import './migrate-dialog.css'

const icons = { makeRollout: 'canary', backToDeployment: 'rollback' } as const
const kinds = { makeRollout: 'primary', backToDeployment: 'danger-fill' } as const

interface MigrateDialogProps {
  readonly action: MigrationActionName
  readonly migrationKey: RolloutKey
}

/** A Deployment becomes a Rollout, or has its pods back: choices, the whole way and what to know of it, and then how far it is. */
export function MigrateDialog({ action, migrationKey: key }: MigrateDialogProps) {
  // Each look at what runs is of one round: the first when the dialog opens, the next once something was begun.
  const [round, setRound] = useState(0)
  const [isDismissed, setDismissed] = useState(false)
  const run = useMigrationRun(key, round)
  if (run === undefined) return <Head action={action} at={key} />
  // What ended before the dialog opened is told in the history.
  const shown = run !== null && (run.state === 'running' || round > 0) && !isDismissed ? run : undefined
  const begun = () => {
    setDismissed(false)
    setRound(round + 1)
  }
  return (
    <>
      <Head action={action} at={key} />
      {shown === undefined ? (
        <Asked action={action} at={key} onBegun={begun} />
      ) : (
        <Running action={action} at={key} run={shown} onAgain={() => setDismissed(true)} />
      )}
    </>
  )
}

function Head({ action, at }: { readonly action: MigrationActionName; readonly at: RolloutKey }) {
  const text = useText()
  const { name = '', context = '' } = parseKey(at) ?? {}
  return (
    <header className="dialog-head">
      <span className="dialog-icon">
        <Icon name={icons[action]} />
      </span>
      <h2>{text(`migrate.title.${action}`, { name })}</h2>
      <span className="chip cut" title={context}>
        {context}
      </span>
      <p className="dim">{text(`migrate.means.${action}`)}</p>
    </header>
  )
}

interface AskedProps {
  readonly action: MigrationActionName
  readonly at: RolloutKey
  readonly onBegun: () => void
}

function Asked({ action, at, onBegun }: AskedProps) {
  const app = useApp()
  const text = useText()
  const [options, setOptions] = useState(usualMigration)
  const [reason, setReason] = useState('')
  const [typed, setTyped] = useState('')
  const [given, setGiven] = useState({ again: false, breakGlass: false })
  const { preview, isCurrent } = useMigrationPreview(action, at, options)
  const { isSending, refusal, begin } = useBegin(action, at, onBegun)
  const context = parseKey(at)?.context ?? ''
  const open = preview?.open === true ? preview : undefined
  const guards = open === undefined ? [] : [{ key: at, guard: open.guard }]
  const rails = railsOf(guards)
  const guard = open?.guard.typedName === true ? context : undefined
  const missing = missingOf(rails, { ...given, reason })
  const off = offBecause(text, { preview, isCurrent, isSending, guard: guard === typed ? undefined : guard, missing })
  const confirm = () => {
    if (open === undefined || off !== undefined) return
    begin({ options, seen: open.seen, reason, assurance: { ...given, ...(guard !== undefined && { typed }) } })
  }
  return (
    <>
      <div className="dialog-body scroll" tabIndex={0} role="region" aria-label={text('overlay.migrate')}>
        {action === 'makeRollout' && (
          <MigrateOptions options={options} services={preview?.services ?? []} onChange={setOptions} />
        )}
        <NotOpen preview={preview} refusal={refusal} />
        {open !== undefined && (
          <>
            <Consequences preview={open} />
            <MigrateSteps steps={open.steps} runs={false} />
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
            <GuardForm rails={rails} previews={guards} given={given} onGiven={setGiven} />
          </>
        )}
      </div>
      <footer className="dialog-foot">
        <span className="space" />
        <Button label={text('dialog.cancel')} hint="Esc" onPress={() => closeOverlay(app)} />
        <Button
          kind={kinds[action]}
          icon={icons[action]}
          label={text(`action.${action}`)}
          offBecause={off}
          onPress={confirm}
        />
      </footer>
    </>
  )
}

interface NotOpenProps {
  readonly preview: MigrationPreview | undefined
  readonly refusal: ActionRefusal | string | undefined
}

/** That it is not known yet, why it cannot be, or why it did not begin. */
function NotOpen({ preview, refusal }: NotOpenProps) {
  const text = useText()
  return (
    <>
      {preview === undefined && <p className="dialog-line faint">{text('dialog.loading')}</p>}
      {preview?.open === false && (
        <p className="dialog-line migrate-why ink-paused row">
          <Icon name="lock" />
          {preview.reason}
        </p>
      )}
      {refusal !== undefined && (
        <p className="dialog-line migrate-why ink-degraded" role="alert">
          {text('dialog.refused', { why: typeof refusal === 'string' ? refusal : refusalWords(text, refusal) })}
        </p>
      )}
    </>
  )
}

interface Shut {
  readonly preview: MigrationPreview | undefined
  readonly isCurrent: boolean
  readonly isSending: boolean
  readonly guard: string | undefined
  readonly missing: ReturnType<typeof missingOf>
}

/** What is to be done before it can begin. */
function offBecause(text: Text, { preview, isCurrent, isSending, guard, missing }: Shut): string | undefined {
  if (isSending) return text('dialog.sending')
  if (preview === undefined || !isCurrent) return text('dialog.loading')
  if (!preview.open) return preview.reason
  if (guard !== undefined) return text('dialog.typeFirst', { name: guard })
  return missing && text(`guard.missing.${missing}`)
}

function Consequences({ preview }: { readonly preview: MigrationPreview & { readonly open: true } }) {
  return (
    <ul className="effects">
      {preview.effects.map((effect) => (
        <li key={effect}>
          <Icon name="route" className="faint" />
          {effect}
        </li>
      ))}
      {preview.warnings.map((warning) => (
        <li key={warning} className="ink-paused">
          <Icon name="warn" />
          {warning}
        </li>
      ))}
    </ul>
  )
}

interface RunningProps {
  readonly action: MigrationActionName
  readonly at: RolloutKey
  readonly run: MigrationRunView
  readonly onAgain: () => void
}

function Running({ action, at, run: { state, steps, refusal }, onAgain }: RunningProps) {
  const app = useApp()
  const text = useText()
  const { context = '', namespace = '', name = '' } = parseKey(at) ?? {}
  const where = { context, namespace, name }
  const key = action === 'makeRollout' ? rolloutKey(where) : workloadKey({ ...where, kind: 'Deployment' })
  const open = () => {
    closeOverlay(app)
    app.goTo(hrefOf({ page: 'rollout', key }))
  }
  return (
    <>
      <div className="dialog-body scroll" tabIndex={0} role="region" aria-label={text('overlay.migrate')}>
        {refusal !== undefined && (
          <p className="dialog-line migrate-why ink-degraded" role="alert">
            {text('migrate.stopped', { why: refusalWords(text, refusal) })}
          </p>
        )}
        <MigrateSteps steps={steps} runs={state === 'running'} />
      </div>
      <footer className="dialog-foot">
        <span className="faint small cut" role="status">
          {state === 'running' ? text('migrate.goesOn') : state === 'done' ? text(`migrate.done.${action}`) : ''}
        </span>
        <span className="space" />
        <Button label={text('dialog.close')} hint="Esc" onPress={() => closeOverlay(app)} />
        {state === 'stopped' && <Button kind="primary" icon="retry" label={text('migrate.again')} onPress={onAgain} />}
        {state === 'done' && <Button kind="primary" label={text(`migrate.open.${action}`)} onPress={open} />}
      </footer>
    </>
  )
}
