import { useStore } from 'zustand'
import { rolloutKey } from '#contract/keys.ts'
import type { RolloutKey } from '#contract/views.ts'
import type { App } from '../store/app.ts'
import type { CellPlace } from '../store/selection.ts'
import { useApp } from '../store/use-app.ts'

const keyAt = ({ row, context }: CellPlace): RolloutKey => {
  const slash = row.indexOf('/')
  return rolloutKey({ context, namespace: row.slice(0, slash), name: row.slice(slash + 1) })
}

/** The rollout the window is about: the page's own, else the selected cell's. */
export function subjectOf(app: App): RolloutKey | undefined {
  const { route } = app.route.getState()
  if ('key' in route && route.key !== undefined) return route.key
  const { active } = app.selection.getState()
  return active === undefined ? undefined : keyAt(active)
}

export function useSubject(): RolloutKey | undefined {
  const app = useApp()
  useStore(app.route)
  useStore(app.selection, (state) => state.active)
  return subjectOf(app)
}
