import type { Lease } from '#api/core.ts'
import { resources } from '#api/resources.ts'
import { T0 } from '#test/support/virtual-clock.ts'
import { windowKinds } from '../network.ts'
import { drawAct, Operator } from '../operator.ts'
import { Random } from '../random.ts'
import { drawScenario } from '../scenario.ts'
import type { Change } from '../simulated-api.ts'
import { SimulatedCluster } from '../simulated-cluster.ts'
import { anEngine, aReference, counterAt, type Fighter } from './fighters.ts'

/** How a lease went from one to another. */
export interface TakeOver {
  /** `crash`: its holder died; `lost`: it lived, and could not renew; since when nobody else can say. */
  readonly how: 'quit' | 'crash' | 'lost'
  readonly to: string
  readonly ms: number
  /** Whether holder and one engine of ours that waited were left alone around it, so that the limits hold. */
  readonly isCalm: boolean
  /** One of ours took it. */
  readonly byOurs: boolean
}

export interface FightResult {
  readonly violation: string | undefined
  readonly takeOvers: readonly TakeOver[]
  readonly writes: { readonly engine: number; readonly reference: number }
  readonly lines: readonly string[]
}

export const fightMs = 600_000
const quitMsMax = 2_000
const crashMsMax = 17_000
const lookMs = 100
/** What was done to a process is over and forgotten that long after it ended. */
const calmMs = 20_000
/** The reference asks nobody before it writes: only for so long may it be stopped that its own deadline still holds. */
const referenceFreezeMsMax = 2_000

/** Ten minutes of two engines and one reference controller that want the same cluster, while everything goes wrong that can. */
export async function fight(seed: number): Promise<FightResult> {
  const ring = new Ring(new Random(seed, 'ownership'))
  return ring.run()
}

class Ring {
  readonly #random: Random
  readonly #cluster: SimulatedCluster
  readonly #operator: Operator
  readonly #fighters: (Fighter | undefined)[] = []
  /** Until when each is disturbed, by name. */
  readonly #disturbedUntil = new Map<string, number>()
  readonly #startedAt = new Map<string, number>()
  readonly #takeOvers: TakeOver[] = []
  readonly #writes = { engine: 0, reference: 0 }
  #started = 0
  #violation: string | undefined
  /** When the lease was given back, or its holder died or lost it. */
  #freeSince: { readonly how: TakeOver['how']; readonly at: number; readonly holder: string } | undefined

  constructor(random: Random) {
    this.#random = random
    this.#cluster = new SimulatedCluster(drawScenario(random.fork('scenario')), random)
    this.#operator = new Operator(this.#cluster, random.fork('operator'), [])
    const { api } = this.#cluster
    const counter = { apiVersion: 'v1', kind: 'ConfigMap', metadata: counterAt }
    api.create(resources.configMaps, counter, 'operator')
    api.onChange((change) => this.#onChange(change))
  }

  async run(): Promise<FightResult> {
    const { time, trace } = this.#cluster
    for (const place of [0, 1, 2]) this.#start(place)
    const end = time.now() + fightMs
    this.#lookAgain()
    while (time.now() < end && this.#violation === undefined) {
      this.#strike()
      if (this.#random.chance(0.7)) this.#operator.perform(drawAct(this.#random, this.#cluster.rollout))
      const ms = this.#random.pick([500, 3_000, 8_000, 20_000, 30_000])
      await time.advance(Math.min(ms, end - time.now()), () => this.#violation !== undefined)
    }
    const lines = [...trace.lines]
    for (const each of this.#fighters) each?.crash()
    this.#cluster.breakWatches()
    return { violation: this.#violation, takeOvers: this.#takeOvers, writes: this.#writes, lines }
  }

  /** Places 0 and 1 are of engines, 2 of the reference. */
  #start(place: number): void {
    const name = `${place === 2 ? 'reference' : 'argosy'}-${++this.#started}`
    const make = place === 2 ? aReference : anEngine
    this.#fighters[place] = make(name, this.#cluster, this.#random.fork(name))
    this.#startedAt.set(name, this.#cluster.time.now())
  }

  #strike(): void {
    const { network, trace } = this.#cluster
    const random = this.#random
    const place = random.int(0, 2)
    const fighter = this.#fighters[place]
    if (fighter === undefined) return
    const forMs = random.pick([1_000, 4_000, 15_000, 40_000])
    const what = random.weighted({ nothing: 2, crash: 3, quit: 4, freeze: 2, sleep: 1, cut: 2, window: 3, clock: 1 })
    trace.add('fault', `${what} ${fighter.name} ${forMs}`)
    switch (what) {
      case 'crash':
        fighter.crash()
        if (this.#holder === fighter.name) this.#free('crash', fighter.name)
        return this.#replace(place, fighter)
      case 'quit':
        fighter.quit()
        return this.#replace(place, fighter)
      case 'freeze':
        fighter.clock.freeze(fighter.isOurs ? forMs : Math.min(forMs, referenceFreezeMsMax))
        return this.#disturb(fighter, forMs)
      case 'sleep':
        if (fighter.isOurs) fighter.clock.sleep(forMs)
        return this.#disturb(fighter, forMs)
      case 'cut':
        network.cut(fighter.name, forMs)
        if (random.chance(0.5)) this.#cluster.breakWatches(fighter.name)
        return this.#disturb(fighter, forMs)
      case 'window':
        network.open({ kind: random.pick(windowKinds), process: fighter.name, forMs, rate: random.pick([0.2, 1]) })
        return this.#disturb(fighter, forMs)
      case 'clock':
        fighter.clock.shiftWall(random.pick([-3_600_000, -700, 700, 3_000, 3_600_000]))
        return this.#disturb(fighter, 2_000)
      case 'nothing':
    }
  }

  /** Some time after it has ended another takes its place. */
  #replace(place: number, ended: Fighter): void {
    this.#cluster.time.after(this.#random.pick([300, 5_000, 25_000]), () => {
      ended.crash()
      if (this.#fighters[place] === ended) this.#start(place)
    })
  }

  #disturb({ name }: Fighter, forMs: number): void {
    const until = this.#cluster.time.now() + forMs + calmMs
    this.#disturbedUntil.set(name, Math.max(until, this.#disturbedUntil.get(name) ?? 0))
  }

  get #holder(): string | undefined {
    return this.#cluster.leaseHolder
  }

  #onChange(change: Change): void {
    if (change.resource === resources.leases) return this.#onLease(change)
    if (!this.#startedAt.has(change.by)) return
    this.#writes[change.by.startsWith('argosy-') ? 'engine' : 'reference']++
    if (this.#holder !== change.by)
      this.#fail(`${change.by} wrote ${change.object.metadata.name} in the tenure of ${this.#holder || 'nobody'}`)
  }

  #onLease({ before, object }: Change): void {
    const [from, to] = [holderOf(before as Lease | undefined), holderOf(object as Lease)]
    this.#look()
    if (from === to) return
    if (to === '') return this.#free('quit', from)
    if (from !== '' && this.#freeSince?.holder !== from) this.#free('lost', from)
    if (this.#freeSince === undefined) return
    const { how, at, holder } = this.#freeSince
    this.#freeSince = undefined
    const ms = this.#cluster.time.now() - at
    const isCalm = this.#isCalm(holder, at) && this.#fighters.some((each) => each && this.#waitedInPeace(each, at))
    const byOurs = to.startsWith('argosy-')
    this.#takeOvers.push({ how, to, ms, isCalm, byOurs })
    if (!isCalm) return
    if (how === 'quit' && ms > quitMsMax) this.#fail(`${to} took ${ms} ms after ${holder} gave the lease back`)
    if (how === 'crash' && ms > crashMsMax) this.#fail(`${to} took ${ms} ms after ${holder} died`)
  }

  #free(how: TakeOver['how'], holder: string): void {
    this.#freeSince = { how, at: this.#cluster.time.now(), holder }
  }

  #isCalm(name: string, since: number): boolean {
    return (this.#disturbedUntil.get(name) ?? 0) < since
  }

  /** One of ours that wanted it long before, and wants it still. */
  #waitedInPeace(fighter: Fighter, since: number): boolean {
    const { name, isOurs, competes } = fighter
    return isOurs && competes && this.#isCalm(name, since) && (this.#startedAt.get(name) ?? since) < since - calmMs
  }

  #lookAgain(): void {
    this.#look()
    if (this.#violation === undefined) this.#cluster.time.after(lookMs, () => this.#lookAgain())
  }

  /** Never are there two who would write; one that is stopped writes nothing until it goes on. */
  #look(): void {
    const writers = this.#fighters.filter((each) => each?.mayWrite && each.clock.asleepForMs === 0)
    if (writers.length > 1) this.#fail(`both would write: ${writers.map((each) => each?.name).join(', ')}`)
  }

  #fail(text: string): void {
    if (this.#violation !== undefined) return
    this.#violation = `${(this.#cluster.time.now() - T0) / 1000} s: ${text}`
    this.#cluster.trace.add('checker', text)
  }
}

const holderOf = (lease: Lease | undefined): string => lease?.spec?.holderIdentity ?? ''
