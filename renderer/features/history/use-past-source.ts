import { useStore } from 'zustand'
import { hrefOf, type Route } from '../../store/route.ts'
import { useApp, useText } from '../../store/use-app.ts'

export type PastSource = ReturnType<typeof usePastSource>

/** Where the past on a page is from, and the way out of it: to the present, or of a bundle, which has none, to its history. */
export function usePastSource(app: string, present: Route) {
  const { bundle: shown, goTo } = useApp()
  const text = useText()
  const bundle = useStore(shown, (state) => state.bundle)
  const why = bundle === null ? text('past.why', { app }) : text('past.whyBundle', { app, bundle: bundle.name })
  const leave = () => goTo(bundle === null ? hrefOf(present) : '#/history')
  return { id: bundle?.sha256 ?? '', why, leave, leaveLabel: text(bundle === null ? 'past.leave' : 'past.toHistory') }
}
