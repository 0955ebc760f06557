import { createStore } from 'zustand/vanilla'
import { type Bridge, BridgeError } from '#contract/bridge.ts'
import type { ClusterView, RolloutDetailView, RolloutKey, RolloutView } from '#contract/views.ts'
import type { EpochMs } from '#lib/clock.ts'
import { success } from '#lib/outcome.ts'
import type { App, ClustersState } from './app.ts'
import { createFleetStore } from './fleet.ts'
import { createPlans } from './plans.ts'
import { createRequested } from './requested.ts'
import { hrefOf, parseRoute } from './route.ts'
import { createSelection } from './selection.ts'
import type { TickerState } from './ticker.ts'

/** What there was to see at one moment. */
export interface PastScene {
  readonly clusters: readonly ClusterView[]
  readonly rollouts: ReadonlyMap<RolloutKey, RolloutView>
  /** The page of one Rollout; null where it was not there. */
  readonly page?: RolloutDetailView | null
}

/** The window as it was: the pages of the present drawn from it show the past, and have no way to a cluster (W9, UI-HIST-1). */
export interface PastApp {
  readonly app: App
  show(at: EpochMs, scene: PastScene): void
}

export function createPastApp(present: App, at: EpochMs): PastApp {
  const ticker = createStore<TickerState>(() => ({ now: at }))
  const now = () => ticker.getState().now
  const fleet = createFleetStore()
  const clusters = createStore<ClustersState>(() => ({ clusters: [], loaded: false }))
  const pages = createPages()
  const goTo = (href: string) => {
    const route = parseRoute(href)
    present.goTo('at' in route && route.at === undefined ? hrefOf({ ...route, at: now() }) : href)
  }
  const app: App = {
    ...present,
    isPast: true,
    bridge: pages.bridge,
    clock: {
      now,
      elapsed: () => present.clock.elapsed(),
      after: (delayMs, task) => present.clock.after(delayMs, task),
    },
    ticker,
    fleet,
    clusters,
    plans: createPlans(),
    selection: createSelection(),
    requested: createRequested(),
    // What would float over the window is of the present; nothing opens here.
    overlay: createStore<ReturnType<App['overlay']['getState']>>(() => ({ overlay: undefined })),
    goTo,
  }
  return {
    app,
    show(moment, { clusters: seen, rollouts, page }) {
      if (now() !== moment) ticker.setState({ now: moment })
      if (clusters.getState().clusters !== seen) clusters.setState({ clusters: seen, loaded: true })
      const { rollouts: before, seq } = fleet.getState()
      if (before !== rollouts) fleet.setState({ rollouts, seq: seq + 1, loaded: true })
      if (page !== undefined) pages.show(page)
    },
  }
}

/** Answers for one page and refuses all else: nothing of the past can reach a cluster, whatever a component asks for. */
function createPages() {
  const listeners = new Set<(page: RolloutDetailView | null) => void>()
  let shown: RolloutDetailView | null | undefined
  const bridge: Bridge = {
    call: (channel) => {
      // The page itself comes by the stream, also that there was none.
      if (channel === 'rollout.detail') return Promise.resolve(success(shown ?? null)) as Promise<never>
      const failure = { kind: 'NotAllowed' as const, message: `${channel} is not open in the past` }
      return Promise.reject(new BridgeError(failure))
    },
    subscribe: (stream, _topic, listener) => {
      if (stream !== 'rollout.changed') return () => {}
      const told = listener as (page: RolloutDetailView | null) => void
      listeners.add(told)
      if (shown !== undefined) told(shown)
      return () => listeners.delete(told)
    },
    onConnection: (listener) => {
      listener('connected')
      return () => {}
    },
  }
  return {
    bridge,
    show(page: RolloutDetailView | null) {
      if (page === shown) return
      shown = page
      for (const told of listeners) told(page)
    },
  }
}
