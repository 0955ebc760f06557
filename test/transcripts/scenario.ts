import type { KubeObject } from '#api/meta.ts'

/** What happens to one Rollout named `shop`, as data: played by `play.ts` in a namespace of a real cluster. */
export interface Scenario {
  readonly title: string
  readonly steps: readonly Step[]
}

/** Parts of a `State` (`state.ts`) as they should be. */
export type Look = Readonly<Record<string, string | RegExp>>

export type Step = Apply | Run | Drive | Refuse | Expose | Until | Stays | Told | Range | { readonly from: 'here' }

/** `kubectl apply` of these. */
export interface Apply {
  readonly apply: readonly Manifest[]
}

/** As the person writes it: kubectl fills in the rest. */
export type Manifest = Omit<KubeObject, 'metadata'> & {
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> }
}

/** A line for `sh`, with kubectl and argosy on PATH and the namespace as default. */
export interface Run extends Partial<Claim> {
  readonly run: string
  /** Of its output; 0 is expected of its exit code unless `exit` says otherwise. */
  readonly prints?: RegExp
  readonly exit?: number
}

/** Starts a controller, kills it without a word, or asks it to end. */
export interface Drive {
  readonly controller: 'start' | 'kill' | 'stop'
  /** To tell two of them apart. */
  readonly name?: string
}

/**
 * From now on the API server refuses to store a Rollout's status of which this is true, in CEL over `object` and `oldObject`; so a
 * controller gets stuck between two writes. `nothing` ends that.
 */
export interface Refuse {
  readonly refuse: string
}

/**
 * From now on a Prometheus of the scenario's own answers these numbers, each to the query of that name. Templates without an address
 * ask there.
 */
export interface Expose {
  readonly metrics: Readonly<Record<string, number>>
}

/** Waits until all of `until` is so at one moment. */
export interface Until extends Partial<Claim> {
  readonly until: Look
  /** Seconds; 60 when absent. */
  readonly within?: number
}

/** Lets `seconds` go by, in which `stays` is so throughout. */
export interface Stays extends Claim {
  readonly stays: Look
  readonly seconds: number
}

/**
 * The values that a part of the state went through since `{ from: 'here' }`, or the reasons of the Rollout's Events when it is
 * `event`. What was before counts as known. Waits a moment for the last ones.
 */
export interface Told extends Claim {
  readonly told: string
  readonly is: readonly string[]
}

/** Never more or less than this since `{ from: 'here' }`. `available` counts pods, `pods` the sizes of ReplicaSets. */
export interface Range extends Claim {
  readonly range: 'available' | 'pods'
  readonly min?: number
  readonly max?: number
}

/** What an assertion is about. */
export interface Claim {
  /** Of the numbered rules of the reference's behaviour. */
  readonly rule: string
  readonly says: string
}
