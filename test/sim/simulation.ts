import { resources } from '#api/resources.ts'
import { shownPhase } from '#engine/status/phase.ts'
import { jsonEqual } from '#lib/json-patch.ts'
import type { ChangeSeen, Checker } from './checker.ts'
import { newCheckers } from './checkers/all.ts'
import { ControllerProcess, type Decided } from './controller-process.ts'
import { describeFault, drawFault, type Fault } from './faults.ts'
import { type Act, drawAct, Operator } from './operator.ts'
import { Random } from './random.ts'
import { routedScenario } from './routed-scenario.ts'
import { drawScenario, drawVariant, type Scenario } from './scenario.ts'
import type { Change } from './simulated-api.ts'
import { SimulatedCluster } from './simulated-cluster.ts'

export interface Violation {
  readonly checker: string
  readonly rules: readonly string[]
  readonly text: string
}

export interface Run {
  readonly violation: Violation | undefined
  readonly hash: string
  readonly lines: readonly string[]
  /** Writes of controllers that took effect, leases and events apart. */
  readonly writes: number
  readonly rounds: number
}

/** Longer than every deadline and delay of a scenario, so that silence of this length is the end. */
const quietMs = 110_000
/** The longest way of any scenario to its end once nothing interferes, with room to spare. */
const convergenceMsMax = 900_000
/** Rounds without a fault that lead to rest. */
const convergenceRoundsMax = 1_000
/** Enough for a successor to take the lease and look at everything once. */
const takeOverMs = 40_000

/** After that all pods of a Deployment are ready. */
const deploymentUpMs = 5_000
/** Enough for a board to be filled; patches come ten times a second. */
const boardMs = 1_000

/** One cluster, two controllers, and all checkers watching. */
export class Simulation {
  readonly cluster: SimulatedCluster
  readonly operator: Operator
  readonly #random: Random
  readonly #checkers: readonly Checker[] = newCheckers()
  /** By whose place they take; the dead are replaced. */
  readonly #processes: ControllerProcess[] = []
  /** By name, the dead too: their last write may still be under way. */
  readonly #everyProcess = new Map<string, ControllerProcess>()
  /** Done right after the next write of a controller: the worst moment. */
  readonly #ambushes: Act[] = []
  #started = 0
  #writes = 0
  #rounds = 0
  #lastWriteAt = 0
  #violation: Violation | undefined

  constructor(scenario: Scenario, random: Random) {
    this.#random = random
    this.cluster = new SimulatedCluster(scenario, random)
    this.operator = new Operator(this.cluster, random.fork('operator'), scenario.routes)
    this.cluster.api.onChange((change) => this.#onChange(change))
  }

  get processes(): readonly ControllerProcess[] {
    return this.#processes
  }

  get violation(): Violation | undefined {
    return this.#violation
  }

  get run(): Run {
    const { lines, hash } = this.cluster.trace
    return { violation: this.#violation, hash, lines, writes: this.#writes, rounds: this.#rounds }
  }

  /** Starts a controller; `slot` says whose place it takes. */
  start(slot = this.#processes.length): ControllerProcess {
    const name = `argosy-${++this.#started}`
    this.cluster.trace.add(name, 'starts')
    const process = new ControllerProcess(name, this.cluster, this.#random.fork(name), (each, decided) =>
      this.#onDecided(each, decided),
    )
    this.#processes[slot] = process
    this.#everyProcess.set(name, process)
    return process
  }

  async advance(ms: number): Promise<void> {
    await this.cluster.time.advance(ms, () => this.#violation !== undefined)
    if (this.cluster.time.isStuck) this.#fail('converges', ['E3'], 'an endless loop: time does not go by')
    for (const { bug } of this.#processes) if (bug !== undefined) this.#fail('no bugs', ['OPS-62'], bug)
  }

  ambush(act: Act): void {
    this.#ambushes.push(act)
  }

  inflict(fault: Fault): void {
    const { cluster } = this
    cluster.trace.add('fault', describeFault(fault))
    const process = 'process' in fault ? this.#processes[fault.process] : undefined
    if (fault.kind === 'compaction') {
      cluster.api.compact()
      cluster.breakWatches()
    } else if (process !== undefined && !process.isDead) this.#inflictOn(process, fault)
  }

  /** Ends all faults, and waits until nobody writes any more; then everything must be as it should, and stay so. */
  async converge(): Promise<void> {
    const { cluster } = this
    cluster.trace.add('fault', 'all faults end')
    cluster.network.heal()
    this.#ambushes.length = 0
    const rounds = this.#rounds
    const awake = this.#processes.filter((each) => !each.isDead && each.clock.asleepForMs === 0)
    if (awake.length === 0) this.start(0)
    else if (!awake.some((each) => each.isDriving)) for (const each of awake) each.drive()
    const startedAt = cluster.time.now()
    this.#lastWriteAt = startedAt
    while (cluster.time.now() - this.#lastWriteAt < quietMs && this.#violation === undefined) {
      if (cluster.time.now() - startedAt > convergenceMsMax)
        this.#fail('converges', ['OPS-42'], `still writing ${convergenceMsMax / 1000} s after the faults ended`)
      if (this.#rounds - rounds > convergenceRoundsMax)
        this.#fail('converges', ['E3'], `still writing ${convergenceRoundsMax} rounds after the faults ended`)
      await this.advance(5_000)
    }
    for (const checker of this.#checkers) this.#judge(checker, checker.atRest?.(cluster.state))
    await this.#showsTheTruth()
    await this.#staysAtRest()
  }

  /** Every window shows what it would show if it were opened only now, and the phase that is stored. */
  async #showsTheTruth(): Promise<void> {
    const awake = this.#processes.filter((each) => !each.isDead && each.clock.asleepForMs === 0)
    const boards = awake.map((process) => ({ process, newBoard: process.newBoard() }))
    await this.advance(boardMs)
    const { rollout } = this.cluster
    for (const { process, newBoard } of boards) {
      const board = newBoard()
      if (!jsonEqual(process.board, board))
        this.#fail(
          'board',
          ['VIEW-133'],
          `${process.name} shows ${JSON.stringify(process.board)}, not ${JSON.stringify(board)}`,
        )
      const [view] = Object.values(board)
      if (view?.phase !== shownPhase(rollout).phase)
        this.#fail(
          'board',
          ['VIEW-133'],
          `${process.name} shows phase ${view?.phase}, not ${shownPhase(rollout).phase}`,
        )
    }
  }

  /** A successor that knows nothing finds nothing to do (fixpoint). */
  async #staysAtRest(): Promise<void> {
    if (this.#violation !== undefined) return
    const writes = this.#writes
    for (const each of this.#processes) each.crash()
    this.start(0)
    await this.advance(takeOverMs)
    if (this.#writes !== writes)
      this.#fail('fixpoint', ['E3', 'OPS-42'], 'a successor wrote although nothing had changed')
  }

  /** Closes what would be kept alive for ever: an abort signal that somebody listens to is never collected. */
  async end(): Promise<Run> {
    const { run } = this
    for (const { cluster } of this.#everyProcess.values()) await cluster.stop()
    return run
  }

  #inflictOn(process: ControllerProcess, fault: Fault): void {
    const { network, time } = this.cluster
    switch (fault.kind) {
      case 'window':
        return network.open({ kind: fault.window, process: process.name, forMs: fault.forMs, rate: fault.rate })
      case 'cut':
        network.cut(process.name, fault.forMs)
        if (fault.breaks) this.cluster.breakWatches(process.name)
        return
      case 'sleep':
        return process.clock.sleep(fault.forMs)
      case 'clockSet':
        return process.clock.shiftWall(fault.byMs)
      case 'crash':
        process.writesToLive = process.writes + fault.writes
        if (fault.writes === 0) process.crash()
        time.after(fault.restartsAfterMs, () => {
          process.crash()
          if (this.#processes[fault.process] === process) this.start(fault.process)
        })
        return
      case 'handOver':
        process.handOver()
        time.after(fault.backAfterMs, () => {
          if (!process.isDead && !process.isDriving) process.drive()
        })
        return
      case 'compaction':
    }
  }

  #onDecided(process: ControllerProcess, decided: Decided): void {
    this.#rounds++
    if (process.isDead) return
    for (const checker of this.#checkers) this.#judge(checker, checker.onDecision?.(decided))
  }

  #onChange(change: Change): void {
    if (change.resource === resources.leases || change.resource === resources.pods) return
    const decided = this.#everyProcess.get(change.by)?.lastDecided
    const { cluster } = this
    const seen: ChangeSeen = {
      change,
      decided,
      leaseHolder: cluster.leaseHolder,
      rival: cluster.rival,
      specs: cluster.specsSince(decided?.world.rollout.metadata.generation ?? cluster.rollout.metadata.generation ?? 1),
      rollout: cluster.rollout,
      replicaSets: cluster.replicaSets,
      services: cluster.services,
      routeObject: cluster.routeObject,
      aws: cluster.aws,
    }
    for (const checker of this.#checkers) this.#judge(checker, checker.onChange?.(seen))
    if (decided === undefined) return
    this.#writes++
    this.#lastWriteAt = cluster.time.now()
    const act = this.#ambushes.shift()
    if (act !== undefined) cluster.time.after(0, () => this.operator.perform(act))
  }

  #judge(checker: Checker, text: string | undefined): void {
    if (text !== undefined) this.#fail(checker.name, checker.rules, text)
  }

  #fail(checker: string, rules: readonly string[], text: string): void {
    if (this.#violation !== undefined) return
    this.#violation = { checker, rules, text }
    this.cluster.trace.add('checker', `${checker}: ${text}`)
  }
}

/** Mostly the person brings the Deployment back, and after changes of strategy the update to its end. */
function tidyUp({ cluster, operator }: Simulation, scenario: Scenario, random: Random): void {
  if (scenario.deployment !== undefined && cluster.deployment === undefined && random.chance(0.7))
    operator.perform({ kind: 'lend', what: 'brings the Deployment back', spec: {} })
  operator.bringRoutesBack()
  if (scenario.changesStrategy !== true || random.chance(0.4)) return
  operator.perform({ kind: 'edit', what: 'ends a pause by hand', body: { spec: { paused: false } } })
  operator.perform({ kind: 'action', action: 'promoteFull' })
}

/** Two stories of seven are about a router, each about the next one. */
const isRoutedStory = (seed: number): boolean => seed % 7 === 1 || seed % 7 === 6
const routedIndex = (seed: number): number => Math.floor(seed / 7) * 2 + (seed % 7 === 6 ? 1 : 0)

/** A whole run from one seed: `steps` moments at which a fault strikes or a person acts, then convergence. */
export async function simulate(seed: number, steps: number): Promise<Run> {
  const random = new Random(seed, 'run')
  const scenario = isRoutedStory(seed)
    ? routedScenario(random.fork('routed'), routedIndex(seed))
    : drawVariant(drawScenario(random.fork('scenario')), random.fork('feature'))
  const simulation = new Simulation(scenario, random)
  const { cluster } = simulation
  const nextAct = () => drawAct(random, cluster.rollout, scenario.changesStrategy)
  cluster.trace.add('operator', `applies ${JSON.stringify(cluster.rollout.spec)}`)
  const rivalLeavesAt = random.chance(0.06) ? random.int(0, steps) : undefined
  if (rivalLeavesAt !== undefined) cluster.addRival()
  if (scenario.deployment !== undefined) await simulation.advance(deploymentUpMs)
  simulation.start()
  simulation.start()
  if (random.chance(0.8)) await simulation.advance(20_000)
  for (let step = 0; step < steps && simulation.violation === undefined; step++) {
    if (step === rivalLeavesAt) cluster.removeRival()
    const what = random.weighted({ nothing: 3, act: 3, ambush: 2, fault: 4 })
    if (what === 'fault') simulation.inflict(drawFault(random))
    if (what === 'act') simulation.operator.perform(nextAct())
    if (what === 'ambush') simulation.ambush(nextAct())
    await simulation.advance(random.pick([10, 100, 500, 2_000, 6_000, 15_000]))
  }
  cluster.removeRival()
  if (simulation.violation === undefined) {
    tidyUp(simulation, scenario, random.fork('end'))
    await simulation.converge()
  }
  return simulation.end()
}
