import { createStore, type StoreApi } from 'zustand/vanilla'
import type { BoardGroup, BoardTab } from './board.ts'

export interface FiltersState {
  readonly fleet: string
  readonly tab: BoardTab
  readonly folded: ReadonlySet<BoardGroup>
  readonly history: string
}

export type FiltersStore = StoreApi<FiltersState>

export const createFilters = (): FiltersStore =>
  createStore<FiltersState>(() => ({ fleet: '', tab: 'all', folded: new Set(), history: '' }))

export const boardTabs = ['all', 'needsYou', 'moving', 'drifted'] as const satisfies readonly BoardTab[]

export function nextTab(store: FiltersStore): void {
  const { tab } = store.getState()
  store.setState({ tab: boardTabs[(boardTabs.indexOf(tab) + 1) % boardTabs.length] ?? 'all' })
}

export function toggleGroup(store: FiltersStore, group: BoardGroup): void {
  const folded = new Set(store.getState().folded)
  if (!folded.delete(group)) folded.add(group)
  store.setState({ folded })
}
