import type { App } from './app.ts'
import type { BoardKinds, BoardTab } from './board.ts'
import { boardKinds, boardTabs, type FiltersState } from './filters.ts'

/** What is on the board, under a name; kept with the preferences. */
export interface SavedView {
  readonly name: string
  readonly filter: string
  readonly tab: BoardTab
  readonly kinds: BoardKinds
}

/** As many as there are keys for. */
export const savedViewsMax = 9
export const viewNameMax = 40

/** What of a kept list can be used: the shelf may hold anything. */
export function readSavedViews(kept: unknown): readonly SavedView[] {
  if (!Array.isArray(kept)) return []
  return kept.flatMap((each) => readView(each) ?? []).slice(0, savedViewsMax)
}

function readView(each: unknown): SavedView | undefined {
  if (typeof each !== 'object' || each === null) return undefined
  const { name, filter, tab, kinds } = each as Partial<Record<keyof SavedView, unknown>>
  if (typeof name !== 'string' || name.trim() === '' || typeof filter !== 'string') return undefined
  return {
    name: name.slice(0, viewNameMax),
    filter: filter.slice(0, 500),
    tab: boardTabs.find((known) => known === tab) ?? 'all',
    kinds: boardKinds.find((known) => known === kinds) ?? 'all',
  }
}

/** Under a name that is there already it takes the place of that one. */
export function saveView(app: App, name: string): void {
  const { fleet: filter, tab, kinds } = app.filters.getState()
  const view = { name: name.trim().slice(0, viewNameMax), filter, tab, kinds }
  const { savedViews } = app.preferences.getState()
  const at = savedViews.findIndex((each) => each.name === view.name)
  const next = at < 0 ? [...savedViews, view] : savedViews.with(at, view)
  if (view.name !== '' && next.length <= savedViewsMax) app.preferences.setState({ savedViews: next })
}

export function dropView(app: App, name: string): void {
  const { savedViews } = app.preferences.getState()
  app.preferences.setState({ savedViews: savedViews.filter((each) => each.name !== name) })
}

export const showView = (app: App, { filter, tab, kinds }: SavedView): void =>
  app.filters.setState({ fleet: filter, tab, kinds })

/** Whether this is what the board shows now. */
export const isShown = (
  { filter, tab, kinds }: SavedView,
  shown: Pick<FiltersState, 'fleet' | 'tab' | 'kinds'>,
): boolean => filter === shown.fleet && tab === shown.tab && kinds === shown.kinds
