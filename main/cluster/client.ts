import type { KubeObject } from '#api/meta.ts'
import type { Resource } from '#api/resources.ts'
import type { PatchType, Precondition, Subresource } from '#engine/decision.ts'
import type { Dispose, EpochMs } from '#lib/clock.ts'
import type { Failure } from '#lib/failure.ts'
import type { Outcome } from '#lib/outcome.ts'
import type { WriteCause } from '#lib/write-sent.ts'
import type { Gateway } from './gateway.ts'

/**
 * One cluster as seen through one kubeconfig context: raw JSON in and out, failures classified, nothing cached.
 * Implementations count every request (`requests`), obey Retry-After and share one connection pool per credential.
 */
export interface ClusterClient {
  /** Name of the kubeconfig context. */
  readonly context: string
  /** API server address, for messages. */
  readonly server: string
  get(resource: Resource, at: At, subresource?: Subresource): Promise<Outcome<KubeObject, Failure>>
  /** Follows `continue` to the end. */
  list(resource: Resource, options?: ListOptions): Promise<Outcome<ObjectList, Failure>>
  create(resource: Resource, object: KubeObject, options?: WriteOptions): Promise<Outcome<KubeObject, Failure>>
  update(
    resource: Resource,
    object: KubeObject,
    options?: WriteOptions & { readonly subresource?: Subresource },
  ): Promise<Outcome<KubeObject, Failure>>
  patch(
    resource: Resource,
    at: At,
    patch: {
      readonly type: PatchType
      readonly body: unknown
      readonly subresource?: Subresource
      readonly force?: boolean
    },
    options?: WriteOptions,
  ): Promise<Outcome<KubeObject, Failure>>
  delete(
    resource: Resource,
    at: At,
    options?: {
      readonly precondition?: Precondition
      readonly propagationPolicy?: 'Background' | 'Foreground' | 'Orphan'
      readonly cause?: WriteCause | undefined
    },
  ): Promise<Outcome<void, Failure>>
  evict(at: At, precondition?: Precondition, cause?: WriteCause): Promise<Outcome<void, Failure>>
  /** Any other path, e.g. `/version`, `/apis`, `/readyz`. */
  raw(path: string): Promise<Outcome<unknown, Failure>>
  /** One watch request; ends (without error) when the server ends it. */
  watch(resource: Resource, options: WatchOptions, signal: AbortSignal): AsyncIterable<Outcome<WatchEvent, Failure>>
  /** Requests sent so far by verb, watches included once each; for budgets and the status bar. */
  readonly requests: Readonly<Record<RequestVerb, number>>
  /** The API server's clock minus ours, in ms, by the Date header of its last answer; `undefined` before the first (ACT-83). */
  readonly clockOffsetMs?: number | undefined
  /** Whether Istio's objects as seen here serve other clusters too, so that marks in them may be of Rollouts elsewhere (IST-3). */
  readonly sharesIstio?: (() => Promise<boolean>) | undefined
  /** The context or the address of the cluster that has them, once it is known that it is another one. */
  readonly istioCluster?: string | undefined
  /** To what runs in the cluster; a client without a network has none. */
  readonly gateway?: Gateway | undefined
  close(): Promise<void>
}

export type RequestVerb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete'

export interface At {
  readonly namespace?: string | undefined
  readonly name: string
}

export interface ListOptions {
  readonly namespace?: string | undefined
  readonly labelSelector?: string
  readonly fieldSelector?: string
}

export interface ObjectList {
  readonly resourceVersion: string
  readonly items: readonly KubeObject[]
}

export interface WriteOptions {
  readonly dryRun?: boolean
  /** For the record of what was written. */
  readonly cause?: WriteCause | undefined
}

export interface WatchOptions extends ListOptions {
  readonly resourceVersion: string
  readonly timeoutSeconds: number
  /** Called once the server has accepted the watch; a quiet resource may send nothing for a minute after that. */
  readonly onOpen?: () => void
}

export type WatchEvent =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: KubeObject }
  | { readonly type: 'BOOKMARK'; readonly resourceVersion: string }

/** How fresh a reflector's store is. `since` is when it entered the state. */
export type ReflectorState =
  | { readonly state: 'listing'; readonly since: EpochMs }
  | { readonly state: 'live'; readonly since: EpochMs }
  | { readonly state: 'stale'; readonly since: EpochMs; readonly failure: Failure; readonly retryAt: EpochMs }

/** A self-healing copy of one resource: list, then watch, for ever; the only writer of its store (OPS-73). */
export interface Reflector {
  readonly resource: Resource
  readonly state: ReflectorState
  /** Objects by `namespace/name` (`name` alone when cluster-scoped). */
  readonly objects: ReadonlyMap<string, KubeObject>
  /** Called with each change after it is in `objects`, and with every state change. Listeners must not act, only mark. */
  onChange(listener: (change: ReflectorChange) => void): Dispose
  start(): void
  stop(): void
  /** Ends the current wait and tries at once. */
  retryNow(): void
}

export type ReflectorChange =
  | { readonly kind: 'upserted'; readonly object: KubeObject; readonly previous: KubeObject | undefined }
  | { readonly kind: 'removed'; readonly object: KubeObject }
  | { readonly kind: 'state'; readonly state: ReflectorState }
