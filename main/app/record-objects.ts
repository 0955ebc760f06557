import type { KubeObject } from '#api/meta.ts'
import type { Rollout } from '#api/rollout.ts'
import { serviceNames } from '#engine/rollout/service-names.ts'
import { routersOf } from '#engine/traffic/routers.ts'
import type { Clock, Dispose, EpochMs } from '#lib/clock.ts'
import type { ReflectorChange } from '#main/cluster/client.ts'
import type { CachedKinds, Cluster } from '#main/cluster/cluster.ts'
import { keyOf } from '#main/cluster/reflector.ts'
import { isRouteKind } from '#main/cluster/watched-kinds.ts'
import { readableRoutes, type Unread } from '#main/fleet/readable-routes.ts'
import { mayHaveExperiments, referredDeployment } from '#main/fleet/rollout-parts.ts'
import type { ObjectRecorder } from '#main/history/objects/object-recorder.ts'

type Kind = keyof CachedKinds

interface Options {
  readonly recorder: ObjectRecorder
  readonly clock: Clock
}

/** After the first lists: the board comes before what is written about it, and its watches before those that are for the record alone. */
const afterBoardMs = 4000
/** A slice keeps main for a few milliseconds. Whole clusters are new at once when they connect. */
const sliceSize = 100
const sliceMs = 60
/** Route objects of which a list is under way. */
const readAgainMs = 300
/** More than this waiting is a list to be taken again: what was between is not recorded, and told as a gap. */
const waitingMax = 50_000

/** Kinds of which all objects are recorded; of the others those that a Rollout names. */
const whole: readonly Kind[] = ['rollouts', 'replicaSets', 'pods', 'events', 'analysisRuns', 'experiments']

/** Feeds the recorder with every version of what belongs to the Rollouts of one cluster, whoever drives it. */
export function recordObjects(cluster: Cluster, { recorder, clock }: Options): Dispose {
  const feed = new ObjectFeed(cluster, recorder, clock)
  feed.start()
  return () => feed.stop()
}

interface Seen {
  readonly kind: Kind
  readonly object: KubeObject
  readonly at: EpochMs
  readonly isGone: boolean
}

class ObjectFeed {
  readonly #cluster: Cluster
  readonly #recorder: ObjectRecorder
  readonly #clock: Clock
  readonly #followed = new Map<Kind, Dispose>()
  /** `kind namespace/name`, or `kind namespace/*`, of what Rollouts name. */
  readonly #named = new Set<string>()
  /** Kinds whose first list of this session is still to be compared with what was there in the last one. */
  readonly #unlisted = new Set<Kind>()
  /** Namespaces with a route object that is new or changed, or not read yet. */
  readonly #rerouted = new Set<string>()
  #waiting: Seen[] = []
  #alarm: Dispose | undefined
  #endConnection: Dispose = () => {}
  #isOpen = false

  constructor(cluster: Cluster, recorder: ObjectRecorder, clock: Clock) {
    this.#cluster = cluster
    this.#recorder = recorder
    this.#clock = clock
  }

  start(): void {
    this.#endConnection = this.#cluster.onConnection(() => this.#onConnection())
    this.#onConnection()
  }

  stop(): void {
    this.#alarm?.()
    this.#endConnection()
    for (const dispose of this.#followed.values()) dispose()
    this.#work(this.#waiting.length)
    this.#recorder.complete(this.#cluster.context, false, this.#clock.now())
  }

  #onConnection(): void {
    const { state, since } = this.#cluster.connection
    if (state !== 'connected') return this.#recorder.complete(this.#cluster.context, false, since)
    if (this.#isOpen) return this.#judge()
    this.#isOpen = true
    this.#alarm = this.#clock.after(afterBoardMs, () => this.#open())
  }

  #open(): void {
    this.#alarm = undefined
    for (const kind of ['rollouts', 'replicaSets', 'pods', 'events', 'analysisRuns'] as const) this.#follow(kind)
    this.#arm()
  }

  #follow(kind: Kind): void {
    if (this.#followed.has(kind)) return
    const cache = this.#cluster.cache(kind)
    this.#unlisted.add(kind)
    const dispose = cache.onChange((change) => {
      if (change.kind === 'state') this.#judge()
      else this.#onChange(kind, change)
    })
    this.#followed.set(kind, dispose)
    for (const object of cache.values()) this.#take({ kind, object, at: this.#clock.now(), isGone: false })
    this.#judge()
  }

  #onChange(kind: Kind, change: Exclude<ReflectorChange, { readonly kind: 'state' }>): void {
    const at = this.#clock.now()
    this.#take({ kind, object: change.object, at, isGone: change.kind === 'removed' })
    const isNew = change.kind === 'upserted' && change.previous === undefined
    if (kind !== 'replicaSets' || !isNew || !this.#followed.has('pods')) return
    // Watches do not wait for each other: its pods may have come before it.
    for (const object of this.#cluster.cache('pods').ownedBy(change.object.metadata.uid ?? ''))
      this.#take({ kind: 'pods', object, at, isGone: false })
  }

  #take(seen: Seen): void {
    if (!this.#isWanted(seen)) return
    this.#waiting.push(seen)
    if (this.#waiting.length > waitingMax) this.#takeAgain()
    this.#arm()
  }

  #isWanted({ kind, object, isGone }: Seen): boolean {
    // Its ReplicaSet may be gone before it; what was not recorded does not go either.
    if (isGone) return true
    if (whole.includes(kind)) return kind !== 'pods' || this.#isOfRollout(object)
    const namespace = object.metadata.namespace ?? ''
    return this.#named.has(`${kind} ${namespace}/*`) || this.#named.has(`${kind} ${namespace}/${object.metadata.name}`)
  }

  /** ReplicaSets are cached of Rollouts alone. */
  #isOfRollout({ metadata }: KubeObject): boolean {
    const replicaSets = this.#cluster.cache('replicaSets')
    return (metadata.ownerReferences ?? []).some(
      ({ kind, name, uid }) =>
        kind === 'ReplicaSet' && replicaSets.get(`${metadata.namespace ?? ''}/${name}`)?.metadata.uid === uid,
    )
  }

  #takeAgain(): void {
    const now = this.#clock.now()
    this.#recorder.complete(this.#cluster.context, false, this.#waiting[0]?.at ?? now)
    this.#waiting = []
    for (const kind of this.#followed.keys()) {
      this.#unlisted.add(kind)
      for (const object of this.#cluster.cache(kind).values()) {
        const seen = { kind, object, at: now, isGone: false }
        if (this.#isWanted(seen)) this.#waiting.push(seen)
      }
    }
  }

  #arm(): void {
    const isBusy = this.#waiting.length > 0
    if (!isBusy && this.#rerouted.size === 0) return
    this.#alarm ??= this.#clock.after(isBusy ? sliceMs : readAgainMs, () => this.#slice())
  }

  #slice(): void {
    this.#alarm = undefined
    this.#work(sliceSize)
    this.#judge()
    this.#arm()
  }

  #work(count: number): void {
    const { context } = this.#cluster
    for (const { kind, object, at, isGone } of this.#waiting.splice(0, count)) {
      if (isGone) this.#recorder.gone(context, kind, object, at)
      else this.#recorder.seen(context, kind, object, at)
      if (kind === 'rollouts' && !isGone) this.#name(object as Rollout)
      else if (isRouteKind(kind)) this.#rerouted.add(object.metadata.namespace ?? '')
    }
    this.#nameRerouted()
  }

  /** What else belongs to this Rollout: kinds are watched from the first one on that needs them. */
  #name(rollout: Rollout): void {
    const namespace = rollout.metadata.namespace ?? ''
    for (const name of serviceNames(rollout)) this.#wish('services', `${namespace}/${name}`)
    const deployment = referredDeployment(rollout)
    if (deployment !== undefined) this.#wish('deployments', deployment)
    if (mayHaveExperiments(rollout)) this.#follow('experiments')
    if (routersOf(rollout).length === 0) return
    const { reads = [], unread = new Map<never, Unread>() } = readableRoutes(this.#cluster, rollout) ?? {}
    for (const read of reads) this.#wish(read.kind, `${read.namespace}/${'name' in read ? read.name : '*'}`)
    if ([...unread.values()].some(({ kind }) => kind === 'NotSynced')) this.#rerouted.add(namespace)
  }

  /** A route object may name others. */
  #nameRerouted(): void {
    const namespaces = [...this.#rerouted]
    this.#rerouted.clear()
    for (const namespace of namespaces) {
      for (const rollout of this.#cluster.cache('rollouts').inNamespace(namespace)) this.#name(rollout)
    }
  }

  #wish(kind: Kind, key: string): void {
    const name = `${kind} ${key}`
    if (this.#named.has(name)) return
    this.#named.add(name)
    if (!this.#followed.has(kind)) return this.#follow(kind)
    for (const object of this.#cluster.cache(kind).values())
      if (key === keyOf(object) || key.endsWith('/*'))
        this.#take({ kind, object, at: this.#clock.now(), isGone: false })
  }

  /** Complete once everything that is followed was listed, and written. */
  #judge(): void {
    if (this.#followed.size === 0 || this.#waiting.length > 0 || this.#rerouted.size > 0) return
    const { context, connection } = this.#cluster
    for (const kind of this.#unlisted) {
      const cache = this.#cluster.cache(kind)
      if (!cache.synced) continue
      this.#unlisted.delete(kind)
      const there = [...cache.values()].filter((object) => this.#isWanted({ kind, object, at: 0, isGone: false }))
      this.#recorder.listed(context, kind, there, this.#clock.now())
    }
    const isRefused = (kind: Kind) => this.#cluster.cache(kind).failure?.kind === 'Forbidden'
    const isComplete = connection.state === 'connected' && [...this.#unlisted].every(isRefused)
    if (isComplete) this.#recorder.complete(context, true, this.#clock.now())
  }
}
