import { useState } from 'react'
import type { AssuranceInput } from '#contract/guard-views.ts'
import type { ActionPreview, ActionResult, RolloutKey } from '#contract/views.ts'
import { textOf } from '../../format/text.ts'
import { type ActionRequest, type App, closeOverlay } from '../../store/app.ts'
import { type ActionTarget, previewAction, sendAction } from '../../store/send-action.ts'
import { hideToast, showToast } from '../../store/toasts.ts'
import { useApp } from '../../store/use-app.ts'

export type Pace = 'all' | 'two' | 'one'
export type Failing = 'stop' | 'goOn'

export interface Choices {
  readonly chosen: ReadonlySet<RolloutKey>
  readonly reason: string
  readonly pace: Pace
  readonly failing: Failing
  readonly assurance: AssuranceInput
}

const sizes: Record<Pace, number> = { all: 1000, two: 2, one: 1 }

/** Targets in the order shown, in groups of the chosen pace. */
export function batches<T>(targets: readonly T[], pace: Pace): readonly (readonly T[])[] {
  const size = sizes[pace]
  return Array.from({ length: Math.ceil(targets.length / size) }, (_, index) =>
    targets.slice(index * size, (index + 1) * size),
  )
}

/** Sends exactly what the previews showed, group after group, and keeps the result of each cluster (UI-ACT-9). */
export function useSending(request: ActionRequest, previews: readonly ActionPreview[] | undefined) {
  const app = useApp()
  const [state, setState] = useState<'ready' | 'sending' | 'done'>('ready')
  const [results, setResults] = useState<ReadonlyMap<RolloutKey, ActionResult>>(new Map())
  const { action, parameters } = request

  const send = async ({ chosen, reason, pace, failing, assurance }: Choices) => {
    setState('sending')
    const targets = targetsOf(previews ?? [], chosen)
    const found = new Map<RolloutKey, ActionResult>()
    for (const batch of batches(targets, pace)) {
      for (const result of await sendAction(app, action, batch, { parameters, reason, assurance }))
        found.set(result.key, result)
      setResults(new Map(found))
      if (failing === 'stop' && [...found.values()].some((result) => !result.sent)) break
    }
    setState('done')
    if (found.size === targets.length && [...found.values()].every((result) => result.sent))
      announceDone(app, request, targets)
  }
  /** One cluster once more, from what is true there now. */
  const again = async (key: RolloutKey, { reason, assurance }: Choices) => {
    const [preview] = await previewAction(app, action, [key], parameters)
    const [result] = preview?.open
      ? await sendAction(app, action, [{ key, intent: preview.intent }], { parameters, reason, assurance })
      : [{ key, sent: false, refusal: { kind: 'notOpen', reason: preview?.reason ?? '' } } as const]
    if (result !== undefined) setResults((before) => new Map(before).set(key, result))
  }
  return {
    state,
    results,
    send: (choices: Choices) => void send(choices),
    again: (key: RolloutKey, choices: Choices) => void again(key, choices),
  }
}

const targetsOf = (previews: readonly ActionPreview[], chosen: ReadonlySet<RolloutKey>): readonly ActionTarget[] =>
  previews.flatMap((preview) =>
    preview.open && chosen.has(preview.key) ? [{ key: preview.key, intent: preview.intent }] : [],
  )

const noteMs = 5000

/** All sent: the dialog has nothing left to say, the cells show *requested* until the watch confirms. */
function announceDone(app: App, { action, keys }: ActionRequest, targets: readonly ActionTarget[]): void {
  const text = textOf(app.texts)
  const view = app.fleet.getState().rollouts.get(targets[0]?.key ?? '')
  const id = `${action} ${keys.join(' ')}`
  const names = {
    action: text(`action.${action}`),
    app: view?.name ?? '',
    cluster: view?.context ?? '',
    count: targets.length,
  }
  closeOverlay(app)
  showToast(app.toasts, {
    id,
    tone: 'done',
    title: text(targets.length === 1 ? 'toast.sent' : 'toast.sentMany', names),
    detail: '',
  })
  app.clock.after(noteMs, () => hideToast(app.toasts, id))
}
