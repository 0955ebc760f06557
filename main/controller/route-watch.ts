import type { KubeObject } from '#api/meta.ts'
import type { RouteKind } from '#api/route-kinds.ts'
import type { RouteQuery, RouteRef } from '#engine/traffic/routes.ts'
import type { Dispose } from '#lib/clock.ts'
import { matchesSelector } from '#lib/label-selector.ts'
import type { Cluster } from '#main/cluster/cluster.ts'
import { isRouteQuery } from './observe-routes.ts'

/**
 * Which Rollouts a change of a route object concerns: those whose last round looked at it, or missed it (DEL-1). Kinds are watched from the
 * first Rollout on that needs them.
 */
export class RouteWatch {
  readonly #cluster: Cluster
  readonly #concerned: (rollout: string) => void
  readonly #reads = new Map<string, readonly (RouteRef | RouteQuery)[]>()
  readonly #followed = new Map<RouteKind, Dispose>()

  /** @param concerned called from within watch callbacks with `namespace/name` of a Rollout, so it must only take note */
  constructor(cluster: Cluster, concerned: (rollout: string) => void) {
    this.#cluster = cluster
    this.#concerned = concerned
  }

  /** What a round of this Rollout has looked at. */
  read(rollout: string, reads: readonly (RouteRef | RouteQuery)[]): void {
    if (reads.length === 0) this.#reads.delete(rollout)
    else this.#reads.set(rollout, reads)
    for (const { kind } of reads) this.#follow(kind)
  }

  forget(rollout: string): void {
    this.#reads.delete(rollout)
  }

  stop(): void {
    for (const dispose of this.#followed.values()) dispose()
    this.#followed.clear()
    this.#reads.clear()
  }

  /** Services are followed by whoever names them. */
  #follow(kind: RouteKind): void {
    if (kind === 'services' || this.#followed.has(kind)) return
    const dispose = this.#cluster.cache(kind).onChange((change) => {
      if (change.kind === 'state') return
      if (change.kind === 'upserted' && isSame(change.previous, change.object)) return
      for (const [rollout, reads] of this.#reads)
        if (reads.some((read) => isAbout(read, kind, change.object))) this.#concerned(rollout)
    })
    this.#followed.set(kind, dispose)
  }
}

function isAbout(read: RouteRef | RouteQuery, kind: RouteKind, { metadata }: KubeObject): boolean {
  if (read.kind !== kind || read.namespace !== (metadata.namespace ?? '')) return false
  return isRouteQuery(read) ? matchesSelector(read.labelSelector ?? {}, metadata.labels) : read.name === metadata.name
}

/** Nothing that a router writes or reads differs; caches share what is equal. Status and managers may. */
function isSame(before: KubeObject | undefined, after: KubeObject): boolean {
  const specOf = (object: KubeObject | undefined): unknown => object && Reflect.get(object, 'spec')
  return (
    before !== undefined &&
    specOf(before) === specOf(after) &&
    before.metadata.labels === after.metadata.labels &&
    before.metadata.annotations === after.metadata.annotations &&
    before.metadata.deletionTimestamp === after.metadata.deletionTimestamp &&
    statusOf(before) === statusOf(after)
  )
}

/** Load balancers say in the status under which names they are reached. */
const statusOf = (object: KubeObject): unknown =>
  object.kind === 'Ingress' ? Reflect.get(object, 'status') : undefined
