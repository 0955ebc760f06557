import type { KubeObject } from '#api/meta.ts'
import type { Clock, EpochMs } from '#lib/clock.ts'
import type { CachedRouteKind } from '#main/cluster/cluster.ts'

/** How long a cache that has not caught up is waited for before it is looked at again (OPS-70). */
export const staleRetryMs = 100

/**
 * After this the guard fails open: an object that was created and deleted again before the watch saw it never arrives.
 * Preconditions on the writes still protect what is there.
 */
const expectationMsMax = 30_000

/** What may be guarded: the object itself, and what is made or changed on its behalf. */
export type GuardedKind = 'rollouts' | 'experiments' | 'replicaSets' | 'services' | 'analysisRuns' | CachedRouteKind

export type CachedVersion = (kind: GuardedKind, key: string) => string | undefined

interface Expectation {
  readonly kind: GuardedKind
  readonly key: string
  readonly resourceVersion: string
  /** A created object that is not cached yet is on its way; a changed one that is not cached was deleted. */
  readonly created: boolean
  readonly until: EpochMs
}

/**
 * Read-your-writes (OPS-70…73): after a round that wrote, the next one waits until the caches show those writes, so that
 * nothing is decided twice and no ReplicaSet is created twice. It only compares; the watch alone fills the caches.
 */
export class StaleGuard {
  readonly #clock: Clock
  readonly #expected = new Map<string, readonly Expectation[]>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** `owner` is the key of the Rollout or Experiment whose next round must see `object`, which was written on its behalf. */
  wrote(owner: string, kind: GuardedKind, object: KubeObject, created: boolean): void {
    this.#expect(owner, kind, object, created, this.#clock.now() + expectationMsMax)
  }

  /** The owner itself was read past the cache: rounds wait, however long, until the cache is at least as new. */
  read(owner: string, object: KubeObject, kind: GuardedKind = 'rollouts'): void {
    this.#expect(owner, kind, object, false, Number.POSITIVE_INFINITY)
  }

  #expect(owner: string, kind: GuardedKind, object: KubeObject, created: boolean, until: EpochMs): void {
    const { namespace, name, resourceVersion } = object.metadata
    if (resourceVersion === undefined) return
    const key = `${namespace ?? ''}/${name}`
    const others = (this.#expected.get(owner) ?? []).filter((each) => each.kind !== kind || each.key !== key)
    this.#expected.set(owner, [...others, { kind, key, resourceVersion, created, until }])
  }

  /** True while the caches are behind what was written for `owner`. */
  isStale(owner: string, cached: CachedVersion): boolean {
    const expected = this.#expected.get(owner) ?? []
    const now = this.#clock.now()
    const pending = expected.filter((each) => now < each.until && isBehind(each, cached(each.kind, each.key)))
    if (pending.length === 0) this.#expected.delete(owner)
    else this.#expected.set(owner, pending)
    return pending.length > 0
  }

  /** The Rollout is gone. */
  forget(owner: string): void {
    this.#expected.delete(owner)
  }
}

const isBehind = (expected: Expectation, cached: string | undefined): boolean =>
  cached === undefined ? expected.created : isOlder(cached, expected.resourceVersion)

const decimal = /^[1-9]\d*$/

/** OPS-71: the longer decimal is larger, equal lengths compare as text; anything malformed is never older. */
export function isOlder(version: string, than: string): boolean {
  if (!decimal.test(version) || !decimal.test(than)) return false
  return version.length === than.length ? version < than : version.length < than.length
}
