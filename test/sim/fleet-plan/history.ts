import type { FleetAct } from '#engine/fleet-plan/acts.ts'
import type { BudgetUse } from '#engine/fleet-plan/budget.ts'
import { command } from '#engine/fleet-plan/commands.ts'
import type { FleetPlan } from '#engine/fleet-plan/document.ts'
import { type FoundRollout, withLateMembers } from '#engine/fleet-plan/late-members.ts'
import { epochOf, moveHome } from '#engine/fleet-plan/move-home.ts'
import { planFleet } from '#engine/fleet-plan/plan-fleet.ts'
import { watchWindows } from '#engine/fleet-plan/windows.ts'
import type { FleetWorld, MemberObservation } from '#engine/fleet-plan/world.ts'
import type { EpochMs } from '#lib/clock.ts'
import type { Random } from '../random.ts'
import { fleetPlanCheckers, spreadOf } from './checkers.ts'
import { type Fault, generate, minute, type Scenario } from './generate.ts'
import { hashOf, images, type ModelledMember } from './modelled-member.ts'

/** The Lease of the plan: 30 s, and its holder stops by itself at 2/3 of that (PC-4). */
const leaseMs = 30_000
const fenceMs = 20_000
/** Until all is listed again after a sleep. */
const readingMs = 2_000
const start = Date.UTC(2026, 0, 5, 9)

export interface Violation {
  readonly checker: string
  readonly text: string
  readonly at: EpochMs
}

export interface Told {
  readonly scenario: Scenario
  readonly plan: FleetPlan
  readonly violation: Violation | undefined
  readonly passes: number
  readonly acts: number
  /** From the failure of a member to the abort of all that can be reached, ms. */
  readonly abortDelays: readonly number[]
  /** What a plan that waits for a person would write in an hour in which nothing happens; `undefined`: it does not wait. */
  readonly idleWrites: number | undefined
  /** The most pauses that members of a wave which go together were apart. */
  readonly spread: number
  readonly lines: readonly string[]
}

interface Laptop {
  readonly name: string
  resumedAt: EpochMs
  /** What it shows until it has read anew is of before it went away. */
  readAt: EpochMs
  /** Until when it sleeps or is dead. */
  awayUntil: EpochMs
}

/** What happened, as the checkers see it. */
export interface Pass {
  readonly before: FleetPlan
  readonly after: FleetPlan
  readonly world: FleetWorld
  readonly acts: readonly FleetAct[]
  readonly budget: BudgetUse | undefined
  readonly now: EpochMs
  readonly scenario: Scenario
}

export interface Sent {
  readonly act: FleetAct
  readonly member: ModelledMember
  readonly plan: FleetPlan
  readonly now: EpochMs
}

/** One plan from its start until nothing moves any more, with all that goes wrong on the way. Two laptops, one Lease, one document. */
export class History {
  readonly #scenario: Scenario
  readonly #laptops: readonly Laptop[] = ['one', 'two'].map((name) => ({
    name,
    resumedAt: start,
    readAt: start,
    awayUntil: 0,
  }))
  readonly #checkers = fleetPlanCheckers()
  readonly #lines: string[] = []
  readonly #faults: Fault[]
  readonly #random: Random
  readonly #people: Random
  readonly #windowAt: ReturnType<typeof watchWindows>
  readonly #abortDelays: number[] = []
  /** What a laptop that stood still sends when it goes on. */
  readonly #late: { readonly at: EpochMs; readonly acts: readonly FleetAct[] }[] = []
  #plan: FleetPlan
  #now = start
  #holder: Laptop | undefined
  #epoch = 0
  #renewedAt = 0
  /** Who decides at a home that the plan has left, for it is reached from there still (PC-4). */
  #left: { plan: FleetPlan; readonly laptop: Laptop; readonly epoch: number; readonly until: EpochMs } | undefined
  /** Since the last moment; nothing changes between two. */
  #couldRenew = false
  /** Its holder could not decide, or not write down what it did. */
  #isBlind = false
  #passes = 0
  #explanation: readonly unknown[] = []
  #acts = 0
  #spread = 0
  #wakeAt: EpochMs = start
  #violation: Violation | undefined

  constructor(random: Random, isLarge = false) {
    this.#people = random.fork('people')
    this.#random = random.fork('events')
    this.#scenario = generate(random.fork('scenario'), start, isLarge)
    this.#windowAt = watchWindows(this.#scenario.plan.spec.windows)
    this.#faults = this.#scenario.faults.toSorted((a, b) => beginOf(a) - beginOf(b))
    const started = command(this.#scenario.plan, { kind: 'start' }, { by: 'ann', at: start, reason: '' })
    if (!started.ok) throw new Error(started.error)
    this.#plan = started.value
    if (this.#plan.spec.change.kind === 'gate') this.#arrive()
  }

  tell(): Told {
    this.#lease()
    this.#look()
    while (this.#violation === undefined && this.#now < this.#scenario.endsAt && this.#step());
    this.#violation ??= this.#atEnd()
    return {
      scenario: this.#scenario,
      plan: this.#plan,
      violation: this.#violation,
      passes: this.#passes,
      acts: this.#acts,
      abortDelays: this.#abortDelays,
      idleWrites: this.#idleWrites(),
      spread: this.#spread,
      lines: this.#lines,
    }
  }

  /** By ways that are not the plan's, one member after the other. */
  #arrive(): void {
    const first = this.#scenario.members.slice(0, this.#scenario.count)
    for (const [index, { member }] of first.entries())
      this.#faults.push({
        kind: 'person',
        member: this.#indexOf(member.id),
        does: 'promote',
        at: start + index * 1_000,
      })
    for (const each of first) each.setImage(images.target, start)
  }

  #indexOf = (id: string): number => this.#scenario.members.findIndex(({ member }) => member.id === id)

  /** To the next moment at which anything happens; false when nothing will. */
  #step(): boolean {
    const { members, endsAt } = this.#scenario
    const upcoming = [
      ...members.map(({ nextAt }) => nextAt),
      ...members.flatMap(({ versions }) => versions.slice(-8).map(({ at }) => at + this.#scenario.lagMs)),
      ...this.#faults.flatMap(momentsOf),
      ...this.#laptops.map(({ awayUntil }) => awayUntil),
      this.#wakeAt,
      this.#leaseMoment(),
      ...this.#laptops.map(({ resumedAt }) => resumedAt + readingMs),
    ].filter((time) => time > this.#now)
    const next = Math.min(endsAt, ...upcoming)
    if (next === Number.POSITIVE_INFINITY || next >= endsAt) return false
    this.#now = next
    for (const each of members) if (each.nextAt <= next) each.act(next)
    this.#strike()
    this.#lookFromLeft()
    this.#lease()
    this.#look()
    return true
  }

  #leaseMoment(): EpochMs {
    if (this.#holder !== undefined && this.#isUp(this.#holder)) return Number.POSITIVE_INFINITY
    return this.#renewedAt + leaseMs + 1
  }

  #isDuring = (kind: Fault['kind'], about: (fault: Fault) => boolean = () => true): boolean =>
    this.#faults.some(
      (fault) =>
        fault.kind === kind && 'from' in fault && fault.from <= this.#now && this.#now < fault.to && about(fault),
    )

  #isUp = (laptop: Laptop): boolean => laptop.awayUntil <= this.#now && !this.#isDuring('homeAway')

  #strike(): void {
    for (const fault of this.#faults) {
      if (beginOf(fault) !== this.#now) continue
      if (fault.kind === 'sleep') this.#away(fault.laptop, fault.to)
      if (fault.kind === 'person') this.#person(fault)
      if (fault.kind === 'arrives') this.#scenario.members[fault.member]?.setImage(images.target, this.#now)
      if (fault.kind === 'moved') this.#move(fault.to)
    }
    for (const { acts } of this.#late.filter(({ at }) => at === this.#now)) for (const act of acts) this.#send(act)
    for (const laptop of this.#laptops) {
      if (laptop.awayUntil === this.#now) laptop.resumedAt = this.#now
      else if (laptop.awayUntil < this.#now) laptop.readAt = this.#now
    }
  }

  #away(index: number, until: EpochMs): void {
    const laptop = this.#laptops[index]
    if (laptop !== undefined) laptop.awayUntil = Math.max(laptop.awayUntil, until)
  }

  #person({ member: index, does }: Extract<Fault, { kind: 'person' }>): void {
    const member = this.#scenario.members[index]
    if (member === undefined) return
    this.#say(`a person: ${does} ${member.member.id}`)
    if (does === 'promote') member.promote(this.#now)
    if (does === 'abort') member.abort('RolloutAborted: aborted by a person', this.#now)
    if (does === 'other') member.setImage(images.other, this.#now)
    if (does === 'otherPlan') member.take('q', this.#now)
    if (does === 'back') member.setImage(images.prior, this.#now)
  }

  /** The plan goes on at a new home, from the copy at hand. */
  #move(until: EpochMs): void {
    const holder = this.#holder
    const asked = { by: 'ann', at: this.#now, reason: 'its home is lost' }
    const to = { context: 'elsewhere', namespace: 'argosy' }
    const moved = moveHome(this.#plan, { to, seenEpoch: this.#epoch }, asked)
    if (holder === undefined || !moved.ok) return
    this.#say(`ann moves the plan; laptop ${holder.name} goes on at the old home`)
    this.#left = { plan: this.#plan, laptop: holder, epoch: this.#epoch, until }
    this.#plan = moved.value.kept
    this.#epoch = epochOf(this.#plan, -1)
    this.#holder = undefined
    this.#couldRenew = false
    this.#renewedAt = this.#now - leaseMs - 1
    for (const checker of this.#checkers) checker.onCommand?.()
  }

  /** Decides as before, until the copy there says that the plan has moved. */
  #lookFromLeft(): void {
    const left = this.#left
    if (left === undefined || left.laptop.awayUntil > this.#now) return
    if (this.#now >= left.until) this.#left = undefined
    for (let pass = 0; pass < 5 && this.#left === left; pass++) {
      const world = { ...this.#observe(left.laptop), lease: { epoch: left.epoch } }
      const { status, acts } = planFleet(left.plan, world, this.#now)
      left.plan = { ...left.plan, status }
      for (const act of acts) {
        const member = this.#scenario.members.find((each) => each.member.id === act.member)
        const isDone = member?.send(act, this.#now) === true
        this.#say(`from the old home: ${act.kind} ${act.member}${isDone ? '' : ': refused'}`)
        if (member !== undefined && isDone)
          this.#check((checker) => checker.onLeftWritten?.({ act, member, plan: this.#plan, now: this.#now }))
      }
      if (acts.length === 0) return
    }
  }

  /** Whoever can renews, all the time; who could not for the whole duration loses it to the other. */
  #lease(): void {
    if (this.#couldRenew) this.#renewedAt = this.#now
    const isExpired = this.#now - this.#renewedAt > leaseMs
    this.#couldRenew = !isExpired && this.#holder !== undefined && this.#isUp(this.#holder)
    if (!isExpired) return
    const next = this.#laptops
      .toSorted((a, b) => Number(a === this.#left?.laptop) - Number(b === this.#left?.laptop))
      .find((each) => this.#isUp(each))
    if (next === undefined) return
    this.#holder = next
    this.#isBlind = true
    this.#epoch++
    this.#renewedAt = this.#now
    this.#couldRenew = true
    this.#say(`laptop ${next.name} plans, epoch ${this.#epoch}`)
  }

  /** Passes until the plan is at rest at this moment. */
  #look(): void {
    const laptop = this.#holder
    if (laptop === undefined || laptop.awayUntil > this.#now || this.#now - this.#renewedAt > fenceMs) {
      this.#isBlind = true
      return
    }
    // As whoever has the Lease anew.
    if (this.#isBlind) laptop.resumedAt = this.#now
    this.#isBlind = false
    for (let pass = 0; pass < 30; pass++) {
      const stored = this.#plan
      const before = withLateMembers(stored, this.#found(laptop), this.#observe(laptop))
      const world = this.#observe(laptop, before)
      const { status, acts, nextWakeAt, explanation, budget } = planFleet(before, world, this.#now)
      this.#passes++
      this.#explanation = explanation
      this.#wakeAt = nextWakeAt ?? Number.POSITIVE_INFINITY
      if (status !== stored.status && this.#isDuring('homeAway')) {
        this.#isBlind = true
        return
      }
      this.#plan = status === stored.status ? stored : { ...before, status }
      this.#tellChanges(stored)
      const passed = { before, after: this.#plan, world, acts, budget, now: this.#now, scenario: this.#scenario }
      if (this.#scenario.faults.length === 0) this.#spread = Math.max(this.#spread, spreadOf(passed))
      this.#check((checker) => checker.onPass?.(passed))
      const crash = this.#faults.find(
        (fault) => fault.kind === 'crash' && fault.at <= this.#now && this.#now < fault.to,
      )
      if (crash?.kind === 'crash' && this.#laptops[crash.laptop] === laptop && acts.length > 0) {
        this.#say(`laptop ${laptop.name} is killed before it sends ${acts.length} acts`)
        this.#away(crash.laptop, crash.to)
        if (crash.isLate) this.#late.push({ at: crash.to, acts })
        return
      }
      for (const act of acts) this.#send(act)
      if (this.#violation !== undefined) return
      if (status === stored.status && acts.length === 0) return this.#attend()
    }
    this.#violation = { checker: 'settles', text: 'after 30 passes at one moment it still changes', at: this.#now }
  }

  /** The person behind the plan: opens gates, and sometimes tries again or holds. */
  #attend(): void {
    const gate = this.#plan.status.waves.findIndex(
      ({ state, opened }, index) =>
        state === 'Gate' && opened === undefined && this.#plan.spec.waves[index]?.gate === 'manual',
    )
    const asked = { by: 'ann', at: this.#now, reason: 'looked at it' }
    const wish = gate >= 0 ? ({ kind: 'openGate', wave: gate } as const) : this.#wish()
    const answer = wish === undefined ? undefined : command(this.#plan, wish, asked)
    if (answer?.ok !== true) return
    this.#say(`ann: ${JSON.stringify(wish)}`)
    this.#plan = answer.value
    for (const checker of this.#checkers) checker.onCommand?.()
    this.#wakeAt = this.#now + 1_000
  }

  #wish() {
    const { status } = this.#plan
    const failed = Object.entries(status.members).find(([, { state }]) => state === 'Failed')?.[0]
    if (status.holds.some(({ reason }) => reason === 'Manual'))
      return this.#random.chance(0.5) ? ({ kind: 'release' } as const) : undefined
    if (this.#random.chance(0.01))
      return this.#people.pick([{ kind: 'hold' }, { kind: 'hold', stopsLine: true }, this.#shortStop()] as const)
    const isBreached = status.holds.some(({ reason }) => reason === 'Budget')
    if (failed !== undefined && isBreached && this.#people.chance(0.2))
      return { kind: 'retry', member: failed, ...(this.#people.chance(0.7) && { from: 'lastPause' as const }) } as const
    if (failed === undefined || !status.holds.some(({ reason }) => reason === 'Budget') || !this.#random.chance(0.2))
      return undefined
    return this.#random.pick([
      { kind: 'skip', member: failed },
      { kind: 'rollBack', scope: 'all' },
    ] as const)
  }

  #shortStop() {
    return { kind: 'hold', stopsLine: true, until: this.#now + 10 * minute } as const
  }

  /** What is there by now and no member. */
  #found({ readAt }: Laptop): readonly FoundRollout[] {
    return this.#scenario.members
      .slice(this.#scenario.count)
      .filter(({ versions }) => (versions[0]?.at ?? 0) <= readAt - this.#scenario.lagMs)
      .map((each) => ({ context: each.member.context, rollout: each.seen(readAt, this.#scenario.lagMs) }))
  }

  #observe(laptop: Laptop, plan = this.#plan): FleetWorld {
    const members: Record<string, MemberObservation> = {}
    for (const [index, each] of this.#scenario.members.entries()) {
      if (!plan.spec.members.some(({ id }) => id === each.member.id)) continue
      const away = this.#faults.find(
        (fault) =>
          fault.kind === 'memberAway' && fault.member === index && fault.from <= this.#now && this.#now < fault.to,
      )
      const back = this.#faults.flatMap((fault) =>
        fault.kind === 'memberAway' && fault.member === index && fault.to <= this.#now ? fault.to : [],
      )
      const readAt = Math.min(laptop.readAt, away?.kind === 'memberAway' ? away.from : this.#now)
      const at = readAt + each.temper.skewMs
      members[each.member.id] = {
        reach: away === undefined ? 'reachable' : 'unreachable',
        reachSince: away?.kind === 'memberAway' ? away.from : Math.max(start, ...back),
        readAt,
        at,
        rollout: each.seen(readAt, this.#scenario.lagMs),
        isDriven: true,
        isInCluster: true,
        hashes: [...new Set(each.versions.map(({ rollout }) => rollout.status?.currentPodHash ?? ''))],
        evidence: { errors: evidenceUntil(at, each.temper.skewMs, this.#scenario.hole) },
      }
    }
    const window = this.#isDuring('windowShut')
      ? { isOpen: false, text: 'no changes at this time' }
      : this.#windowAt(this.#now)
    return {
      members,
      lease: { epoch: this.#epoch },
      resumedAt: laptop.resumedAt,
      window,
      gates: { 0: 'open', 1: 'open', 2: 'open', 3: 'open' },
    }
  }

  #send(act: FleetAct): void {
    const member = this.#scenario.members.find((each) => each.member.id === act.member)
    if (member === undefined) return
    const isDone = member.send(act, this.#now)
    if (isDone) {
      this.#acts++
      this.#noteDelay(act)
      this.#check((checker) => checker.onWritten?.({ act, member, plan: this.#plan, now: this.#now }))
    }
    this.#say(`${act.kind} ${act.member}${isDone ? '' : ': refused, it is another version'}`)
  }

  #tellChanges(before: FleetPlan): void {
    const { status } = this.#plan
    for (const [id, { state, reason }] of Object.entries(status.members))
      if (before.status.members[id]?.state !== state) {
        this.#say(`${id}: ${state}${reason === undefined ? '' : ` (${reason})`}`)
      }
    for (const [index, { state }] of status.waves.entries())
      if (before.status.waves[index]?.state !== state) this.#say(`wave ${index}: ${state}`)
    if (before.status.phase !== status.phase) this.#say(`plan: ${status.phase}`)
    const holds = status.holds.map(({ reason }) => reason).join()
    if (before.status.holds.map(({ reason }) => reason).join() !== holds) this.#say(`holds: ${holds}`)
  }

  #idleWrites(): number | undefined {
    const isWaiting = this.#plan.status.waves.some(({ state }) => state === 'Gate' || state === 'Breached')
    const holder = this.#holder
    if (!isWaiting || this.#plan.status.phase !== 'Running' || holder === undefined) return undefined
    let writes = 0
    for (const end = this.#now + 60 * minute; this.#now < end; this.#now += minute) {
      const { status, acts } = planFleet(this.#plan, this.#observe(holder), this.#now)
      if (status !== this.#plan.status) writes++
      writes += acts.length
      this.#plan = { ...this.#plan, status }
    }
    return writes
  }

  /** Since the last analysis that failed; what others do meanwhile makes it longer. */
  #noteDelay(act: FleetAct): void {
    const isQuiet = this.#scenario.faults.length === 0
    const failures = this.#scenario.members.flatMap(({ failedAt }) => failedAt ?? [])
    if (act.kind === 'abort' && isQuiet && failures.length > 0)
      this.#abortDelays.push(this.#now - Math.max(...failures))
  }

  #check(ask: (checker: ReturnType<typeof fleetPlanCheckers>[number]) => string | undefined): void {
    for (const checker of this.#checkers) {
      const text = ask(checker)
      if (text !== undefined) this.#violation ??= { checker: checker.name, text, at: this.#now }
    }
  }

  /** A plan that nothing went wrong with has gone through. */
  #atEnd(): Violation | undefined {
    const { phase, holds } = this.#plan.status
    const { faults, members } = this.#scenario
    const late = Object.entries(this.#plan.status.members).find(([, { state }]) => state === 'RollbackFailed')
    const isInGit = members.some(({ temper }) => temper.isInGit === true)
    if (faults.length === 0 && members.length < 20 && late !== undefined && !isInGit)
      return { checker: 'goes back', text: `nothing went wrong besides, and ${late[0]} is not back`, at: this.#now }
    const hasDeadline = this.#plan.spec.waves.some(({ deadlineMs }) => deadlineMs !== undefined)
    const forgotten = phase === 'Completed' ? this.#forgotten() : undefined
    if (forgotten !== undefined)
      return { checker: 'late ones catch up', text: `${forgotten} came in time, and was never a member`, at: this.#now }
    const isCalm = faults.length === 0 && members.every(({ temper }) => temper.failsAt === undefined)
    const hasBudget = this.#plan.spec.maxErrorBudgetMinutes !== undefined
    const isHeld = holds.some(
      ({ reason }) => reason === 'Manual' || reason === 'Window' || (reason === 'Cap' && hasBudget),
    )
    const isSpent = hasBudget && phase === 'RolledBack'
    if (!isCalm || hasDeadline || isHeld || isSpent || phase === 'Completed') return undefined
    return {
      checker: 'goes through',
      text: `nothing went wrong, and it ended ${phase}: ${JSON.stringify([this.#explanation, this.#plan.status])}`,
      at: this.#now,
    }
  }

  /** Came well before the end of the wave before the last one, and is none of the plan. */
  #forgotten(): string | undefined {
    const { waves, members } = this.#plan.status
    const until = waves.at(-2)?.since ?? 0
    const isCalm = this.#scenario.faults.every(({ kind }) => kind === 'arrives')
    const slackMs = isCalm ? 10_000 : 60 * minute
    const isEarly = ({ versions }: ModelledMember) => (versions[0]?.at ?? 0) + slackMs < until
    return this.#scenario.members
      .slice(this.#scenario.count + 1)
      .find((each) => each.hash === hashOf(images.prior) && isEarly(each) && members[each.member.id] === undefined)
      ?.member.id
  }

  #say(text: string): void {
    this.#lines.push(`${String(Math.round((this.#now - start) / 1000)).padStart(6)} s  ${text}`)
  }
}

const beginOf = (fault: Fault): EpochMs => ('at' in fault ? fault.at : fault.from)
const momentsOf = (fault: Fault): readonly EpochMs[] =>
  'from' in fault ? [fault.from, fault.to] : 'to' in fault ? [fault.at, fault.to] : [fault.at]

/** One a minute, as far as the store kept them. */
function evidenceUntil(at: EpochMs, skewMs: number, hole: Scenario['hole']) {
  const last = Math.floor(at / minute) * minute
  const isKept = (time: EpochMs) => hole === undefined || time - skewMs < hole.from || time - skewMs > hole.to
  const times = Array.from({ length: 60 }, (_, index) => last - (59 - index) * minute).filter(isKept)
  return { count: times.length, times, isBad: false }
}
