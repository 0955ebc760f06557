import type { ActionName, RolloutKey } from '#contract/views.ts'
import { textOf } from '../format/text.ts'
import type { App } from '../store/app.ts'
import { diffOf, hrefOf } from '../store/route.ts'
import { beginAction } from '../store/send-action.ts'
import { showToast } from '../store/toasts.ts'
import { useApp } from '../store/use-app.ts'
import { useKeys } from '../ui/use-keys.ts'

/** The keys that act on rollouts: on those marked, else on the one at hand. */
export function useActionKeys(keysAtHand: () => readonly RolloutKey[]): void {
  const app = useApp()
  const act = (action: ActionName) => () => actOn(app, action, keysAtHand())
  useKeys(
    app.isPast
      ? {}
      : {
          P: act('promote'),
          '⇧P': act('promoteFull'),
          S: act('skipStep'),
          A: act('abort'),
          R: act('retry'),
          U: act('undo'),
          Space: () => {
            const keys = keysAtHand()
            actOn(app, pauseOrResume(app, keys), keys)
          },
          D: () => {
            const [key] = keysAtHand()
            const isNative = key !== undefined && app.fleet.getState().rollouts.get(key)?.kind !== undefined
            if (key !== undefined && !isNative) app.goTo(hrefOf(diffOf(key)))
          },
        },
  )
}

function pauseOrResume(app: App, keys: readonly RolloutKey[]): ActionName {
  const { rollouts } = app.fleet.getState()
  return keys.some((key) => rollouts.get(key)?.actions.pause.open) ? 'pause' : 'resume'
}

/** A shut action answers with its reason instead of a dialog that could only say no. */
function actOn(app: App, action: ActionName, keys: readonly RolloutKey[]): void {
  const { rollouts } = app.fleet.getState()
  const [first] = keys
  const view = first === undefined ? undefined : rollouts.get(first)
  if (keys.length === 1 && view !== undefined) {
    const availability = view.actions[action]
    if (!availability.open) {
      const text = textOf(app.texts)
      const names = { action: text(`action.${action}`), app: view.name, cluster: view.context }
      showToast(app.toasts, {
        id: `${action} ${view.key}`,
        tone: 'info',
        title: text('toast.notOpen', names),
        detail: availability.reason,
      })
      return
    }
  }
  beginAction(app, action, keys)
}
