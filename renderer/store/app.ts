import type { i18n } from 'i18next'
import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Bridge, BridgeState } from '#contract/bridge.ts'
import type { BundleView } from '#contract/bundle-views.ts'
import type { MigrationActionName } from '#contract/migration-views.ts'
import type { Input } from '#contract/requests.ts'
import type { ActionName, AppView, ClusterView, Notice, RolloutKey } from '#contract/views.ts'
import type { Clock } from '#lib/clock.ts'
import { createFilters, type FiltersStore } from './filters.ts'
import { createFleetStore, type FleetStore } from './fleet.ts'
import { createPlanDraft, type PlanDraftStore } from './plan-draft.ts'
import { createPlans, type PlansStore } from './plans.ts'
import type { PreferencesStore } from './preferences.ts'
import { createRequested, type RequestedStore } from './requested.ts'
import { createRoute, type RouteStore } from './route.ts'
import { createSelection, type SelectionStore } from './selection.ts'
import { createTicker, type TickerStore } from './ticker.ts'
import { createToasts, type ToastsStore } from './toasts.ts'

export interface ClustersState {
  readonly clusters: readonly ClusterView[]
  readonly loaded: boolean
}

export interface ConnectionStoreState {
  readonly state: BridgeState
  readonly info: AppView | undefined
  readonly notices: readonly Notice[]
}

export type ActionParameters = Input<'action.preview'>['parameters']

/** A guarded action waiting for its dialog. */
export interface ActionRequest {
  readonly action: ActionName
  readonly keys: readonly RolloutKey[]
  readonly parameters: ActionParameters
}

/** What a person wants of a plan, before the dialog asked for the rest. `stop`: take back, or end; which of it is asked. */
/** Between those who decide what a plan does (SR-6). */
export interface PlanHanding {
  readonly kind: 'ask' | 'handOver'
}

export type PlanWish =
  | { readonly kind: 'start' | 'approve' | 'hold' | 'release' | 'stop' }
  | PlanHanding
  | { readonly kind: 'openGate'; readonly wave: number }
  | { readonly kind: 'retry' | 'skip'; readonly member: string }

/** At most one of these floats over the window. */
export type Overlay =
  | { readonly kind: 'action'; readonly request: ActionRequest }
  | { readonly kind: 'palette' }
  | { readonly kind: 'keys' }
  | { readonly kind: 'crds'; readonly context: string }
  | { readonly kind: 'drive'; readonly context: string; readonly drive: boolean }
  | { readonly kind: 'migrate'; readonly action: MigrationActionName; readonly key: RolloutKey }
  | { readonly kind: 'kubeconfig' }
  | { readonly kind: 'backTest'; readonly key: RolloutKey }
  | { readonly kind: 'plan'; readonly id: string; readonly wish: PlanWish }
  | { readonly kind: 'keepPlan'; readonly start: boolean }
  | { readonly kind: 'leavePlan'; readonly to: string }
  | { readonly kind: 'exportBundle'; readonly id: string | undefined }
  | { readonly kind: 'importBundle' }

export type OverlayStore = StoreApi<{ readonly overlay: Overlay | undefined }>

/** All the window knows and talks to; made once in index.tsx, and once per test. */
export interface App {
  /** What is shown was so, and is not to be acted on. */
  readonly isPast: boolean
  readonly bridge: Bridge
  readonly clock: Clock
  readonly texts: i18n
  readonly fleet: FleetStore
  readonly clusters: StoreApi<ClustersState>
  readonly connection: StoreApi<ConnectionStoreState>
  readonly selection: SelectionStore
  readonly filters: FiltersStore
  readonly requested: RequestedStore
  readonly toasts: ToastsStore
  readonly plans: PlansStore
  readonly planDraft: PlanDraftStore
  /** The bundle that the history shows instead of that of this machine. */
  readonly bundle: StoreApi<{ readonly bundle: BundleView | null }>
  readonly ticker: TickerStore
  readonly route: RouteStore
  readonly overlay: OverlayStore
  readonly preferences: PreferencesStore
  /** Changes the address; the route follows it. */
  readonly goTo: (href: string) => void
}

interface AppParts {
  readonly bridge: Bridge
  readonly clock: Clock
  readonly texts: i18n
  readonly hash: string
  readonly goTo: (href: string) => void
  readonly preferences: PreferencesStore
}

export function createApp({ bridge, clock, texts, hash, goTo, preferences }: AppParts): App {
  return {
    isPast: false,
    bridge,
    clock,
    texts,
    goTo,
    fleet: createFleetStore(),
    clusters: createStore<ClustersState>(() => ({ clusters: [], loaded: false })),
    connection: createStore<ConnectionStoreState>(() => ({ state: 'reconnecting', info: undefined, notices: [] })),
    selection: createSelection(),
    filters: createFilters(),
    requested: createRequested(),
    toasts: createToasts(),
    plans: createPlans(),
    planDraft: createPlanDraft(),
    bundle: createStore<{ readonly bundle: BundleView | null }>(() => ({ bundle: null })),
    ticker: createTicker(clock),
    route: createRoute(hash),
    overlay: createStore<{ readonly overlay: Overlay | undefined }>(() => ({ overlay: undefined })),
    preferences,
  }
}

export const openOverlay = (app: App, overlay: Overlay): void => app.overlay.setState({ overlay })
export const closeOverlay = (app: App): void => app.overlay.setState({ overlay: undefined })

export const clusterOf = (app: App, context: string): ClusterView | undefined =>
  app.clusters.getState().clusters.find((cluster) => cluster.context === context)
