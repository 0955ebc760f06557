import { rolloutKey } from '#contract/keys.ts'
import type { Dispose, EpochMs } from '#lib/clock.ts'
import { silentLog } from '#lib/log.ts'
import { recordObjects } from '#main/app/record-objects.ts'
import type { Cluster } from '#main/cluster/cluster.ts'
import { openCluster } from '#main/cluster/open-cluster.ts'
import { partsOf, type RolloutParts } from '#main/fleet/rollout-parts.ts'
import { createObjectRecorder, type ObjectRecorder } from '#main/history/objects/object-recorder.ts'
import { type History, openHistory } from '#main/history/store.ts'
import type { Surroundings } from '../controller-process.ts'
import type { Random } from '../random.ts'
import { SimulatedClient } from '../simulated-client.ts'
import { ProcessClock } from '../simulated-time.ts'

export const context = 'harbor'
export const rollout = { namespace: 'shop', name: 'web' }
export const key = rolloutKey({ context, ...rollout })

/** What was to be seen at a time. */
export interface Sight {
  readonly at: EpochMs
  /** `undefined`: no such Rollout. */
  readonly parts: RolloutParts | undefined
}

/** A laptop that watches and records, and drives nothing; what it saw is what its record must tell. */
export class Witness {
  readonly #surroundings: Surroundings
  readonly #random: Random
  readonly #path: string
  #clock: ProcessClock
  #cluster: Cluster
  #history: History
  #recorder: ObjectRecorder
  #endRecording: Dispose = () => {}
  isThere = false

  constructor(surroundings: Surroundings, random: Random, path: string) {
    this.#surroundings = surroundings
    this.#random = random
    this.#path = path
    const begun = this.#begin()
    this.#clock = begun.clock
    this.#cluster = begun.cluster
    this.#history = begun.history
    this.#recorder = begun.recorder
  }

  #begin() {
    const clock = new ProcessClock(this.#surroundings.time)
    const client = new SimulatedClient({ ...this.#surroundings, process: 'witness', clock, onEffect: () => undefined })
    const cluster = openCluster({ context, client, clock, random: this.#random.next, log: silentLog })
    const history = openHistory({ path: this.#path, clock, log: silentLog })
    const recorder = createObjectRecorder({ history, clock })
    this.#endRecording = recordObjects(cluster, { recorder, clock })
    cluster.start()
    this.isThere = true
    return { clock, cluster, history, recorder }
  }

  look(): Sight {
    const parts = partsOf(this.#cluster, `${rollout.namespace}/${rollout.name}`, 'detail')
    return { at: this.#clock.now(), parts }
  }

  /** The record as it is now, and the whole of it. */
  get history(): History {
    return this.#history
  }

  /** As a person closes it. */
  async quit(): Promise<void> {
    this.isThere = false
    this.#endRecording()
    await this.#cluster.stop()
    this.#recorder.stop()
    this.#history.close()
    this.#clock.die()
  }

  /** As `kill -9`: what was not handed to the disk is lost. */
  async kill(): Promise<void> {
    this.isThere = false
    this.#clock.die()
    await this.#cluster.stop()
  }

  start(): void {
    const begun = this.#begin()
    this.#clock = begun.clock
    this.#cluster = begun.cluster
    this.#history = begun.history
    this.#recorder = begun.recorder
  }

  sleep(ms: number): void {
    this.#clock.sleep(ms)
  }

  get isAsleep(): boolean {
    return this.#clock.asleepForMs > 0
  }
}
