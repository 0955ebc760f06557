import { createStore, type StoreApi } from 'zustand/vanilla'
import type { BoardGroup, BoardKinds, BoardTab } from './board.ts'

export interface FiltersState {
  readonly fleet: string
  readonly tab: BoardTab
  readonly kinds: BoardKinds
  readonly folded: ReadonlySet<BoardGroup>
  readonly history: string
}

export type FiltersStore = StoreApi<FiltersState>

export const createFilters = (): FiltersStore =>
  createStore<FiltersState>(() => ({ fleet: '', tab: 'all', kinds: 'all', folded: new Set(), history: '' }))

export const boardTabs = ['all', 'needsYou', 'moving', 'drifted'] as const satisfies readonly BoardTab[]

export const boardKinds = ['all', 'rollouts', 'native'] as const satisfies readonly BoardKinds[]

export function nextTab(store: FiltersStore): void {
  const { tab } = store.getState()
  store.setState({ tab: boardTabs[(boardTabs.indexOf(tab) + 1) % boardTabs.length] ?? 'all' })
}

export function toggleGroup(store: FiltersStore, group: BoardGroup): void {
  const folded = new Set(store.getState().folded)
  if (!folded.delete(group)) folded.add(group)
  store.setState({ folded })
}
