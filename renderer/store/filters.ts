import { createStore, type StoreApi } from 'zustand/vanilla'
import type { BoardGroup, BoardKinds, BoardTab } from './board.ts'

export interface FiltersState {
  readonly fleet: string
  readonly tab: BoardTab
  readonly kinds: BoardKinds
  readonly folded: ReadonlySet<BoardGroup>
  /** Groups of clusters that are one column each (UI-VIRT-9). */
  readonly foldedClusters: ReadonlySet<string>
  readonly history: string
  readonly statistics: string
}

export type FiltersStore = StoreApi<FiltersState>

export const createFilters = (): FiltersStore =>
  createStore<FiltersState>(() => ({
    fleet: '',
    tab: 'all',
    kinds: 'all',
    folded: new Set(),
    foldedClusters: new Set(),
    history: '',
    statistics: '',
  }))

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

export function toggleClusterGroup(store: FiltersStore, group: string): void {
  const foldedClusters = new Set(store.getState().foldedClusters)
  if (!foldedClusters.delete(group)) foldedClusters.add(group)
  store.setState({ foldedClusters })
}
