import { useEffect, useState } from 'react'
import type { ActionPreview, RolloutKey } from '#contract/views.ts'
import type { ActionParameters, ActionRequest } from '../../store/app.ts'
import { previewAction } from '../../store/send-action.ts'
import { useApp } from '../../store/use-app.ts'

/** How long nothing may be typed before the targets are asked again. */
const typingPauseMs = 250

/** An image is the point of it: without one there is nothing to ask. */
const isComplete = ({ action }: ActionRequest, { images }: ActionParameters): boolean =>
  action !== 'setImage' || images !== undefined

/**
 * What the action would send with `parameters`, per target: at once when the dialog opens, then a moment after each change. While an
 * answer is of other parameters it may be looked at, not sent. All that can take it are chosen, but those a person left out.
 */
export function usePreviews(request: ActionRequest, parameters: ActionParameters) {
  const app = useApp()
  const [answer, setAnswer] = useState<{ parameters: ActionParameters; previews: readonly ActionPreview[] }>()
  const [leftOut, setLeftOut] = useState<ReadonlySet<RolloutKey>>(new Set())
  useEffect(() => {
    if (!isComplete(request, parameters)) return undefined
    let live = true
    const ask = () =>
      void previewAction(app, request.action, request.keys, parameters).then(
        (previews) => live && setAnswer({ parameters, previews }),
      )
    const cancel = parameters === request.parameters ? ask() : app.clock.after(typingPauseMs, ask)
    return () => {
      live = false
      cancel?.()
    }
  }, [app, request, parameters])
  const complete = isComplete(request, parameters)
  // What is chosen stays on the screen from the first letter on.
  const whileTyping = request.action === 'setImage' ? [] : undefined
  const previews = complete ? (answer?.previews ?? whileTyping) : []
  const open = (previews ?? []).filter((preview) => preview.open).map(({ key }) => key)
  return {
    previews,
    isCurrent: complete && answer?.parameters === parameters,
    chosen: new Set(open.filter((key) => !leftOut.has(key))),
    setChosen: (chosen: ReadonlySet<RolloutKey>) => setLeftOut(new Set(open.filter((key) => !chosen.has(key)))),
  }
}
