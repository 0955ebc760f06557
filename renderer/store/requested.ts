import { createStore, type StoreApi } from 'zustand/vanilla'
import type { ActionEffect, ActionName, RolloutKey, RolloutView } from '#contract/views.ts'
import type { EpochMs } from '#lib/clock.ts'

/** An action that was sent and whose effect main has not seen yet. The window never guesses what the cluster will say. */
export interface RequestedAction {
  readonly action: ActionName
  readonly resourceVersion: string
  readonly sentAt: EpochMs
}

/** An action that the API server took and no engine acted on (ACT-58). It stands until the rollout moves. */
export interface NotSeenAction {
  readonly effect: ActionEffect
  /** How the rollout looked when the wait was over. */
  readonly view: RolloutView | undefined
}

export interface RequestedState {
  readonly actions: ReadonlyMap<RolloutKey, RequestedAction>
  readonly notSeen: ReadonlyMap<RolloutKey, NotSeenAction>
  /** The last word on each rollout: it may come before the answer to a request of many targets does. */
  readonly effects: ReadonlyMap<RolloutKey, ActionEffect>
}

export type RequestedStore = StoreApi<RequestedState>
type Rollouts = ReadonlyMap<RolloutKey, RolloutView>

export const createRequested = (): RequestedStore =>
  createStore<RequestedState>(() => ({ actions: new Map(), notSeen: new Map(), effects: new Map() }))

/** Main says within 30 s what came of an action. No word for this long: the connection to it broke in between. */
export const confirmWithinMs = 40_000

/** One action that was sent, as main answered. */
export interface SentTarget {
  readonly key: RolloutKey
  readonly resourceVersion: string
}

export function markRequested(
  store: RequestedStore,
  sent: readonly SentTarget[],
  action: ActionName,
  rollouts: Rollouts,
  now: EpochMs,
): void {
  const { actions, notSeen, effects } = store.getState()
  const [open, standing] = [new Map(actions), new Map(notSeen)]
  for (const { key, resourceVersion } of sent) {
    const effect = effects.get(key)
    standing.delete(key)
    if (effect?.resourceVersion !== resourceVersion) open.set(key, { action, resourceVersion, sentAt: now })
    else if (effect.state === 'notSeen') standing.set(key, { effect, view: rollouts.get(key) })
  }
  store.setState({ actions: open, notSeen: standing })
}

/** Main has seen what came of an action, or given up. True when it is one of this window's that nobody acted on. */
export function takeEffect(store: RequestedStore, effect: ActionEffect, rollouts: Rollouts): boolean {
  const { actions, notSeen, effects } = store.getState()
  const { key, resourceVersion, state } = effect
  const isOurs = actions.get(key)?.resourceVersion === resourceVersion
  const [open, standing] = [new Map(actions), new Map(notSeen)]
  if (isOurs) open.delete(key)
  if (isOurs && state === 'notSeen') standing.set(key, { effect, view: rollouts.get(key) })
  store.setState({ actions: open, notSeen: standing, effects: new Map(effects).set(key, effect) })
  return isOurs && state === 'notSeen'
}

/** Drops the warnings of rollouts that have moved, and marks that wait in vain. Returns the keys of the latter. */
export function settleRequested(store: RequestedStore, rollouts: Rollouts, now: EpochMs): readonly RolloutKey[] {
  const { actions, notSeen } = store.getState()
  const overdue = [...actions].filter(([, { sentAt }]) => now - sentAt > confirmWithinMs).map(([key]) => key)
  const moved = [...notSeen].filter(([key, { view }]) => hasMoved(view, rollouts.get(key))).map(([key]) => key)
  if (overdue.length > 0) store.setState({ actions: without(actions, overdue) })
  if (moved.length > 0) store.setState({ notSeen: without(notSeen, moved) })
  return overdue
}

function without<T>(map: ReadonlyMap<RolloutKey, T>, keys: readonly RolloutKey[]): ReadonlyMap<RolloutKey, T> {
  const rest = new Map(map)
  for (const key of keys) rest.delete(key)
  return rest
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
