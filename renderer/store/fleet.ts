import { createStore, type StoreApi } from 'zustand/vanilla'
import type { FleetPatch, FleetSnapshot, RolloutKey, RolloutView } from '#contract/views.ts'

/** What main last said about every rollout. Nothing here changes but by its messages. */
export interface FleetState {
  readonly seq: number
  readonly rollouts: ReadonlyMap<RolloutKey, RolloutView>
  /** False until the first snapshot: nothing is known, which is not the same as nothing there. */
  readonly loaded: boolean
}

export type FleetStore = StoreApi<FleetState>

export const createFleetStore = (): FleetStore =>
  createStore<FleetState>(() => ({ seq: 0, rollouts: new Map(), loaded: false }))

export const fromSnapshot = (snapshot: FleetSnapshot): FleetState => ({
  seq: snapshot.seq,
  rollouts: new Map(Object.entries(snapshot.rollouts)),
  loaded: true,
})

/** The state after `patch`, or `'gap'` when one before it is missing and a snapshot is needed. Old patches change nothing. */
export function applyPatch(state: FleetState, patch: FleetPatch): FleetState | 'gap' {
  if (patch.seq <= state.seq) return state
  if (patch.seq !== state.seq + 1) return 'gap'
  const rollouts = new Map(state.rollouts)
  for (const [key, view] of Object.entries(patch.upserted)) rollouts.set(key, view)
  for (const key of patch.removed) rollouts.delete(key)
  return { seq: patch.seq, rollouts, loaded: true }
}
