import type { Resource } from '#api/resources.ts'
import { resources } from '#api/resources.ts'
import type { Decision } from '#engine/decision.ts'
import { reconcileRollout } from '#engine/rollout/reconcile.ts'
import type { RolloutWorld } from '#engine/world.ts'
import type { EpochMs } from '#lib/clock.ts'
import type { Log } from '#lib/log.ts'
import type { Cluster } from '#main/cluster/cluster.ts'
import { openCluster } from '#main/cluster/open-cluster.ts'
import { createEngine, type Engine } from '#main/controller/engine.ts'
import { createFleetSource, type FleetSource } from '#main/fleet/fleet-source.ts'
import { apply, type Fleet } from '#main/fleet/patch.ts'
import type { Network } from './network.ts'
import type { Random } from './random.ts'
import type { SimulatedApi } from './simulated-api.ts'
import type { SimulatedAws } from './simulated-aws.ts'
import { SimulatedClient } from './simulated-client.ts'
import { simulatedMetrics } from './simulated-metrics.ts'
import { ProcessClock, type SimulatedTime } from './simulated-time.ts'
import type { SimulatedWatch } from './simulated-watch.ts'
import type { Trace } from './trace.ts'

/** What all processes share. */
export interface Surroundings {
  readonly time: SimulatedTime
  readonly api: SimulatedApi
  readonly network: Network
  readonly watches: Set<SimulatedWatch>
  readonly trace: Trace
  /** Set where AWS is asked. */
  readonly aws: SimulatedAws | undefined
}

/** What one process decided last: from which world, and when by its own clock. */
export interface Decided {
  readonly world: RolloutWorld
  readonly now: EpochMs
  readonly decision: Decision
}

/** One laptop: the real cluster caches, engine and board on a simulated client, until it dies. */
export class ControllerProcess {
  readonly name: string
  readonly clock: ProcessClock
  readonly engine: Engine
  readonly cluster: Cluster
  /** The last decision that wanted something written. */
  lastDecided: Decided | undefined
  /** Writes that took effect, leases and events apart. */
  writes = 0
  /** Dies when that many have taken effect. */
  writesToLive = Number.POSITIVE_INFINITY
  isDriving = true
  /** What its window shows: every patch applied to the one before. */
  board: Fleet = {}
  /** A bug that the engine reported about itself. */
  bug: string | undefined
  #patches = 0
  #onDeath: () => void = () => undefined
  readonly #trace: Trace
  readonly #onDecided: (process: ControllerProcess, decided: Decided) => void

  constructor(
    name: string,
    surroundings: Surroundings,
    random: Random,
    onDecided: (process: ControllerProcess, decided: Decided) => void = () => undefined,
  ) {
    const { time, trace } = surroundings
    this.name = name
    this.#trace = trace
    this.#onDecided = onDecided
    this.clock = new ProcessClock(time)
    const client = new SimulatedClient({
      ...surroundings,
      process: name,
      clock: this.clock,
      onEffect: (resource) => this.#onEffect(resource),
    })
    const { clock } = this
    const log: Log = (level, message, fields) => this.#log(level, message, fields)
    this.cluster = openCluster({ context: 'harbor', client, clock, random: random.next, log })
    this.engine = createEngine({
      cluster: this.cluster,
      clock,
      log,
      aws: surroundings.aws?.port,
      metrics: simulatedMetrics(clock, random.fork('metrics')),
      reconcile: (world, now) => this.#reconcile(world, now),
      random: random.next,
      identity: name,
      leaseNamespace: 'argo-rollouts',
    })
    this.#newFleet().onPatch((patch) => {
      if (patch.seq !== ++this.#patches) this.bug ??= `patch ${patch.seq} came after ${this.#patches - 1}`
      this.board = apply(this.board, patch)
    })
    this.engine.start()
    this.cluster.start()
  }

  /** The board as one would see it who opened the window now; a moment later it is filled. */
  newBoard(): () => Fleet {
    const fleet = this.#newFleet()
    return () => fleet.snapshot().rollouts
  }

  #newFleet(): FleetSource {
    const fleet = createFleetSource({ clock: this.clock })
    fleet.add(this.cluster)
    return fleet
  }

  get isDead(): boolean {
    return this.clock.isDead
  }

  crash(): void {
    if (this.isDead) return
    this.#trace.add(this.name, 'dies')
    this.clock.die()
  }

  /** Called when it dies of its writes. */
  onDeath(listener: () => void): void {
    this.#onDeath = listener
  }

  /** Gives the lease back in the middle of whatever it does (OPS-37). */
  handOver(): void {
    this.isDriving = false
    this.#trace.add(this.name, 'hands over')
    void this.engine.stop({ release: true })
  }

  drive(): void {
    this.isDriving = true
    this.engine.start()
  }

  #reconcile(world: RolloutWorld, now: EpochMs): Decision {
    const decision = reconcileRollout(world, now)
    const decided = { world, now, decision }
    if (decision.writes.length > 0) this.lastDecided = decided
    this.#onDecided(this, decided)
    return decision
  }

  #onEffect(resource: Resource): void {
    if (resource === resources.leases || resource === resources.events) return
    if (resource === resources.selfSubjectAccessReviews) return
    if (++this.writes < this.writesToLive) return
    this.crash()
    this.#onDeath()
  }

  #log(level: string, message: string, fields: Readonly<Record<string, unknown>> = {}): void {
    const { rule, failure, error, reason } = fields
    if (level === 'error')
      this.bug ??= `${message}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`
    const cause = (failure as { readonly kind?: string } | undefined)?.kind
    const details = [rule, cause, message === 'event' ? fields['message'] : undefined, reason].filter(
      (each) => typeof each === 'string',
    )
    this.#trace.add(this.name, `${message}${details.length === 0 ? '' : ` (${details.join(', ')})`}`)
  }
}
