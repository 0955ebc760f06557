import type { AnalysisRun } from '#api/analysis.ts'
import { parseRolloutKey, parseWorkloadKey, rolloutKey, workloadKey } from '#contract/keys.ts'
import type {
  EventView,
  FleetPatch,
  FleetSnapshot,
  RolloutDetailView,
  RolloutKey,
  RolloutView,
} from '#contract/views.ts'
import type { NativesState, WorkloadKind } from '#contract/workload-views.ts'
import type { PastRun } from '#engine/forecast/past-runs.ts'
import { resourceOf } from '#engine/workload/plan.ts'
import type { NativeWorkload } from '#engine/workload/progress.ts'
import type { Clock, Dispose } from '#lib/clock.ts'
import { type Log, silentLog } from '#lib/log.ts'
import type { Cluster } from '#main/cluster/cluster.ts'
import { writersOf } from '#main/cluster/writers.ts'
import type { ActionRights } from '#main/controller/action-rights.ts'
import { keyOf } from '#main/controller/dirty-rollouts.ts'
import type { Engine } from '#main/controller/engine.ts'
import { AffectedRollouts } from './affected-rollouts.ts'
import { closedReason } from './closed-reason.ts'
import { eventView } from './detail/events.ts'
import { DetailFeed } from './detail-feed.ts'
import { FleetIndex, type Member } from './fleet-index.ts'
import { Forecasts } from './forecasts.ts'
import { LaterLooks } from './later-looks.ts'
import { NativeWorkloads } from './native-workloads.ts'
import { projectDetail } from './project-detail.ts'
import { projectRollout, type Told } from './project-rollout.ts'
import { projectWorkload } from './project-workload.ts'
import { FleetPublisher } from './publisher.ts'
import { ReachedSteps } from './reached-steps.ts'
import { mayHaveExperiments, partsOf, type RolloutParts } from './rollout-parts.ts'

/** The fleet as it can be seen: the caches of all open clusters, projected. */
export interface FleetSource {
  /**
   * Begins to show a cluster; one of the same context is replaced. The cluster stays the caller's to start and stop. `rights`
   * close the actions that RBAC would refuse (ACT-14); `engine` tells why rollouts do not move where their objects do not.
   */
  add(
    cluster: Cluster,
    told?: { readonly rights?: ActionRights; readonly engine?: EngineTells; readonly natives?: boolean },
  ): void
  /** Puts the Deployments and StatefulSets of a cluster on the board, or takes them off. What was watched once goes on being so. */
  showNatives(context: string, shown: boolean): void
  /** One that is on the board. */
  native(key: RolloutKey): NativeWorkload | undefined
  natives(context: string): { readonly state: NativesState; readonly count: number }
  /** Takes a cluster and all its rollouts off the board. */
  remove(context: string): void
  snapshot(): FleetSnapshot
  /** At most ten a second, numbered without gaps. */
  onPatch(listener: (patch: FleetPatch) => void): Dispose
  /** As of the last patch. */
  view(key: RolloutKey): RolloutView | undefined
  /**
   * Every event about a Rollout, those there are at once, and again when one repeats: with the uid of the Rollout it is about, which
   * may not be shown yet. From the first listener on, one watch more in each cluster.
   */
  onEvent(listener: EventListener): Dispose
  /** As of now. The first call in a cluster begins to watch its events, so they come a little later. */
  detail(key: RolloutKey): RolloutDetailView | undefined
  /** Calls at once, and after each change of the rollout or its children, at most five times a second. */
  onDetail(key: RolloutKey, listener: (detail: RolloutDetailView | undefined) => void): Dispose
  /** The objects behind a view, without events. */
  parts(key: RolloutKey): RolloutParts | undefined
  /** Who wrote the Rollout behind a view, and when, in no order. */
  writers(key: RolloutKey): ReturnType<typeof writersOf>
  /** As far as they are known. The first call in a cluster begins to watch them, so they come a little later. */
  analysisRuns(key: RolloutKey): readonly AnalysisRun[]
  /** One of those that the detail shows. */
  analysisRun(key: RolloutKey, name: string): AnalysisRun | undefined
  counts(context: string): FleetCounts
  stop(): void
}

export type EventListener = (key: RolloutKey, event: EventView, uid: string | undefined) => void

/** What the engine of a cluster knows of its rollouts. */
export type EngineTells = Pick<Engine, 'reasons' | 'onReasons'>

/** Of one cluster; `objects` are those in the caches that are followed. */
export interface FleetCounts {
  readonly rollouts: number
  readonly objects: number
}

interface FleetOptions {
  readonly clock: Clock
  readonly log?: Log
  /** Earlier updates of a rollout, newest first, for how long such things take there. */
  readonly pastRuns?: (key: RolloutKey) => readonly PastRun[]
}

export const createFleetSource = (options: FleetOptions): FleetSource => new CachedFleet(options)

/** From the first Rollout that is known. */
const firstListsMs = 3000
/** From then on, until pods, events and native workloads are asked for: other clusters may still come, and their boards first. */
const boardFirstMs = 2000

interface Followed {
  readonly cluster: Cluster
  readonly affected: AffectedRollouts
  readonly rights: ActionRights | undefined
  readonly engine: EngineTells | undefined
  readonly disposals: readonly Dispose[]
  natives: NativeWorkloads | undefined
  /** Its first lists are not in. */
  isHeld: boolean
  endHold: Dispose | undefined
  closed: string | undefined
}

class CachedFleet implements FleetSource {
  readonly #clock: Clock
  readonly #clusters = new Map<string, Followed>()
  readonly #index = new FleetIndex()
  readonly #publisher: FleetPublisher
  readonly #details: DetailFeed
  readonly #forecasts: Forecasts
  readonly #laterLooks: LaterLooks
  readonly #reached = new ReachedSteps()
  readonly #eventListeners = new Set<EventListener>()

  constructor({ clock, log = silentLog, pastRuns = () => [] }: FleetOptions) {
    this.#clock = clock
    this.#publisher = new FleetPublisher({ clock, index: this.#index, project: (key) => this.#project(key) })
    this.#details = new DetailFeed(clock, (key) => this.detail(key))
    this.#laterLooks = new LaterLooks(clock, (key) => this.#details.mark(key))
    this.#forecasts = new Forecasts({ clock, log, pastRuns, again: (key) => this.#details.mark(key) })
  }

  add(cluster: Cluster, { rights, engine, natives = false }: Parameters<FleetSource['add']>[1] = {}): void {
    const { context } = cluster
    this.remove(context)
    const affected = new AffectedRollouts(cluster, (key) => this.#mark(context, key))
    const closed = closedReason(context, cluster.connection)
    const disposals = [
      cluster.onConnection(() => this.#onConnection(context)),
      rights?.onChange(() => this.#markAllOf(context)),
      engine?.onReasons((key) => (key === undefined ? this.#markAllOf(context) : this.#mark(context, key))),
    ].filter((each) => each !== undefined)
    this.#clusters.set(context, {
      cluster,
      affected,
      rights,
      engine,
      disposals,
      closed,
      natives: undefined,
      isHeld: cluster.connection.state === 'connecting',
      endHold: undefined,
    })
    affected.start()
    if (cluster.connection.state !== 'connecting') affected.followPods()
    if (natives) this.showNatives(context, true)
    if (this.#eventListeners.size > 0) this.#followEventsOf(context)
  }

  remove(context: string): void {
    const followed = this.#clusters.get(context)
    if (followed === undefined) return
    this.#unfollow(followed)
    this.#clusters.delete(context)
    this.#markAll(followed)
  }

  showNatives(context: string, shown: boolean): void {
    const followed = this.#clusters.get(context)
    if (followed === undefined || shown === (followed.natives !== undefined)) return
    const { natives } = followed
    natives?.stop()
    followed.natives = shown ? this.#nativesOf(followed.cluster) : undefined
    if (!followed.isHeld) followed.natives?.follow()
    natives?.markAll()
  }

  #nativesOf(cluster: Cluster): NativeWorkloads {
    const { context } = cluster
    const mark = ({ kind, key }: { readonly kind: WorkloadKind; readonly key: string }) =>
      this.#publisher.mark(workloadKey({ context, ...splitKey(key), kind }))
    return new NativeWorkloads(cluster, mark)
  }

  native(key: RolloutKey): NativeWorkload | undefined {
    const address = parseWorkloadKey(key)
    return address && this.#clusters.get(address.context)?.natives?.get(address)
  }

  natives(context: string): { readonly state: NativesState; readonly count: number } {
    const { state = 'hidden', count = 0 } = this.#clusters.get(context)?.natives ?? {}
    return { state, count }
  }

  snapshot(): FleetSnapshot {
    return this.#publisher.snapshot()
  }

  onPatch(listener: (patch: FleetPatch) => void): Dispose {
    return this.#publisher.onPatch(listener)
  }

  view(key: RolloutKey): RolloutView | undefined {
    return this.#index.view(key)
  }

  onEvent(listener: EventListener): Dispose {
    this.#eventListeners.add(listener)
    for (const context of this.#clusters.keys()) this.#followEventsOf(context)
    return () => void this.#eventListeners.delete(listener)
  }

  detail(key: RolloutKey): RolloutDetailView | undefined {
    const found = this.#find(key)
    if (found === undefined) return undefined
    const { cluster, affected, closed } = found
    this.#followEvents(cluster, affected)
    affected.followPods()
    affected.followAnalysisRuns()
    const rollout = cluster.cache('rollouts').get(found.key)
    if (rollout !== undefined && mayHaveExperiments(rollout)) affected.followExperiments()
    const parts = partsOf(cluster, found.key, 'detail')
    if (parts === undefined) return undefined
    affected.followRoutes(found.key, parts.readRoutes?.reads ?? [])
    this.#laterLooks.after(key, parts.readRoutes)
    const { view } = projectRollout(parts, this.#clock.now(), told(found, true))
    const shown = { ...view, drift: this.#index.view(key)?.drift ?? false }
    return projectDetail(parts, shown, {
      now: this.#clock.now(),
      eventsState: affected.readState('events'),
      analysisState: affected.readState('analysisRuns'),
      experimentState: affected.readState('experiments'),
      reachedStep: this.#reached.of(view),
      forecast: this.#forecasts.of(key, cluster, parts, closed),
    })
  }

  /** Nothing of the board is made of events, and a fleet may have more of them than of all the rest. */
  #followEventsOf(context: string): void {
    const followed = this.#clusters.get(context)
    if (followed !== undefined && !followed.isHeld) this.#followEvents(followed.cluster, followed.affected)
  }

  #followEvents({ context }: Cluster, affected: AffectedRollouts): void {
    affected.followEvents((event) => {
      const { namespace = '', name = '', uid } = event.involvedObject
      const key = rolloutKey({ context, namespace, name })
      for (const listener of this.#eventListeners) listener(key, eventView(event), uid)
    })
  }

  onDetail(key: RolloutKey, listener: (detail: RolloutDetailView | undefined) => void): Dispose {
    return this.#details.subscribe(key, listener)
  }

  parts(key: RolloutKey): RolloutParts | undefined {
    const found = this.#find(key)
    return found && partsOf(found.cluster, found.key, boardScope(found))
  }

  writers(key: RolloutKey): ReturnType<typeof writersOf> {
    const found = this.#find(key)
    const rollout = found?.cluster.cache('rollouts').get(found.key)
    return rollout === undefined ? [] : writersOf(rollout)
  }

  analysisRuns(key: RolloutKey): readonly AnalysisRun[] {
    const found = this.#find(key)
    return (found && partsOf(found.cluster, found.key, 'detail')?.analysisRuns) ?? []
  }

  analysisRun(key: RolloutKey, name: string): AnalysisRun | undefined {
    return this.analysisRuns(key).find(({ metadata }) => metadata.name === name)
  }

  counts(context: string): FleetCounts {
    const followed = this.#clusters.get(context)
    if (followed === undefined) return { rollouts: 0, objects: 0 }
    const { cluster, affected, natives } = followed
    return { rollouts: cluster.cache('rollouts').size, objects: affected.objectCount + (natives?.count ?? 0) }
  }

  stop(): void {
    for (const followed of this.#clusters.values()) this.#unfollow(followed)
    this.#clusters.clear()
    this.#publisher.stop()
    this.#details.stop()
    this.#forecasts.stop()
    this.#laterLooks.stop()
  }

  #unfollow({ affected, disposals, natives, endHold }: Followed): void {
    affected.stop()
    natives?.stop()
    endHold?.()
    for (const dispose of disposals) dispose()
  }

  #onConnection(context: string): void {
    const followed = this.#clusters.get(context)
    if (followed === undefined) return
    if (followed.cluster.connection.state !== 'connecting') this.#release(followed)
    const closed = closedReason(context, followed.cluster.connection)
    if (closed === followed.closed) return
    followed.closed = closed
    this.#markAll(followed)
  }

  /**
   * Rollouts come before their ReplicaSets and pods. As long as a cluster's first lists come in nothing of it is shown: half a picture
   * would be a wrong one, and each of them would be drawn several times. A list that does not come holds the others up no longer than this.
   */
  #isHeld(followed: Followed): boolean {
    if (!followed.isHeld) return false
    followed.endHold ??= this.#clock.after(firstListsMs, () => this.#release(followed))
    return true
  }

  #release(followed: Followed): void {
    if (!followed.isHeld) return
    followed.isHeld = false
    followed.endHold?.()
    this.#markAll(followed)
    followed.endHold = this.#clock.after(boardFirstMs, () => {
      followed.affected.followPods()
      followed.natives?.follow()
      if (this.#eventListeners.size > 0) this.#followEventsOf(followed.cluster.context)
    })
  }

  #markAllOf(context: string): void {
    const followed = this.#clusters.get(context)
    if (followed !== undefined) this.#markAll(followed)
  }

  #markAll({ cluster, natives }: Followed): void {
    for (const rollout of cluster.cache('rollouts').values()) this.#mark(cluster.context, keyOf(rollout))
    natives?.markAll()
  }

  #mark(context: string, key: string): void {
    const followed = this.#clusters.get(context)
    if (followed !== undefined && this.#isHeld(followed)) return
    const wanted = rolloutKey({ context, ...splitKey(key) })
    this.#publisher.mark(wanted)
    this.#details.mark(wanted)
  }

  #find(key: RolloutKey): (Followed & { readonly key: string }) | undefined {
    const address = parseRolloutKey(key)
    const followed = address === undefined ? undefined : this.#clusters.get(address.context)
    if (address === undefined || followed === undefined) return undefined
    return { ...followed, key: `${address.namespace}/${address.name}` }
  }

  #projectNative(key: RolloutKey, context: string): Member | undefined {
    const workload = this.native(key)
    const followed = this.#clusters.get(context)
    if (workload === undefined || followed === undefined) return undefined
    const { closed, rights } = followed
    const missingRight = rights?.lacks({ verb: 'patch', resource: resourceOf(workload) }, workload)
    return projectWorkload(workload, { context, now: this.#clock.now(), closed, missingRight })
  }

  #project(key: RolloutKey): Member | undefined {
    const native = parseWorkloadKey(key)
    if (native !== undefined) return this.#projectNative(key, native.context)
    const found = this.#find(key)
    const parts = found && partsOf(found.cluster, found.key, boardScope(found))
    if (found === undefined || parts === undefined) {
      this.#reached.forget(key)
      return undefined
    }
    const member = projectRollout(parts, this.#clock.now(), told(found, false))
    this.#reached.note(member.view)
    return member
  }
}

const boardScope = ({ affected }: Followed) => (affected.followsPods ? 'board' : 'bare')

/** The parts of `namespace/name`. */
function splitKey(key: string): { readonly namespace: string; readonly name: string } {
  const at = key.indexOf('/')
  return { namespace: key.slice(0, at), name: key.slice(at + 1) }
}

/** What is known besides the objects. On the board one question for rights serves a whole namespace, a page asks by name. */
const told = ({ closed, rights, engine, key }: Followed & { readonly key: string }, named: boolean): Told => ({
  closed,
  closedByRights: (rollout) => rights?.closed(rollout, named) ?? {},
  engine: engine?.reasons(key),
})
