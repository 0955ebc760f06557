import { createStore, type StoreApi } from 'zustand/vanilla'
import type { RolloutKey } from '#contract/views.ts'

export interface SelectionState {
  /** The cell the keys act on: a row id of the board and a context. */
  readonly active: CellPlace | undefined
  /** Cells marked for one action on all of them. */
  readonly marked: ReadonlySet<RolloutKey>
  /** The queue entry at hand. */
  readonly queueEntry: string | undefined
}

export interface CellPlace {
  readonly row: string
  readonly context: string
}

export type SelectionStore = StoreApi<SelectionState>

export const createSelection = (): SelectionStore =>
  createStore<SelectionState>(() => ({ active: undefined, marked: new Set(), queueEntry: undefined }))

export function toggleMark(store: SelectionStore, key: RolloutKey): void {
  const marked = new Set(store.getState().marked)
  if (!marked.delete(key)) marked.add(key)
  store.setState({ marked })
}

export function addMarks(store: SelectionStore, keys: Iterable<RolloutKey>): void {
  store.setState({ marked: new Set([...store.getState().marked, ...keys]) })
}

export const clearMarks = (store: SelectionStore): void => store.setState({ marked: new Set() })
