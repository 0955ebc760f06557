import { randomUUID } from 'node:crypto'
import type { PlanActPreview, PlanCheckView, PlanSummaryView, PlanView } from '#contract/plan-views.ts'
import type { RolloutKey } from '#contract/views.ts'
import type { PlanCommand } from '#engine/fleet-plan/commands.ts'
import type { FleetPlan } from '#engine/fleet-plan/document.ts'
import { planEvents } from '#engine/fleet-plan/events.ts'
import { isLater } from '#engine/fleet-plan/move-home.ts'
import type { Clock, Dispose } from '#lib/clock.ts'
import type { Failure } from '#lib/failure.ts'
import { jsonEqual } from '#lib/json-patch.ts'
import type { Log } from '#lib/log.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import type { ClusterClient } from '#main/cluster/client.ts'
import { failureText } from '#main/controller/failure-text.ts'
import { ConfigLooks } from './config-looks.ts'
import { type ConfigWarning, warnOfRollback } from './config-warnings.ts'
import { draftPlan } from './draft-plan.ts'
import type { MemberLook } from './look-at-members.ts'
import { makePlan, readPlan } from './make-plan.ts'
import { observeMembers, type PlanCluster } from './observe-members.ts'
import { parkPlan } from './park-plan.ts'
import { type EndingPorts, PlanEndings } from './plan-endings.ts'
import type { WrittenMember } from './plan-file.ts'
import { planFileText } from './plan-file-text.ts'
import type { PlanMemory, RememberedPlan } from './plan-memory.ts'
import { PlanRunner } from './plan-runner.ts'
import { isEnded, isUnderWay, standingOf } from './plan-standing.ts'
import { PlanStore } from './plan-store.ts'
import { viewPlan, viewPlanSummary } from './plan-view.ts'
import { previewAct } from './send-act.ts'
import { startGuard } from './start-guard.ts'

export interface PlansOptions {
  readonly memory: Pick<PlanMemory, 'all' | 'remember' | 'add' | 'events'>
  /** `user@host`. */
  readonly actor: string
  /** The open clusters, by context. */
  readonly clusterOf: (context: string) => PlanCluster | undefined
  /** To the API server of a context, whatever can be read there. */
  readonly clientOf: (context: string) => ClusterClient | undefined
  readonly contexts: () => readonly string[]
  /** A start there is confirmed by the name of the plan (UI-ACT-2). */
  readonly isProtected: (context: string) => boolean
  readonly look: (member: WrittenMember) => Promise<MemberLook>
  /** Completed updates of a Rollout. Absent: nobody looks at when plans are done. */
  readonly pastRunsOf?: EndingPorts['pastRunsOf']
  readonly clock: Clock
  /** 0 ≤ value < 1. */
  readonly random: () => number
  readonly log: Log
}

interface Entry {
  readonly id: string
  readonly home: FleetPlan['spec']['home']
  plan: FleetPlan
  isDriven: boolean
  runner: PlanRunner | undefined
  /** Of the runner. */
  client: ClusterClient | undefined
  endListening: Dispose
}

/** Of what happened to a plan, shown at most. */
const eventsMax = 500
/** Several changes at once make one message. */
const settleMs = 100

/** All plans of the open clusters and of this machine: shows them, and decides what those do that are driven here. */
export class Plans {
  readonly #options: PlansOptions
  /** `user@host/uuid` (SR-8). */
  readonly #identity: string
  readonly #entries = new Map<string, Entry>()
  readonly #listListeners = new Set<(plans: readonly PlanSummaryView[]) => void>()
  readonly #planListeners = new Map<string, Set<(plan: PlanView | null) => void>>()
  readonly #configs: ConfigLooks
  readonly #endings: PlanEndings | undefined
  readonly #changedPlans = new Set<string>()
  #last: readonly PlanSummaryView[] = []
  #alarm: Dispose | undefined

  constructor(options: PlansOptions) {
    this.#options = options
    this.#configs = new ConfigLooks(options.clock)
    const { pastRunsOf } = options
    if (pastRunsOf !== undefined) this.#endings = new PlanEndings({ ...options, pastRunsOf }, (id) => this.#changed(id))
    this.#identity = `${options.actor}/${randomUUID()}`
  }

  /** Goes on with what this machine remembers: plans that were driven here are driven again. */
  start(): void {
    for (const known of this.#options.memory.all()) this.#add(known)
  }

  /** With `release`, who waits for a plan has it at once. */
  async stop(options: { readonly release: boolean }): Promise<void> {
    this.#alarm?.()
    await Promise.all(
      [...this.#entries.values()].map(async (entry) => {
        entry.endListening()
        await entry.runner?.stop(options)
      }),
    )
  }

  /** This machine goes to sleep, or Argosy ends: what its engine alone moves is left as each plan says (SR-5). */
  async park(): Promise<void> {
    await Promise.all([...this.#entries.values()].map((entry) => parkPlan(entry, this.#options)))
  }

  /** One that was found elsewhere. */
  know(plan: RememberedPlan): void {
    this.#add(plan)
  }

  /** A cluster was opened or closed: plans whose home it is can be read, or not any more. */
  clustersChanged(): void {
    for (const entry of this.#entries.values()) {
      this.#run(entry)
      entry.runner?.clustersChanged()
    }
  }

  /** Looks for plans in all open clusters; one that cannot be asked has none. */
  async discover(): Promise<readonly PlanSummaryView[]> {
    await Promise.all(this.#options.contexts().map((context) => this.#discoverIn(context)))
    return this.list()
  }

  list(): readonly PlanSummaryView[] {
    return [...this.#entries.values()]
      .map((entry) => viewPlanSummary(entry.plan, standingOf(entry)))
      .toSorted((a, b) => (a.id < b.id ? 1 : -1))
  }

  view(id: string): PlanView | undefined {
    const entry = this.#entries.get(id)
    return entry && this.#view(entry)
  }

  onList(listener: (plans: readonly PlanSummaryView[]) => void): Dispose {
    this.#listListeners.add(listener)
    listener(this.list())
    return () => void this.#listListeners.delete(listener)
  }

  onPlan(id: string, listener: (plan: PlanView | null) => void): Dispose {
    const listeners = this.#planListeners.get(id) ?? new Set()
    this.#planListeners.set(id, listeners)
    listeners.add(listener)
    listener(this.view(id) ?? null)
    return () => {
      listeners.delete(listener)
      if (listeners.size === 0) this.#planListeners.delete(id)
    }
  }

  async check(text: string): Promise<PlanCheckView> {
    return (await readPlan(text, { ...this.#options, configs: this.#configs })).check
  }

  /** A text to begin with: these Rollouts, the first cluster as a pilot. Failure: what is wrong with the choice. */
  draft(keys: readonly RolloutKey[]): Outcome<string, string> {
    return draftPlan(keys, (context) => this.#options.clusterOf(context)?.cluster)
  }

  /** Failure: why it is none, in a sentence. */
  async create(text: string, isStarted: boolean, confirm?: string): Promise<Outcome<string, string>> {
    const read = await readPlan(text, { ...this.#options, configs: this.#configs })
    if (read.spec === undefined) {
      const [first] = read.check.faults
      return failure(first === undefined ? 'This is no plan.' : faultText(first))
    }
    const { clock, isProtected } = this.#options
    const { home, members } = read.spec
    const guard = isStarted ? startGuard({ name: read.name, members }, isProtected, confirm) : undefined
    if (guard !== undefined) return failure(guard)
    const client = this.#options.clientOf(home.context)
    if (client === undefined) return failure(`${home.context} is not open: it would keep the plan.`)
    const now = clock.now()
    const plan = makePlan({ name: read.name, spec: read.spec, createdBy: this.#identity, now, isStarted })
    const stored = await new PlanStore(client, home.namespace).create(plan)
    if (!stored.ok) return failure(failureText(stored.error))
    this.#options.memory.add(plan.id, now, [
      {
        text: `${this.#options.actor} ${plan.status.phase === 'Running' ? 'started' : 'wrote'} the plan`,
        severity: 'info',
      },
    ])
    this.#add({ id: plan.id, home, isDriven: true, plan })
    return success(plan.id)
  }

  text(id: string): string | undefined {
    const entry = this.#entries.get(id)
    return entry && planFileText(entry.plan)
  }

  /** Failure: why it is not open, in a sentence. */
  async command(id: string, wish: PlanCommand, reason: string, confirm?: string): Promise<Outcome<void, string>> {
    const entry = this.#entries.get(id)
    if (entry?.runner === undefined) return failure('The plan is over, or its home is not open.')
    const { actor, clock, memory, isProtected } = this.#options
    const { name, spec } = entry.plan
    const guard = wish.kind === 'start' ? startGuard({ name, ...spec }, isProtected, confirm) : undefined
    if (guard !== undefined) return failure(guard)
    const asked = { by: actor, at: clock.now(), reason }
    const done = await entry.runner.command(wish, asked)
    if (!done.ok) return done
    memory.add(id, asked.at, [
      { text: `${actor}: ${wish.kind}${reason === '' ? '' : `: ${reason}`}`, severity: 'info' },
    ])
    if (wish.kind === 'start') this.drive(id, true)
    return success(undefined)
  }

  /** What was there when the versions before began, and is another one or gone by now (W11, RB-6); nothing where a plan is not known. */
  async rollbackWarnings(id: string): Promise<readonly ConfigWarning[]> {
    const plan = this.#entries.get(id)?.plan
    const { look, clientOf } = this.#options
    return plan === undefined ? [] : warnOfRollback(plan, look, { clientOf, configs: this.#configs })
  }

  /** Decides here what the plan does, as soon as nobody else does; or leaves it to others. */
  drive(id: string, isDriven: boolean): boolean {
    const entry = this.#entries.get(id)
    if (entry === undefined) return false
    entry.isDriven = isDriven
    this.#remember(entry)
    this.#run(entry)
    this.#changed(id)
    return true
  }

  /** Waits for the Lease of a plan, and asks its holder for it (SR-6). */
  async ask(id: string, reason: string): Promise<Outcome<void, Failure>> {
    const runner = this.drive(id, true) ? this.#entries.get(id)?.runner : undefined
    const done = (await runner?.desk.ask(reason)) ?? failure(noRunner)
    this.#note(id, done, reason === '' ? 'asks to decide' : `asks to decide: ${reason}`)
    return done
  }

  /** Answers who asks for a plan that is decided here: gives it to them, or keeps it. */
  async answer(id: string, isGiven: boolean, reason: string): Promise<Outcome<void, Failure>> {
    const entry = this.#entries.get(id)
    if (entry?.runner === undefined) return failure(noRunner)
    const { desk } = entry.runner
    const done = await (isGiven ? desk.handOver() : desk.keep(reason))
    if (done.ok && isGiven) this.drive(id, false)
    this.#note(id, done, isGiven ? 'hands over to who asked' : 'keeps deciding')
    this.#changed(id)
    return done
  }

  #note(id: string, done: Outcome<void, Failure>, what: string): void {
    const { actor, clock, memory } = this.#options
    if (done.ok) memory.add(id, clock.now(), [{ text: `${actor} ${what}`, severity: 'info' }])
  }

  async previewAct(id: string, memberId: string): Promise<PlanActPreview> {
    const entry = this.#entries.get(id)
    const act = entry?.runner?.view?.nextActs.find(({ member }) => member === memberId)
    const member = entry?.plan.spec.members.find((each) => each.id === memberId)
    const found = member && this.#options.clusterOf(member.context)
    if (entry === undefined || act === undefined || member === undefined || found === undefined)
      return { open: false, reason: 'Nothing is to be sent to it now.' }
    const { context, client } = found.cluster
    const shown = await previewAct(entry.plan, member, act, { context, client, clock: this.#options.clock })
    return shown.ok ? { open: true, writes: shown.value } : { open: false, reason: shown.error }
  }

  async #discoverIn(context: string): Promise<void> {
    const client = this.#options.clientOf(context)
    if (client === undefined) return
    const found = await PlanStore.find(client)
    for (const plan of found.ok ? found.value : []) {
      const known = this.#entries.get(plan.id)
      const home = { ...plan.spec.home, context }
      if (known === undefined) this.#add({ id: plan.id, home, isDriven: false, plan })
      else if (known.home.context !== context && isLater(plan, known.plan)) this.#move(known, { home, plan })
    }
  }

  /** It has a new home; whoever wanted to decide what it does still does (PC-4). */
  #move(entry: Entry, { home, plan }: Pick<RememberedPlan, 'home' | 'plan'>): void {
    entry.endListening()
    void entry.runner?.stop({ release: true })
    this.#add({ id: entry.id, home, isDriven: entry.isDriven, plan })
  }

  #add(known: RememberedPlan): void {
    const entry: Entry = { ...known, runner: undefined, client: undefined, endListening: () => undefined }
    this.#entries.set(known.id, entry)
    this.#remember(entry)
    this.#run(entry)
    this.#changed(known.id)
  }

  /** A plan that is over needs nobody; one whose home was opened anew is read from there. */
  #run(entry: Entry): void {
    const client = isEnded(entry.plan) ? undefined : this.#options.clientOf(entry.home.context)
    if (client !== entry.client) {
      entry.endListening()
      void entry.runner?.stop({ release: true })
      entry.runner = client && this.#runnerOf(entry, client)
      entry.client = client
    }
    entry.runner?.start(entry.isDriven ? 'drive' : 'watch')
  }

  #runnerOf(entry: Entry, client: ClusterClient): PlanRunner {
    const { clusterOf, contexts, clientOf, clock, random, log } = this.#options
    const home = { client, namespace: entry.home.namespace }
    const runner = new PlanRunner({
      ...{ id: entry.id, home, identity: this.#identity, clusterOf, contexts, clientOf, clock, random, log },
    })
    const ends = [
      runner.onChange(() => this.#seen(entry)),
      runner.desk.follow({
        asked: ({ by }) => this.#note(entry.id, success(undefined), `is asked by ${by}`),
        allowed: () => void this.answer(entry.id, true, ''),
      }),
    ]
    entry.endListening = () => {
      for (const end of ends) end()
    }
    return runner
  }

  #seen(entry: Entry): void {
    const plan = entry.runner?.view?.plan
    if (plan !== undefined && plan !== entry.plan) {
      const events = planEvents(plan, entry.plan.status, plan.status)
      entry.plan = plan
      this.#options.memory.add(entry.id, this.#options.clock.now(), events)
      this.#remember(entry)
      if (isEnded(plan)) {
        this.#endings?.forget(entry.id)
        // Its home is another one: where, the open clusters know.
        if (plan.status.movedTo !== undefined) void this.discover()
        this.#run(entry)
      }
    }
    this.#changed(entry.id)
  }

  #remember({ id, home, isDriven, plan }: Entry): void {
    this.#options.memory.remember({ id, home, isDriven, plan })
  }

  #view(entry: Entry): PlanView {
    const { clusterOf, clock, memory } = this.#options
    const known = entry.runner?.view
    const members = observeMembers(entry.plan, { clusterOf, clock, isStale: () => false })
    return viewPlan(entry.plan, {
      ...standingOf(entry),
      now: clock.now(),
      members,
      ending: isUnderWay(entry.plan) ? this.#endings?.of(entry.plan, members) : undefined,
      explanation: known?.explanation ?? [],
      nextActs: known?.nextActs ?? [],
      budget: known?.budget,
      events: memory.events(entry.id, eventsMax),
    })
  }

  #changed(id: string): void {
    this.#changedPlans.add(id)
    this.#alarm ??= this.#options.clock.after(settleMs, () => {
      this.#alarm = undefined
      this.#tell()
    })
  }

  #tell(): void {
    const list = this.list()
    if (!jsonEqual(list, this.#last)) for (const listener of this.#listListeners) listener(list)
    this.#last = list
    for (const id of this.#changedPlans)
      for (const listener of this.#planListeners.get(id) ?? []) listener(this.view(id) ?? null)
    this.#changedPlans.clear()
  }
}

const noRunner: Failure = { kind: 'Invalid', message: 'The plan is over, or its home is not open.', causes: [] }

const faultText = ({ field, message, line }: PlanCheckView['faults'][number]): string =>
  `${line === undefined ? '' : `line ${line}: `}${field === '' ? '' : `${field}: `}${message}`
