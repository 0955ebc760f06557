import { useEffect, useState } from 'react'
import type { AssuranceInput } from '#contract/guard-views.ts'
import type { ActionPreview, ActionResult, RolloutKey } from '#contract/views.ts'
import type { Text } from '../../format/text.ts'
import { actionIcons, dangerous } from '../../marks/action-button.tsx'
import { ExactRequest } from '../../marks/exact-request.tsx'
import { WhatFollows } from '../../marks/what-follows.tsx'
import { type ActionRequest, closeOverlay } from '../../store/app.ts'
import { isProtected } from '../../store/send-action.ts'
import { useApp, useFleet, useRollout, useText } from '../../store/use-app.ts'
import { Button } from '../../ui/button.tsx'
import { Icon } from '../../ui/icon.tsx'
import { ActionForm } from './action-form.tsx'
import { ActionOptions, hasOptions } from './action-options.tsx'
import { BlastRadius } from './blast-radius.tsx'
import { GuardForm } from './guard-form.tsx'
import { type Missing, missingOf, railsOf } from './guard-needs.ts'
import { Effects, TargetTable } from './targets.tsx'
import { usePreviews } from './use-previews.ts'
import { type Choices, type Failing, type Pace, useSending } from './use-sending.ts'

/** The one dialog every guarded action goes through: what will happen, where, the exact request, and then the results. */
export function ActionDialog({ request }: { readonly request: ActionRequest }) {
  const app = useApp()
  const [parameters, setParameters] = useState(request.parameters)
  const { previews, isCurrent, chosen, setChosen } = usePreviews(request, parameters)
  const [reason, setReason] = useState('')
  const [typed, setTyped] = useState('')
  const [given, setGiven] = useState({ again: false, breakGlass: false })
  const [pace, setPace] = useState<Pace>('all')
  const [failing, setFailing] = useState<Failing>('stop')
  const sending = useSending({ ...request, parameters }, previews)
  const guard = useGuard(request.keys, chosen)
  const isNamed = guard === undefined || typed === guard
  const some = openOf(previews)
  const wanted = some.filter((preview) => chosen.has(preview.key))
  const rails = railsOf(wanted)
  const missing = missingOf(rails, { ...given, reason })
  const open = isCurrent && chosen.size > 0 && isNamed && missing === undefined && sending.state === 'ready'
  const assurance: AssuranceInput = { ...given, ...(guard !== undefined && { typed, of: chosen.size }) }
  const choices: Choices = { chosen, reason, pace, failing, assurance }
  const confirm = () => open && sending.send(choices)
  useConfirmKey(confirm)
  const isAdjustable = hasOptions(request.action, previews)
  return (
    <>
      <DialogHead request={request} chosen={chosen} />
      <div className="dialog-body scroll">
        {previews === undefined && <DialogLoading />}
        {sending.state !== 'done' && isAdjustable && (
          <ActionOptions action={request.action} keys={request.keys} parameters={parameters} onChange={setParameters} />
        )}
        {request.keys.length > 1 ? (
          <>
            <BlastRadius request={request} previews={previews ?? []} chosen={chosen} />
            <TargetTable
              keys={request.keys}
              previews={previews ?? []}
              chosen={chosen}
              onChoose={setChosen}
              results={sending.results}
              onAgain={(key) => sending.again(key, choices)}
            />
          </>
        ) : (
          <SingleTarget previews={previews} results={sending.results} />
        )}
        {sending.state !== 'done' && (some.length > 0 || isAdjustable) && (
          <ActionForm
            several={request.keys.length > 1}
            guard={guard}
            typed={typed}
            onTyped={setTyped}
            reason={reason}
            onReason={setReason}
            pace={pace}
            onPace={setPace}
            failing={failing}
            onFailing={setFailing}
          />
        )}
        {sending.state !== 'done' && <GuardForm rails={rails} previews={wanted} given={given} onGiven={setGiven} />}
        <ExactRequest previews={wanted} />
      </div>
      <DialogFoot
        request={request}
        count={chosen.size}
        isCurrent={isCurrent}
        open={open}
        sending={sending.state}
        guard={isNamed ? undefined : guard}
        missing={missing}
        onConfirm={confirm}
        onClose={() => closeOverlay(app)}
      />
    </>
  )
}

const openOf = (previews: readonly ActionPreview[] = []) => previews.filter((preview) => preview.open)

/** UI-ACT-2: the text to type. One cluster: its context; several: the application, or their number when it is not one. */
function useGuard(keys: readonly RolloutKey[], chosen: ReadonlySet<RolloutKey>): string | undefined {
  const app = useApp()
  const rollouts = useFleet((state) => state.rollouts)
  // Before anything can be chosen the field is there already, so that it does not take the focus from another later.
  if (![...(chosen.size > 0 ? chosen : keys)].some((key) => isProtected(app, key))) return undefined
  const views = keys.flatMap((key) => rollouts.get(key) ?? [])
  if (keys.length === 1) return views[0]?.context
  const names = new Set(views.map((view) => view.name))
  return names.size === 1 ? views[0]?.name : String(chosen.size)
}

/** UI-ACT-10: `⌘↵` confirms; `↵` alone never does. */
function useConfirmKey(confirm: () => void): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key !== 'Enter' || !(event.metaKey || event.ctrlKey)) return
      event.preventDefault()
      confirm()
    }
    window.addEventListener('keydown', onKeyDown)
    return () => window.removeEventListener('keydown', onKeyDown)
  })
}

interface DialogHeadProps {
  readonly request: ActionRequest
  readonly chosen: ReadonlySet<RolloutKey>
}

function DialogHead({ request: { action, keys }, chosen }: DialogHeadProps) {
  const text = useText()
  const rollouts = useFleet((state) => state.rollouts)
  const view = rollouts.get(keys[0] ?? '')
  const isOneApp = new Set(keys.map((key) => rollouts.get(key)?.name)).size === 1
  const values = { action: text(`action.${action}`), app: view?.name ?? '', chosen: chosen.size, count: keys.length }
  const title = keys.length === 1 ? 'dialog.title' : isOneApp ? 'dialog.titleMany' : 'blast.title'
  return (
    <header className="dialog-head">
      <span className={`dialog-icon ${action === 'abort' ? 'soft-degraded ink-degraded' : ''}`}>
        <Icon name={actionIcons[action]} />
      </span>
      <h2 id="dialog-title">{text(title, values)}</h2>
      {keys.length === 1 && view !== undefined && <span className="chip cut">{view.context}</span>}
      <p className="dim">{text(`dialog.means.${action}`)}</p>
    </header>
  )
}

function DialogLoading() {
  const text = useText()
  return <p className="dialog-line faint">{text('dialog.loading')}</p>
}

interface SingleTargetProps {
  readonly previews: readonly ActionPreview[] | undefined
  readonly results: ReadonlyMap<RolloutKey, ActionResult>
}

function SingleTarget({ previews, results }: SingleTargetProps) {
  const preview = previews?.[0]
  const view = useRollout(preview?.key)
  if (preview === undefined) return null
  const result = results.get(preview.key)
  const follows = preview.open && result === undefined ? preview.follows : undefined
  return (
    <>
      <Effects preview={preview} result={result} />
      {follows !== undefined && view !== undefined && <WhatFollows view={view} path={follows} />}
    </>
  )
}

interface DialogFootProps {
  readonly request: ActionRequest
  readonly count: number
  /** The previews are those of what is chosen now. */
  readonly isCurrent: boolean
  readonly open: boolean
  readonly sending: 'ready' | 'sending' | 'done'
  /** The text that is still to be typed. */
  readonly guard: string | undefined
  readonly missing: Missing | undefined
  readonly onConfirm: () => void
  readonly onClose: () => void
}

/** What is to be done before it can be sent. */
function whyShut(
  { request, count, isCurrent, sending, guard, missing }: Omit<DialogFootProps, 'open' | 'onConfirm' | 'onClose'>,
  text: Text,
): string {
  if (sending === 'sending') return text('dialog.sending')
  if (!isCurrent) return text(request.action === 'setImage' && count === 0 ? 'image.change' : 'dialog.loading')
  if (count === 0) return text('peek.noneOpen')
  if (guard !== undefined || missing === undefined) return text('dialog.typeFirst', { name: guard ?? '' })
  return text(`guard.missing.${missing}`)
}

function DialogFoot({ request, count, isCurrent, open, sending, guard, missing, onConfirm, onClose }: DialogFootProps) {
  const text = useText()
  const rollouts = useFleet((state) => state.rollouts)
  const action = text(`action.${request.action}`)
  const isOneApp = new Set(request.keys.map((key) => rollouts.get(key)?.name)).size === 1
  const many = isOneApp ? 'dialog.confirmMany' : 'blast.confirm'
  const label = text(request.keys.length === 1 ? 'dialog.confirm' : many, { action, count })
  return (
    <footer className="dialog-foot">
      <span className="faint small cut">{sending === 'done' ? text('dialog.done') : ''}</span>
      <span className="space" />
      <Button
        label={text(sending === 'done' ? 'dialog.close' : 'dialog.cancel')}
        hint="Esc"
        onPress={onClose}
        className="dialog-cancel"
      />
      {sending !== 'done' && (
        <Button
          icon={actionIcons[request.action]}
          kind={dangerous.has(request.action) ? 'danger-fill' : 'primary'}
          label={label}
          hint="⌘↵"
          offBecause={open ? undefined : whyShut({ request, count, isCurrent, sending, guard, missing }, text)}
          onPress={onConfirm}
        />
      )}
    </footer>
  )
}
