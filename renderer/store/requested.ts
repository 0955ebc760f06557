import { createStore, type StoreApi } from 'zustand/vanilla'
import type { ActionName, RolloutKey, RolloutView } from '#contract/views.ts'
import type { EpochMs } from '#lib/clock.ts'

/** An action that was sent and not yet seen in the watch. The window never guesses what the cluster will say. */
export interface RequestedAction {
  readonly action: ActionName
  readonly sentAt: EpochMs
  /** How the rollout looked when it was sent. */
  readonly before: RolloutView | undefined
}

export type RequestedState = ReadonlyMap<RolloutKey, RequestedAction>
export type RequestedStore = StoreApi<{ readonly actions: RequestedState }>

export const createRequested = (): RequestedStore => createStore(() => ({ actions: new Map() as RequestedState }))

/** No word from the watch for this long: the mark goes, the cluster's own state stays as it is. */
export const confirmWithinMs = 30_000

export function markRequested(
  store: RequestedStore,
  keys: readonly RolloutKey[],
  action: ActionName,
  rollouts: ReadonlyMap<RolloutKey, RolloutView>,
  now: EpochMs,
): void {
  const actions = new Map(store.getState().actions)
  for (const key of keys) actions.set(key, { action, sentAt: now, before: rollouts.get(key) })
  store.setState({ actions })
}

/** Drops what the watch has confirmed and what has waited too long. Returns the keys given up on. */
export function settleRequested(
  store: RequestedStore,
  rollouts: ReadonlyMap<RolloutKey, RolloutView>,
  now: EpochMs,
): readonly RolloutKey[] {
  const { actions } = store.getState()
  const open = new Map(actions)
  const overdue: RolloutKey[] = []
  for (const [key, requested] of actions) {
    if (hasMoved(requested.before, rollouts.get(key))) open.delete(key)
    else if (now - requested.sentAt > confirmWithinMs) {
      open.delete(key)
      overdue.push(key)
    }
  }
  if (open.size !== actions.size) store.setState({ actions: open })
  return overdue
}

/** Whether anything an action can change has changed. */
function hasMoved(before: RolloutView | undefined, after: RolloutView | undefined): boolean {
  if (before === undefined || after === undefined) return before !== after
  return (
    before.status !== after.status ||
    before.phase !== after.phase ||
    before.message !== after.message ||
    before.stepIndex !== after.stepIndex ||
    before.setWeight !== after.setWeight ||
    before.version !== after.version ||
    before.currentPodHash !== after.currentPodHash ||
    before.pause?.startedAt !== after.pause?.startedAt ||
    before.replicas.updated !== after.replicas.updated
  )
}
