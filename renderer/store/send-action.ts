import { BridgeError } from '#contract/bridge.ts'
import type { AssuranceInput } from '#contract/guard-views.ts'
import type { ActionEffect, ActionName, ActionPreview, ActionResult, Intent, RolloutKey } from '#contract/views.ts'
import { driverWords, refusalWords } from '../format/failure-words.ts'
import { textOf } from '../format/text.ts'
import { type ActionParameters, type App, clusterOf, openOverlay } from './app.ts'
import { markRequested, takeEffect } from './requested.ts'
import { hideToast, showToast } from './toasts.ts'

/** UI-ACT-3: these wait five seconds to be taken back instead of asking, in one cluster that is not protected. */
const quickActions: ReadonlySet<ActionName> = new Set(['promote', 'pause', 'resume', 'retry'])

export const takeBackMs = 5000

export interface ActionTarget {
  readonly key: RolloutKey
  readonly intent: Intent
}

export const isProtected = (app: App, key: RolloutKey): boolean => {
  const view = app.fleet.getState().rollouts.get(key)
  return view !== undefined && (clusterOf(app, view.context)?.protected ?? true)
}

/** Whether a question follows the button (UI-COPY-3 puts the `…` there). */
export const asksFirst = (app: App, action: ActionName, keys: readonly RolloutKey[]): boolean =>
  keys.length !== 1 || !quickActions.has(action) || keys.some((key) => isProtected(app, key))

/** The one way every action starts: a dialog, or five seconds to take it back. */
export function beginAction(
  app: App,
  action: ActionName,
  keys: readonly RolloutKey[],
  parameters: ActionParameters = {},
): void {
  const [key] = keys
  if (key === undefined || app.isPast) return
  if (asksFirst(app, action, keys)) openOverlay(app, { kind: 'action', request: { action, keys, parameters } })
  else void sendAfterGrace(app, action, key, parameters)
}

/** What would be written, per target. A lost connection to main reads as every target shut, with that reason. */
export async function previewAction(
  app: App,
  action: ActionName,
  keys: readonly RolloutKey[],
  parameters: ActionParameters,
): Promise<readonly ActionPreview[]> {
  try {
    return await app.bridge.call('action.preview', { action, targets: [...keys], parameters })
  } catch (error) {
    const reason = callFailure(error)
    return keys.map((key) => ({ key, open: false, reason }))
  }
}

interface Sending {
  readonly parameters: ActionParameters
  readonly reason: string
  readonly assurance?: AssuranceInput
}

/** Sends to all targets and marks those that took it as *requested*. Never rejects. */
export async function sendAction(
  app: App,
  action: ActionName,
  targets: readonly ActionTarget[],
  { parameters, reason, assurance = {} }: Sending,
): Promise<readonly ActionResult[]> {
  const { rollouts } = app.fleet.getState()
  try {
    const results = await app.bridge.call('action.send', {
      action,
      targets: [...targets],
      parameters,
      reason,
      assurance,
    })
    const sent = results.filter((result) => result.sent)
    markRequested(app.requested, sent, action, rollouts, app.clock.now())
    return results
  } catch (error) {
    const failure = { kind: 'Unreachable', message: callFailure(error), since: app.clock.now() } as const
    return targets.map(({ key }) => ({ key, sent: false, refusal: { kind: 'failed', failure } }))
  }
}

/** ACT-58: the mark resolves, or turns into a warning that says who should have acted. */
export function hearEffect(app: App, effect: ActionEffect): void {
  const { rollouts } = app.fleet.getState()
  if (!takeEffect(app.requested, effect, rollouts)) return
  const text = textOf(app.texts)
  const view = rollouts.get(effect.key)
  const names = {
    action: text(`action.${effect.action}`),
    app: view?.name ?? effect.key,
    cluster: view?.context ?? '',
  }
  showToast(app.toasts, {
    id: `notSeen ${effect.key}`,
    tone: 'info',
    title: text('toast.notSeen', names),
    detail: driverWords(text, effect),
  })
}

const callFailure = (error: unknown): string =>
  error instanceof BridgeError || error instanceof Error ? error.message : String(error)

/** Something has to be confirmed or explained first, which is more than five seconds are for. */
const takesMore = ({ guard }: ActionPreview & { readonly open: true }): boolean =>
  guard !== undefined && (guard.typedName || guard.again || guard.reasonFor !== undefined || guard.closed !== undefined)

async function sendAfterGrace(app: App, action: ActionName, key: RolloutKey, parameters: ActionParameters) {
  const text = textOf(app.texts)
  const view = app.fleet.getState().rollouts.get(key)
  const names = { action: text(`action.${action}`), app: view?.name ?? key, cluster: view?.context ?? '' }
  const id = `${action} ${key}`
  const [preview] = await previewAction(app, action, [key], parameters)
  if (preview === undefined || !preview.open) {
    const detail = preview?.reason ?? text('refusal.unknownTarget')
    showToast(app.toasts, { id, tone: 'failed', title: text('toast.refused', names), detail })
    return
  }
  if (takesMore(preview)) return openOverlay(app, { kind: 'action', request: { action, keys: [key], parameters } })
  const { intent } = preview
  const cancel = app.clock.after(takeBackMs, () => void sendNow())
  const takeBack = () => {
    cancel()
    hideToast(app.toasts, id)
  }
  const sendNow = async () => {
    const [result] = await sendAction(app, action, [{ key, intent }], { parameters, reason: '' })
    if (result === undefined) return
    showToast(app.toasts, {
      id,
      tone: result.sent ? 'done' : 'failed',
      title: text(result.sent ? 'toast.sent' : 'toast.refused', names),
      detail: result.sent ? result.message : refusalWords(text, result.refusal),
    })
    if (result.sent) app.clock.after(takeBackMs, () => hideToast(app.toasts, id))
  }
  const sendsAt = app.clock.now() + takeBackMs
  showToast(app.toasts, { id, tone: 'waiting', title: text('toast.waiting', names), detail: '', sendsAt, takeBack })
}

/** Takes back the action that waits longest, if any. */
export function takeBackLast(app: App): void {
  app.toasts
    .getState()
    .toasts.findLast((toast) => toast.takeBack !== undefined)
    ?.takeBack?.()
}
