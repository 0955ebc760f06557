import type { ActionName, RolloutView } from '#contract/views.ts'
import { asksFirst, beginAction } from '../store/send-action.ts'
import { useApp, useClusters, useText } from '../store/use-app.ts'
import { Button } from '../ui/button.tsx'
import type { IconName } from '../ui/icon-names.ts'

export const actionIcons: Record<ActionName, IconName> = {
  promote: 'promote',
  promoteFull: 'promotefull',
  skipStep: 'skip',
  pause: 'pause',
  resume: 'play',
  abort: 'abort',
  retry: 'retry',
  undo: 'rollback',
  restart: 'retry',
  cancelRestart: 'x',
  setImage: 'box',
  rerunAnalysis: 'chart',
  terminateAnalysis: 'x',
  terminateExperiment: 'x',
}

/** What can take an update the wrong way, or another than it would have gone. */
export const dangerous: ReadonlySet<ActionName> = new Set(['abort', 'terminateAnalysis', 'terminateExperiment'])

/** The key of each action, as printed on its button (UI-KEY-2). */
export const actionKeys: Partial<Record<ActionName, string>> = {
  promote: 'P',
  promoteFull: '⇧P',
  skipStep: 'S',
  pause: 'Space',
  resume: 'Space',
  abort: 'A',
  retry: 'R',
  undo: 'U',
  rerunAnalysis: 'Y',
  terminateAnalysis: 'E',
  terminateExperiment: 'E',
}

interface ActionButtonProps {
  readonly view: RolloutView
  readonly action: ActionName
  readonly kind?: 'plain' | 'primary' | 'danger'
  readonly small?: boolean
  readonly withIcon?: boolean
}

/** Starts an action on one rollout. Shut, it stays in place and says when it opens (UI-ACT-4). */
export function ActionButton({ view, action, kind = 'plain', small, withIcon }: ActionButtonProps) {
  const app = useApp()
  const text = useText()
  // The question mark of the label depends on whether the cluster is protected.
  useClusters((state) => state.clusters)
  // UI-HIST-1: absent, not shut.
  if (app.isPast) return null
  const availability = view.actions[action]
  const label = text(`action.${action}`)
  const asks = availability.open && asksFirst(app, action, [view.key])
  return (
    <Button
      label={asks ? text('action.asks', { action: label }) : label}
      icon={withIcon ? actionIcons[action] : undefined}
      hint={actionKeys[action]}
      kind={kind}
      small={small ?? false}
      offBecause={availability.open ? undefined : availability.reason}
      onPress={() => beginAction(app, action, [view.key])}
    />
  )
}
