import { resources } from '#api/resources.ts'
import type { FleetAct } from '#engine/fleet-plan/acts.ts'
import type { BudgetUse } from '#engine/fleet-plan/budget.ts'
import type { Asked, PlanCommand } from '#engine/fleet-plan/commands.ts'
import type { FleetPlan } from '#engine/fleet-plan/document.ts'
import type { Explanation } from '#engine/fleet-plan/explain.ts'
import { withLateMembers } from '#engine/fleet-plan/late-members.ts'
import { epochOf } from '#engine/fleet-plan/move-home.ts'
import { planFleet } from '#engine/fleet-plan/plan-fleet.ts'
import { type WindowState, watchWindows } from '#engine/fleet-plan/windows.ts'
import type { FleetWorld } from '#engine/fleet-plan/world.ts'
import type { Clock, Dispose, EpochMs } from '#lib/clock.ts'
import type { Failure } from '#lib/failure.ts'
import type { Log } from '#lib/log.ts'
import type { Outcome } from '#lib/outcome.ts'
import type { ClusterClient, Reflector, ReflectorChange } from '#main/cluster/client.ts'
import { createReflector } from '#main/cluster/reflector.ts'
import { Lease, type LeaseState, type LeaseTimings } from '#main/controller/lease.ts'
import type { LeaseDesk } from '#main/controller/lease-desk.ts'
import { commandPlan } from './command-plan.ts'
import { findLate } from './find-late.ts'
import { FollowedMembers } from './followed-members.ts'
import { FreshReads } from './fresh-reads.ts'
import { observeMembers, type PlanCluster } from './observe-members.ts'
import { OldHome } from './old-home.ts'
import { PlanAnalyses } from './plan-analyses.ts'
import { planDesk } from './plan-desk.ts'
import { PlanRights } from './plan-rights.ts'
import { PlanStore, planObjectName, type StoredPlan } from './plan-store.ts'
import { sendAct } from './send-act.ts'

export interface PlanRunnerOptions {
  /** Of the plan. */
  readonly id: string
  readonly home: { readonly client: ClusterClient; readonly namespace: string }
  /** `user@host/uuid` (SR-8). */
  readonly identity: string
  /** The open clusters, by context. */
  readonly clusterOf: (context: string) => PlanCluster | undefined
  readonly contexts: () => readonly string[]
  /** To the API server of a context, whatever can be read there. */
  readonly clientOf: (context: string) => ClusterClient | undefined
  readonly clock: Clock
  /** 0 ≤ value < 1. */
  readonly random: () => number
  readonly log: Log
}

/** What is known of a plan here. */
export interface KnownPlan {
  readonly plan: FleetPlan
  readonly explanation: readonly Explanation[]
  /** What it would do now, were nothing in its way. */
  readonly nextActs: readonly FleetAct[]
  readonly budget: BudgetUse | undefined
}

/** SR-6; a holder that cannot renew stops at 2/3 of it (PC-4). */
export const leaseMs = 30_000
const timings: LeaseTimings = { durationMs: leaseMs, renewDeadlineMs: 20_000, retryPeriodMs: 10_000 }
/** Changes that come together are looked at together. */
const soonMs = 100
/** After the home cluster did not take or give the plan. */
const retryMs = 5_000
const actsAtOnce = 20

/**
 * Carries out one plan, or watches whoever does: stores what was decided, then sends the acts, each only while the Lease of the plan is ours
 * for sure. Whatever is lost in between is decided again from what is seen (ADR 18).
 */
export class PlanRunner {
  readonly #options: PlanRunnerOptions
  readonly #store: PlanStore
  readonly #lease: Lease
  /** Asking whoever decides for the plan, and answering who asks (SR-6). */
  readonly desk: LeaseDesk
  readonly #reads: FreshReads
  readonly #analyses: PlanAnalyses
  readonly #rights: PlanRights
  readonly #listeners = new Set<() => void>()
  readonly #following: FollowedMembers
  readonly #oldHome: OldHome
  readonly #watch: Reflector
  #stored: StoredPlan | undefined
  /** Read while the Lease was ours: nobody else has written since. */
  #isOwn = false
  #wasHolder = false
  #explanation: readonly Explanation[] = []
  #budget: BudgetUse | undefined
  #windows: ((now: EpochMs) => WindowState) | undefined
  #resumedAt: EpochMs
  #timer: { readonly at: EpochMs; readonly cancel: Dispose } | undefined
  #passing: Promise<void> | undefined
  #isRunning = false
  #steering: Promise<void> = Promise.resolve()
  #steered: 'drive' | 'watch' | 'nothing' = 'nothing'
  #wants: 'drive' | 'watch' = 'watch'
  #failure: { readonly since: EpochMs; readonly failure: Failure } | undefined

  constructor(options: PlanRunnerOptions) {
    const { id, home, identity, clock, random, log } = options
    this.#options = options
    this.#store = new PlanStore(home.client, home.namespace)
    const lock = { name: planObjectName(id), timings }
    this.#lease = new Lease({ client: home.client, clock, random, namespace: home.namespace, identity, lock })
    this.desk = planDesk({ ...options, lease: this.#lease, lock: lock.name, handOver: (to) => this.#handOver(to) })
    this.#reads = new FreshReads(clock)
    this.#resumedAt = clock.now()
    const { clusterOf } = options
    this.#analyses = new PlanAnalyses({ clusterOf, clock, log, done: () => this.#wake(soonMs) })
    this.#rights = new PlanRights({ clusterOf, clock, onAnswer: () => this.#wake(soonMs) })
    const noted = (asked: Asked) => this.command({ kind: 'noteOldHome' }, asked)
    this.#oldHome = new OldHome({ ...options, noted, later: (inMs) => this.#wake(inMs) })
    const onRun = () => this.#onRun()
    this.#following = new FollowedMembers({ ...options, onChange: () => this.#wake(soonMs), onRun })
    const scope = { namespace: home.namespace, fieldSelector: `metadata.name=${lock.name}` }
    this.#watch = createReflector({ client: home.client, resource: resources.configMaps, scope, clock, random, log })
    this.#watch.onChange((change) => this.#seen(change))
    this.#lease.onChange(() => this.#onLease())
  }

  /** To who asked for it; from then on it is watched here. */
  async #handOver(to: string | undefined): Promise<Outcome<void, Failure>> {
    this.#wants = 'watch'
    this.#steered = 'watch'
    await this.#passing
    await this.#steering
    const given = await this.#lease.stop({ release: true, to })
    if (this.#isRunning) this.#lease.observe()
    return given
  }

  get view(): KnownPlan | undefined {
    if (this.#stored === undefined) return undefined
    const { plan } = this.#stored
    return { plan, explanation: this.#explanation, nextActs: this.#nextActs(plan), budget: this.#budget }
  }

  /** Who holds the Lease of the plan, as far as that is known. */
  get lease(): LeaseState {
    return this.#lease.state
  }

  /** Its home could not be asked since then. */
  get failure(): { readonly since: EpochMs; readonly failure: Failure } | undefined {
    return this.#failure
  }

  /** Our decisions count. */
  get isHolder(): boolean {
    return this.#lease.isValid()
  }

  onChange(listener: () => void): Dispose {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** `drive`: competes for the Lease of the plan, and plans while it is ours. `watch`: shows what others decide. */
  start(wants: 'drive' | 'watch'): void {
    this.#wants = wants
    if (this.#isRunning) return this.#steer()
    this.#isRunning = true
    this.#resumedAt = this.#options.clock.now()
    this.#watch.start()
    this.#wake(soonMs)
  }

  /** Hands the plan to whoever waits for it. What is under way in clusters stays as it is. */
  async stop(options: { readonly release: boolean }): Promise<void> {
    this.#isRunning = false
    this.#timer?.cancel()
    this.#watch.stop()
    this.#following.stop()
    await this.#passing
    await this.#steering
    await this.desk.withdraw()
    await this.#lease.stop(options)
  }

  /** Asked by a person, here or while somebody else plans: whoever plans reads it before its next write. */
  async command(wish: PlanCommand, asked: Asked): Promise<Outcome<FleetPlan, string>> {
    const { id, home } = this.#options
    const done = await commandPlan(home, id, wish, asked)
    if (!done.ok) return done
    this.#isOwn = false
    this.#wake(0)
    return done
  }

  /** Decides and sends now what there is to be, before this process ends or sleeps: a mark, what follows it, and what that leaves. */
  async settle(): Promise<void> {
    for (let pass = 0; pass < 3; pass++) {
      await this.#passing
      this.#run()
      await this.#passing
    }
  }

  /** Somebody wrote to the plan. What we wrote ourselves is known. */
  #seen(change: ReflectorChange): void {
    if (change.kind === 'state') return
    if (change.kind === 'upserted' && change.object.metadata.resourceVersion === this.#stored?.version) return
    this.#isOwn = false
    this.#wake(soonMs)
  }

  #onLease(): void {
    if (!this.#lease.isValid()) {
      this.#isOwn = false
      this.#wasHolder = false
    }
    this.#wake(soonMs)
    this.#changed()
  }

  /** A plan that has not begun, or is over, is nobody's to hold. */
  #steer(): void {
    const phase = this.#stored?.plan.status.phase
    const isUnderWay = phase === 'Running' || phase === 'RollingBack'
    const wanted = this.#isRunning && isUnderWay ? this.#wants : 'nothing'
    if (wanted === this.#steered) return
    this.#steered = wanted
    this.#steering = this.#steering.then(() => this.#hold(wanted))
  }

  async #hold(wanted: 'drive' | 'watch' | 'nothing'): Promise<void> {
    if (wanted === 'drive') return this.#lease.drive()
    await this.#lease.stop({ release: true })
    if (wanted === 'watch') this.#lease.observe()
  }

  #nextActs(plan: FleetPlan): readonly FleetAct[] {
    const now = this.#options.clock.now()
    const unheld = { ...plan, status: { ...plan.status, holds: [] } }
    const world = { ...this.#world(plan), lease: { epoch: plan.status.epoch } }
    return planFleet(unheld, { ...world, window: { isOpen: true, text: '' } }, now).acts
  }

  #wake(inMs: number): void {
    if (!this.#isRunning) return
    const { clock } = this.#options
    const at = clock.now() + inMs
    if (this.#timer !== undefined && this.#timer.at <= at) return
    this.#timer?.cancel()
    const cancel = clock.after(inMs, () => {
      this.#timer = undefined
      this.#run()
    })
    this.#timer = { at, cancel }
  }

  #run(): void {
    if (this.#passing !== undefined) return this.#wake(soonMs)
    this.#passing = this.#pass().finally(() => {
      this.#passing = undefined
    })
  }

  async #pass(): Promise<void> {
    const isHolder = this.#lease.isValid()
    if (this.#stored === undefined || !isHolder || !this.#isOwn) {
      const read = await this.#store.read(this.#options.id)
      if (!read.ok) return this.#failed('the plan cannot be read', read.error)
      this.#stored = read.value
      this.#failure = undefined
      this.#steer()
      if (isHolder && !this.#wasHolder) this.#takeOver(read.value.plan)
      this.#wasHolder = isHolder
      this.#isOwn = isHolder
      this.#following.follow(read.value.plan)
      this.#changed()
    }
    await this.#decide(this.#stored, isHolder)
  }

  /** What was read before the Lease was ours, or before a sleep that cost it, is not decided by. */
  #takeOver(plan: FleetPlan): void {
    this.#resumedAt = this.#options.clock.now()
    this.#reads.renew(plan)
  }

  async #decide(stored: StoredPlan, isHolder: boolean): Promise<void> {
    const { clusterOf, clock } = this.#options
    const now = clock.now()
    const lease = isHolder ? { epoch: epochOf(stored.plan, this.#lease.transitions) } : undefined
    const plan = this.#withLate(stored.plan, lease)
    if (isHolder) this.#reads.read(plan, clusterOf, () => this.#wake(soonMs))
    const seen = this.#world(plan)
    const members = isHolder ? this.#rights.add(plan, seen.members) : seen.members
    const world = { ...seen, members, lease }
    const { status, acts, nextWakeAt, explanation, budget } = planFleet(plan, world, now)
    this.#explanation = explanation
    this.#budget = budget
    if (isHolder) this.#oldHome.tell(plan)
    const askAt = isHolder ? this.#analyses.ask({ ...plan, status }, world.members) : undefined
    if (askAt !== undefined) this.#wake(askAt - now)
    if (status === stored.plan.status) {
      if (isHolder && nextWakeAt !== undefined) this.#wake(nextWakeAt - now)
      return this.#changed()
    }
    const written = await this.#store.write({ ...plan, status }, stored.version)
    if (!written.ok) {
      // What was seen meanwhile is not known any more: what is at risk counts as after a sleep (W16).
      if (written.error.kind !== 'Conflict') this.#resumedAt = clock.now()
      return this.#failed('the plan cannot be written', written.error)
    }
    this.#stored = written.value
    this.#failure = undefined
    this.#steer()
    this.#changed()
    await this.#send(written.value.plan, acts)
    this.#wake(soonMs)
  }

  /** With those that came late, in whichever open cluster (3.4.1 `joinPolicy`). */
  #withLate(plan: FleetPlan, lease: FleetWorld['lease']): FleetPlan {
    if (plan.spec.joinPolicy !== 'catchUp' || lease === undefined) return plan
    const { clusterOf, contexts } = this.#options
    this.#following.follow(plan)
    return withLateMembers(plan, findLate(plan, contexts(), clusterOf), { ...this.#world(plan), lease })
  }

  /** All but who decides. */
  #world(plan: FleetPlan): Omit<FleetWorld, 'lease'> {
    const { clusterOf, clock } = this.#options
    const isStale = this.#reads.isStale.bind(this.#reads)
    return {
      ...this.#analyses.add(plan, observeMembers(plan, { clusterOf, clock, isStale })),
      resumedAt: this.#resumedAt,
      window: this.#windowAt(plan, clock.now()),
    }
  }

  /** What a plan asks for is frozen at its start: its windows are those of the first look. */
  #windowAt({ spec }: FleetPlan, now: EpochMs): WindowState {
    this.#windows ??= watchWindows(spec.windows)
    return this.#windows(now)
  }

  async #send(plan: FleetPlan, acts: readonly FleetAct[]): Promise<void> {
    const left = acts.values()
    const worker = async (): Promise<void> => {
      for (const act of left) if (this.#lease.isValid()) await this.#sendOne(plan, act)
    }
    await Promise.all(Array.from({ length: Math.min(actsAtOnce, acts.length) }, worker))
  }

  async #sendOne(plan: FleetPlan, act: FleetAct): Promise<void> {
    const { clusterOf, clock, log } = this.#options
    const member = plan.spec.members.find(({ id }) => id === act.member)
    const found = member && clusterOf(member.context)
    if (member === undefined || found === undefined) return
    const { context, client } = found.cluster
    const sent = await sendAct(plan, member, act, { context, client, clock, log })
    const about = { plan: plan.id, member: act.member, act: act.kind, rule: act.because }
    if (sent.ok) log('info', act.summary, about)
    else log('warn', 'an act of a plan was not taken, and is decided anew', { ...about, cause: sent.error })
  }

  /** What is stored elsewhere by now is read anew; everything else is tried again later. */
  #failed(message: string, cause: Failure): void {
    this.#isOwn = false
    if (cause.kind === 'Conflict') return this.#wake(soonMs)
    this.#failure ??= { since: this.#options.clock.now(), failure: cause }
    this.#changed()
    this.#options.log('warn', message, { plan: this.#options.id, failure: cause })
    this.#wake(retryMs)
  }

  /** A cluster was opened or closed. */
  clustersChanged(): void {
    if (this.#stored !== undefined) this.#following.follow(this.#stored.plan)
    this.#wake(soonMs)
  }

  /** Verdicts are waited for at a gate only. */
  #onRun(): void {
    if (this.#stored?.plan.status.waves.some(({ state }) => state === 'Gate') === true) this.#wake(soonMs)
  }

  #changed(): void {
    for (const listener of this.#listeners) listener()
  }
}
