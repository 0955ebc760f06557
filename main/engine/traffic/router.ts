import type { ReplicaSet } from '#api/apps.ts'
import type { HeaderRoute, MirrorRoute, Rollout, TrafficWeight } from '#api/rollout.ts'
import type { SpecError } from '#engine/rollout/validation/spec-error.ts'
import type { EpochMs } from '#lib/clock.ts'
import type { Outcome } from '#lib/outcome.ts'
import type { RouteQuery, RouteRef, Routes } from './routes.ts'

/** Names for logs and screens (TR-1). */
export type RouterType =
  | 'Istio'
  | 'Nginx'
  | 'ALB'
  | 'SMI'
  | 'Ambassador'
  | 'AppMesh'
  | 'Traefik'
  | 'Apisix'
  | 'GatewayAPI'

/**
 * Splits requests by weight (TR-1). Pure: each operation takes the route objects as they are and returns them as they shall be; what
 * differs is written afterwards. Every operation is idempotent, for it is asked for on almost every pass, and one that is absent has
 * nothing to do and succeeds.
 */
export interface Router {
  readonly type: RouterType
  /**
   * The objects it looks at, created ones included. Asked again with what was found, until it names nothing more: a VirtualService of
   * App Mesh names its VirtualRouter.
   */
  readonly reads: (rollout: Rollout, routes: Routes) => readonly (RouteRef | RouteQuery)[]
  /** Why it cannot act at all, in the text of the reference: the pass fails before any router acts (TR-3). */
  readonly unusable?: (rollout: Rollout, routes: Routes) => string | undefined
  /** What it needs that is not there, or said twice (REF-3…9). */
  readonly missing?: (rollout: Rollout, routes: Routes) => SpecError | undefined
  /** What it needs that has the wrong content, once all is there (REF-13…22). */
  readonly mismatch?: (rollout: Rollout, routes: Routes) => SpecError | undefined
  /** Points selectors of the router's own at the hashes. */
  readonly updateHash?: (request: RouterRequest, routes: Routes) => RouterResult
  /** Sends `weight` to canary, to each destination its own weight, and the rest to stable. */
  readonly setWeight: (request: RouterRequest, routes: Routes) => RouterResult
  /** Makes or replaces a managed route that sends matching requests to canary; without `match` it removes that route. */
  readonly setHeaderRoute?: (request: RouterRequest, route: HeaderRoute, routes: Routes) => RouterResult
  /** Makes or replaces a managed route that copies matching requests to canary; without `match` it removes that route. */
  readonly setMirrorRoute?: (request: RouterRequest, route: MirrorRoute, routes: Routes) => RouterResult
  readonly removeManagedRoutes?: (request: RouterRequest, routes: Routes) => RouterResult
  /** A weight counts as verified as soon as it was sent (GW-6). */
  readonly verifies?: 'always'
  /**
   * How a refused write of this object is told besides the error itself: `before` comes in front of what the API server said. `error` is
   * put in front of the error of the operation.
   */
  readonly refused?: (verb: 'create' | 'update' | 'delete', ref: RouteRef) => Refusal
}

export interface RouterRequest {
  /** As in the pass: normalised, with its status. */
  readonly rollout: Rollout
  /** Of the pair this router splits between (SVC-13); `''` when there is none. */
  readonly canaryService: string
  readonly stableService: string
  /** `''` when there is no such ReplicaSet (TR-9). */
  readonly canaryHash: string
  readonly stableHash: string
  /** 0…`maxWeight`. */
  readonly weight: number
  /** 100 unless the spec says otherwise (TR-2). */
  readonly maxWeight: number
  /** Templates of an Experiment that get weight (TR-16), in the order of its status. */
  readonly destinations: readonly TrafficWeight[]
  /** Owned by the Rollout. */
  readonly replicaSets: readonly ReplicaSet[]
  readonly isAborted: boolean
  /** TR-11. */
  readonly isRollingBackToStable: boolean
  readonly now: EpochMs
}

export interface RouterStep {
  readonly routes: Routes
  readonly events: readonly RouterEvent[]
  /** Not done yet: to be asked again at this time, and until then no step is complete (AMB-6). */
  readonly unfinished?: { readonly until: EpochMs; readonly why: string }
  /** Nothing of the router is changed in this pass, no size shrinks, no step is complete; the rest goes on (IST-18). */
  readonly delayed?: string
}

/** The error is the text the reference gives. */
export type RouterResult = Outcome<RouterStep, RouterError>

export interface RouterError {
  readonly message: string
  /** Told besides the error itself. */
  readonly events: readonly RouterEvent[]
  /** As changed before it went wrong: of several objects those in front. That is written all the same (NGX-1, GW-4, AMB-2). */
  readonly routes?: Routes
}

/** An Event about the Rollout. */
export interface RouterEvent {
  readonly type: 'Normal' | 'Warning'
  readonly reason: string
  readonly message: string
}

export interface Refusal {
  /** The pass goes on as if the write had been done; it comes again in the next one. */
  readonly isTolerated?: true
  /** In front of what the API server said, in the error of the pass. */
  readonly error: string
  /** A Warning, unless the reference has it otherwise. */
  readonly event?: { readonly reason: string; readonly before: string; readonly type?: 'Normal' }
}
