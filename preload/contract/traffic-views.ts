import type { EpochMs } from '#lib/clock.ts'

export interface TrafficView {
  readonly kind: 'pods' | 'router' | 'services'
  /** `VirtualService checkout, route primary` and so on; empty when pods decide. */
  readonly source: string
  /** What the current step asks for; of a router nothing once the update is over, for stable has everything then. */
  readonly desiredWeight: number
  /** By pods or Services; what a router was sent is in `written`. */
  readonly actualWeight: number
  readonly maxWeight: number
  /** What was last sent through a router, as the status says; `undefined` when nothing was, and without a router. */
  readonly written: WrittenView | undefined
  /** What its route objects say; `undefined` without a router. */
  readonly routing: RoutingView | undefined
  readonly canaryPods: number
  readonly stablePods: number
  readonly services: readonly {
    readonly role: string
    readonly name: string
    readonly podHash: string | undefined
    readonly revision: number | undefined
  }[]
}

/** Weights of `maxWeight`; stable has the rest. */
export interface WrittenView {
  readonly weight: number
  /** Shares of Experiments. */
  readonly additional: readonly { readonly service: string; readonly weight: number }[]
  /** `undefined`: the router cannot tell whether it has arrived. */
  readonly verified: boolean | undefined
}

export interface RoutingView {
  /** Somebody else changed a route object. */
  readonly drift: DriftView | undefined
  readonly objects: readonly RouteView[]
  /** Kinds of route objects that are not known, and why. */
  readonly unread: readonly UnreadView[]
  /** What somebody should know, as sentences. */
  readonly concerns: readonly string[]
  /** Header and mirror steps that come before the canary has pods, so that their routes are removed at once (TR-18a). */
  readonly withoutPods: readonly { readonly stepIndex: number; readonly name: string }[]
}

export interface DriftView {
  /** `undefined`: the objects fit no single weight. */
  readonly weight: number | undefined
  readonly written: number
  readonly manager: string | undefined
  readonly at: EpochMs | undefined
}

export interface RouteView {
  readonly kind: string
  readonly name: string
  /** Where it is, when that is another cluster than the Rollout's. */
  readonly cluster: string | undefined
  readonly exists: boolean
  /** `none`: has no part in the split; `unclear`: fits no weight. */
  readonly weight: number | 'none' | 'unclear'
  readonly stepRoutes: readonly StepRouteView[]
}

export interface StepRouteView {
  readonly kind: 'header' | 'mirror'
  readonly name: string
  /** All of them; of a mirror route any. `x-canary = yes`, `GET`, `/api*`, `~ ^/v[0-9]`. */
  readonly conditions: readonly string[]
  /** Of a mirror route. */
  readonly percentage: number | undefined
  readonly state: 'made' | 'different' | 'missing'
}

export interface UnreadView {
  readonly kind: string
  readonly why: 'loading' | 'forbidden' | 'failed'
  readonly message: string
}
