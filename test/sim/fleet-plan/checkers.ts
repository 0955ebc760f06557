import type { FleetAct } from '#engine/fleet-plan/acts.ts'
import type { FleetPlan, MemberState } from '#engine/fleet-plan/document.ts'
import { planFleet } from '#engine/fleet-plan/plan-fleet.ts'
import { waveOf } from '#engine/fleet-plan/waves.ts'
import { resolveAmount } from '#lib/int-or-string.ts'
import { budgetIsNoLess, nobodyBeyondBudget } from './budget-checkers.ts'
import { coveredMs, entered, type PlanChecker, stateOf, targetOf } from './checker.ts'
import { minute } from './generate.ts'
import type { Pass, Sent } from './history.ts'
import type { ModelledMember } from './modelled-member.ts'

const moving: readonly MemberState[] = ['Admitting', 'Applying', 'Progressing', 'AtGate', 'Soaking']

const membersOf = (plan: FleetPlan, wave: number): readonly string[] =>
  plan.spec.members.filter((member) => waveOf(plan.spec, member) === wave).map(({ id }) => id)

/** One for each invariant of fleet plans (3.4.9) that a history can break; fresh ones for each history. */
export const fleetPlanCheckers = (): readonly PlanChecker[] => [
  oneEpochWrites(),
  oneHomeDrives(),
  concurrency,
  wavesInOrder,
  noAdmissionAfterBreach(),
  succeededIsProven,
  rollbackOfTargetOnly,
  bakesAreKept,
  sameAnswer,
  stepsTogether,
  freshDataOnly,
  nothingStale(),
  supersededIsLeftAlone,
  withinCaps,
  budgetIsNoLess(),
  nobodyBeyondBudget,
  heldStandsStill,
  windowsKeep,
  holdsGiveBack(),
  nobodyIsEarly,
  othersAreLeftAlone(),
  gitIsNotFought,
  retriesAreAsked(),
  soakIsSeen(),
  evidenceCovers,
  abortsFirst,
  nobodyIsForgotten,
  oldFailuresAreForPeople(),
  lateOnesAreLast,
]

/** As the plan has it: who came late is of another wave than at the start. */
function waveFor({ spec }: FleetPlan, id: string): FleetPlan['spec']['waves'][number] | undefined {
  const member = spec.members.find((each) => each.id === id)
  return member && spec.waves[waveOf(spec, member) ?? 0]
}

/** Who was there before the plan and is not chosen is left alone; who comes late begins after all others. */
const lateOnesAreLast: PlanChecker = {
  name: '3.4.1 joinPolicy: late ones come last, and nobody else joins',
  onPass(pass) {
    const { after, scenario } = pass
    const own = new Set(scenario.members.slice(0, scenario.count).map(({ member }) => member.id))
    const joined = after.spec.members.filter(({ id }) => !own.has(id))
    const wrong = joined.find(({ id }) => id.startsWith('late0/'))
    if (wrong !== undefined) return `${wrong.id} was left out on purpose, and has joined`
    if (joined.length > 0 && after.spec.joinPolicy !== 'catchUp') return `${joined[0]?.id} has joined a plan without it`
    const isOpen = after.status.waves.slice(0, -1).some(({ state }) => state !== 'Passed')
    const early = entered(pass, 'Admitting').find(
      (id) => after.spec.members.find((each) => each.id === id)?.late === true && isOpen,
    )
    return early === undefined ? undefined : `${early} came late, and begins before the others are through`
  },
}

function oneEpochWrites(): PlanChecker {
  const latest = new Map<string, number>()
  const seen = ({ act, member }: Sent): string | undefined => {
    const before = latest.get(member.member.id) ?? 0
    latest.set(member.member.id, Math.max(before, act.epoch))
    return act.epoch < before
      ? `${act.kind} of epoch ${act.epoch} on ${act.member}, after one of epoch ${before}`
      : undefined
  }
  return {
    name: 'I1 one epoch writes to a member',
    onWritten: seen,
    onLeftWritten: seen,
  }
}

/** Once the members bear the new epoch, and that was seen, nobody writes who decides at the old home; and nothing but notes was sent before. */
function oneHomeDrives(): PlanChecker {
  let claimedAt: number | undefined
  let lagMs = 0
  return {
    name: 'PC-4 one home drives',
    onPass({ before, after, acts, now, scenario }) {
      lagMs = scenario.lagMs
      if (after.status.moved?.isClaimed === true) claimedAt ??= now
      const { moved } = before.status
      const early =
        moved !== undefined && moved.isClaimed !== true ? acts.find(({ kind }) => kind !== 'mark') : undefined
      return early && `${early.kind} on ${early.member} before its members bear the new epoch`
    },
    onLeftWritten({ act, now }) {
      return claimedAt !== undefined && now > claimedAt + lagMs
        ? `${act.kind} on ${act.member} from the old home, ${now - claimedAt} ms after the new one had its members`
        : undefined
    },
  }
}

const concurrency: PlanChecker = {
  name: 'I2 no more move than may',
  onPass({ after }) {
    for (const [index, wave] of after.spec.waves.entries()) {
      const own = membersOf(after, index)
      const slots = Math.max(1, resolveAmount(wave.maxConcurrent, own.length, 'down') ?? 1)
      const count = own.filter((id) => moving.includes(stateOf(after, id))).length
      if (count > slots) return `${count} of wave ${index} move, and ${slots} may`
    }
    return undefined
  },
}

const wavesInOrder: PlanChecker = {
  name: 'I3 waves follow each other',
  onPass(pass) {
    for (const id of entered(pass, 'Admitting')) {
      const member = pass.after.spec.members.find((each) => each.id === id)
      const wave = member === undefined ? 0 : (waveOf(pass.after.spec, member) ?? 0)
      const open = pass.after.status.waves.slice(0, wave).findIndex(({ state }) => state !== 'Passed')
      if (open >= 0) return `${id} of wave ${wave} begins, and wave ${open} is ${pass.after.status.waves[open]?.state}`
    }
    return undefined
  },
}

function noAdmissionAfterBreach(): PlanChecker {
  let isBreached = false
  return {
    name: 'I4 nobody begins after a breach',
    onPass(pass) {
      isBreached ||= hasBreach(pass.after)
      const began = entered(pass, 'Admitting')
      return isBreached && began.length > 0 ? `${began.join()} begins after a breach` : undefined
    },
    onCommand() {
      isBreached = false
    },
  }
}

const failed: readonly MemberState[] = ['Failed', 'TimedOut', 'Refused', 'RollbackFailed']

/** More of a wave that goes on have failed than it bears. */
const hasBreach = (plan: FleetPlan): boolean =>
  plan.spec.waves.some((wave, index) => {
    const own = membersOf(plan, index)
    const borne = wave.pilot || wave.sync === 'step' ? 0 : (resolveAmount(wave.maxFailures, own.length, 'down') ?? 0)
    return own.filter((id) => failed.includes(stateOf(plan, id))).length > borne
  })

const memberOf = ({ scenario }: Pass, id: string): ModelledMember | undefined =>
  scenario.members.find(({ member }) => member.id === id)

/** What the plan saw of it, by the cluster's own record: it ran the target alone for as long as it had to. */
const succeededIsProven: PlanChecker = {
  name: 'I5 success is proven',
  onPass(pass) {
    for (const id of entered(pass, 'Succeeded')) {
      const member = memberOf(pass, id)
      const { before, after, now, scenario } = pass
      if (member === undefined) continue
      const seen = member.seen(now, scenario.lagMs)
      const target = targetOf(after)
      if (seen.status?.stableRS !== target || seen.status.currentPodHash !== target)
        return `${id} succeeded with ${seen.status?.stableRS}`
      if (stateOf(before, id) === 'Admitting') continue
      const since =
        member.versions.findLast(
          ({ rollout }, index) =>
            rollout.status?.stableRS === target && member.versions[index - 1]?.rollout.status?.stableRS !== target,
        )?.at ?? now
      const wave = waveFor(after, member.member.id)
      if (now - since < (wave?.minSoakMs ?? 0)) return `${id} succeeded after ${now - since} ms of ${wave?.minSoakMs}`
    }
    return undefined
  },
}

const rollbackOfTargetOnly: PlanChecker = {
  name: 'I6 only the new version is taken back',
  onWritten: ({ act, member, plan }) => {
    const target = targetOf(plan)
    if (act.kind !== 'rollback' && act.kind !== 'abort') return undefined
    // It was sent, and its effect stands in the version now; what it was before is the one before that.
    const before = member.versions.at(-2)?.rollout.status?.currentPodHash
    return before === target ? undefined : `${act.kind} on ${act.member}, which runs ${before}`
  },
}

/** What ends by itself is nobody's to cut short on the way forwards. */
const bakesAreKept: PlanChecker = {
  name: '3.4.2 pauses with a length are kept',
  onPass(pass) {
    // One that was decided from a late watch is not taken.
    const isTaken = ({ member, resourceVersion }: FleetAct) =>
      memberOf(pass, member)?.rollout.metadata.resourceVersion === resourceVersion
    const act = pass.acts.find(
      (each) => each.kind === 'promote' && isTaken(each) && memberOf(pass, each.member)?.isTimed === true,
    )
    return act && `${act.member} was promoted in the middle of a pause that ends by itself`
  },
}

const sameAnswer: PlanChecker = {
  name: 'I7 the same again is the same answer',
  onPass({ before, after, world, acts, now }) {
    const members = Object.fromEntries(Object.entries(world.members).toReversed())
    const again = planFleet(structuredClone(before), { ...world, members }, now)
    const isSame =
      JSON.stringify(again.acts) === JSON.stringify(acts) &&
      JSON.stringify(again.status) === JSON.stringify(after.status)
    return isSame ? undefined : 'the same document and observations gave another answer'
  },
}

/** Apart by at most one pause, of those that go together and can all be read. */
const stepsTogether: PlanChecker = {
  name: 'I8 steps together',
  onPass(pass) {
    const spread = spreadOf(pass)
    return pass.scenario.faults.length === 0 && spread > 1 ? `members are ${spread} pauses apart` : undefined
  },
}

/** How many pauses those are apart that go together, as far as all of them can be read. */
export function spreadOf(pass: Pass): number {
  const { after, world } = pass
  const spreads = after.spec.waves.map((wave, index) => {
    const stepping = membersOf(after, index).filter((id) =>
      ['Progressing', 'AtGate', 'Applying'].includes(stateOf(after, id)),
    )
    const isRead = stepping.every((id) => world.members[id]?.reach === 'reachable')
    const stages = stepping.flatMap((id) => memberOf(pass, id)?.stage ?? [])
    return wave.sync === 'step' && isRead && stages.length > 1 ? Math.max(...stages) - Math.min(...stages) : 0
  })
  return Math.max(0, ...spreads)
}

const freshDataOnly: PlanChecker = {
  name: 'I9 no act on what was read before the last sleep',
  onPass({ acts, world }) {
    const old = acts.find(({ member }) => {
      const observation = world.members[member]
      return observation === undefined || observation.reach !== 'reachable' || observation.readAt < world.resumedAt
    })
    return old && `${old.kind} on ${old.member}, which was not read since`
  },
}

/** What was under way towards a member that was away longer than an act may wait is decided anew when it is back. */
function nothingStale(): PlanChecker {
  const expired = new Map<string, MemberState>()
  return {
    name: 'I10 nothing that has expired',
    onPass({ before, after, world, now, acts }) {
      for (const [id, { reach, reachSince }] of Object.entries(world.members)) {
        const away = now - Math.max(reachSince, world.resumedAt)
        if (reach !== 'reachable' && away > after.spec.intentTtlMs) expired.set(id, stateOf(before, id))
      }
      for (const act of acts)
        if (
          expired.has(act.member) &&
          ['Admitting', 'RollingBack'].includes(stateOf(before, act.member)) &&
          stateOf(before, act.member) === expired.get(act.member)
        )
          return `${act.kind} on ${act.member}, decided before it was away`
      for (const [id, state] of expired) if (stateOf(after, id) !== state) expired.delete(id)
      return undefined
    },
  }
}

const supersededIsLeftAlone: PlanChecker = {
  name: 'I11 what is superseded is left alone',
  onWritten: ({ act, plan }) =>
    stateOf(plan, act.member) === 'Superseded' ? `${act.kind} on ${act.member}` : undefined,
}

/** What people and failures do besides is not the plan's. */
const withinCaps: PlanChecker = {
  name: 'W16 within the caps',
  onPass(pass) {
    const { after, scenario } = pass
    const { maxClustersUnproven, maxTrafficShare } = after.spec
    const unproven = after.spec.members.filter(({ id }) => moving.includes(stateOf(after, id)))
    if (unproven.length > (maxClustersUnproven ?? Number.POSITIVE_INFINITY))
      return `${unproven.length} are not proven, and ${maxClustersUnproven} may be`
    if (scenario.faults.length > 0 || after.spec.change.kind === 'gate') return undefined
    const serves = unproven.reduce((sum, { id, trafficShare }) => {
      const member = memberOf(pass, id)
      const isWhole = member?.hash === targetOf(after) && member.stableHash === targetOf(after)
      return sum + trafficShare * (isWhole ? 1 : (member?.share ?? 0))
    }, 0)
    return serves > (maxTrafficShare ?? 100) + 1e-6
      ? `${serves} % of all traffic is not proven, and ${maxTrafficShare} may be`
      : undefined
  },
}

const forward = ['setImage', 'undo', 'promote']

const heldStandsStill: PlanChecker = {
  name: '3.4.3 what is held stands still',
  onPass({ after, acts }) {
    const holds = after.status.holds.map(({ reason }) => reason)
    const act = acts.find(({ kind }) => forward.includes(kind))
    return holds.length > 0 && act !== undefined ? `${act.kind} on ${act.member}, held for ${holds.join()}` : undefined
  },
}

const windowsKeep: PlanChecker = {
  name: '3.4.1 nobody begins while a window is shut',
  onPass(pass) {
    const began = entered(pass, 'Admitting')
    return pass.world.window.isOpen || began.length === 0 ? undefined : `${began.join()} begins`
  },
}

/** As it stood before the pause, to the field: `false` is not the same as nothing. */
function holdsGiveBack(): PlanChecker {
  const before = new Map<string, boolean | undefined>()
  const seen = ({ act, member }: Sent): string | undefined => {
    const { paused } = member.rollout.spec
    const id = act.member
    if (act.kind === 'stop') {
      if (before.has(id)) return `${id} is held twice`
      before.set(id, member.versions.at(-2)?.rollout.spec.paused)
      return paused === true ? undefined : `${id} was not paused`
    }
    if (act.kind !== 'release') return undefined
    const was = before.get(id)
    before.delete(id)
    return paused === was ? undefined : `${id} has ${paused}, and had ${was}`
  }
  // What was held from a home that the plan has left is given back from the new one.
  return { name: 'W12 a hold gives back what was', onWritten: seen, onLeftWritten: seen }
}

/** What arrives by other ways waits for its turn: once a pass has nothing left to do it is held. */
const nobodyIsEarly: PlanChecker = {
  name: 'W12 nobody goes before its turn',
  onPass(pass) {
    const { before, after, acts, world } = pass
    const isStopped = after.status.holds.some(({ stopsLine }) => stopsLine === true)
    // Nothing but notes goes out before the members bear the epoch of a new home: who decides at the old one may release until then (PC-4).
    if (after.status.moved !== undefined && after.status.moved.isClaimed !== true) return undefined
    // A plan that is over leaves what is under way as it is.
    if (after.status.phase !== 'Running' && after.status.phase !== 'RollingBack') return undefined
    if ((after.spec.change.kind !== 'gate' && !isStopped) || acts.length > 0 || before.status !== after.status)
      return undefined
    const waiting: readonly MemberState[] = isStopped
      ? ['Pending', 'Admitting', 'Applying', 'Progressing', 'AtGate']
      : ['Pending']
    for (const { id } of after.spec.members) {
      const { reach, readAt, rollout } = world.members[id] ?? { readAt: 0 }
      const { status, sent } = { status: rollout?.status, sent: after.status.members[id]?.sent }
      const isFree =
        rollout?.spec.paused !== true && status?.abort !== true && status?.currentPodHash !== status?.stableRS
      const isRead = reach === 'reachable' && readAt >= Math.max(world.resumedAt, after.status.readAfter ?? 0)
      const plan = rollout?.metadata.annotations?.['argosy.dev/plan']
      // Another plan moves it: nothing of this one is written there (3.4.2).
      if (plan !== undefined && plan !== 'p') continue
      const isKnown = status?.observedGeneration === String(rollout?.metadata.generation)
      if (isRead && isKnown && isFree && sent === undefined && waiting.includes(stateOf(after, id)))
        return `${id} is ${stateOf(after, id)} and goes on`
    }
    return undefined
  },
}

/** Once a plan has seen that another one has taken a member, it writes to it no more. */
function othersAreLeftAlone(): PlanChecker {
  const taken = new Set<string>()
  return {
    name: '3.4.2 what another plan has is left alone',
    onPass({ before, world, scenario }) {
      for (const { member } of scenario.members) {
        const mark = world.members[member.id]?.rollout?.metadata.annotations?.['argosy.dev/plan']
        const had = ['Applying', 'Progressing', 'AtGate', 'Soaking', 'RollingBack'].includes(stateOf(before, member.id))
        if (had && mark === 'q' && isReadIn(world, member.id)) taken.add(member.id)
      }
      return undefined
    },
    onWritten: ({ act }) => (taken.has(act.member) ? `${act.kind} on ${act.member}` : undefined),
  }
}

const isReadIn = (world: Pass['world'], id: string): boolean =>
  world.members[id]?.reach === 'reachable' && (world.members[id]?.readAt ?? 0) >= world.resumedAt

const gitIsNotFought: PlanChecker = {
  name: 'RB-5 what Git keeps is not undone',
  onWritten: ({ act, member }) =>
    act.kind === 'rollback' && member.temper.isInGit === true ? `${act.kind} on ${act.member}` : undefined,
}

/** One retry for each time that somebody asked for it, and a jump to no step that the member had not come to before. */
function retriesAreAsked(): PlanChecker {
  const retried = new Map<string, number>()
  return {
    name: 'W17 only what somebody asked for is tried again',
    onWritten({ act, member, plan }) {
      if (act.kind === 'jump') {
        const reached = Math.max(
          ...member.versions
            .slice(0, -1)
            .map(({ rollout }) =>
              rollout.status?.currentPodHash === targetOf(plan) ? (rollout.status.currentStepIndex ?? 0) : 0,
            ),
        )
        return reached >= (act.step ?? 0) ? undefined : `${act.member} jumps to ${act.step}, and had come to ${reached}`
      }
      if (act.kind !== 'retry') return undefined
      const of = plan.status.members[act.member]?.retry?.of
      if (of === undefined || retried.get(act.member) === of) return `${act.member} is tried again, and nobody asked`
      retried.set(act.member, of)
      return undefined
    },
  }
}

/** Only what lies between two looks that are near enough to each other is soak, where no metric tells of the rest. */
function soakIsSeen(): PlanChecker {
  const looks = new Map<string, { readonly at: number; readonly seenMs: number }>()
  return {
    name: 'W3 soak is seen',
    onPass(pass) {
      const { after, before, world, now, scenario } = pass
      for (const member of scenario.members) {
        const { id } = member.member
        const wave = waveFor(after, member.member.id)
        const observation = world.members[id]
        const isSeen = observation?.reach === 'reachable' && observation.readAt >= world.resumedAt
        if (wave === undefined || wave.minEvidence.length > 0 || !isSeen) continue
        const target = targetOf(after)
        const { stableRS, currentPodHash } = member.seen(now, scenario.lagMs).status ?? {}
        if (stableRS !== target || currentPodHash !== target) continue
        const last = looks.get(id) ?? { at: now, seenMs: 0 }
        const gap = now - last.at
        const seenMs = last.seenMs + (gap <= wave.maxEvidenceGapMs ? gap : 0)
        looks.set(id, { at: now, seenMs })
        const isDone = stateOf(before, id) === 'Soaking' && stateOf(after, id) === 'Succeeded'
        if (isDone && seenMs < wave.minSoakMs) return `${id} was seen for ${seenMs} of ${wave.minSoakMs} ms`
      }
      return undefined
    },
  }
}

/** With a metric, what its samples leave open for longer than they may is no soak. */
const evidenceCovers: PlanChecker = {
  name: 'W3 evidence covers the soak',
  onPass(pass) {
    const { before, after, world } = pass
    for (const id of entered(pass, 'Succeeded')) {
      const member = memberOf(pass, id)
      const wave = member && waveFor(after, member.member.id)
      const own = before.status.members[id]
      if (wave === undefined || wave.minEvidence.length === 0 || own?.state !== 'Soaking') continue
      const { at, evidence } = world.members[id] ?? { at: 0, evidence: undefined }
      const times = evidence?.['errors']?.times ?? []
      const covered = coveredMs(times, own.since, at, wave.maxEvidenceGapMs)
      if (covered < wave.minSoakMs) return `${id} succeeded with ${covered} of ${wave.minSoakMs} ms covered`
    }
    return undefined
  },
}

/** An undo waits until nothing is left in flight that could be aborted. */
const abortsFirst: PlanChecker = {
  name: 'RB-1 aborts come first',
  onPass(pass) {
    const { acts, world, before } = pass
    const undone = acts.find(({ kind }) => kind === 'rollback')
    const inFlight = acts.find(({ kind }) => kind === 'abort')
    const isNew = inFlight !== undefined && world.members[inFlight.member]?.reach === 'reachable'
    return undone !== undefined && isNew && stateOf(before, undone.member) !== 'RollingBack'
      ? `${undone.member} is undone while ${inFlight.member} is in flight`
      : undefined
  },
}

/** A plan that has gone back leaves nobody of what it took back on the way to the new version. */
const nobodyIsForgotten: PlanChecker = {
  name: 'RB-1 nobody goes on when all went back',
  onPass(pass) {
    const { before, after, scenario } = pass
    const { rollback, phase } = after.status
    const hasOthers = scenario.faults.length > 0 || after.spec.change.kind === 'gate'
    if (hasOthers || phase !== 'RolledBack' || before.status.phase === phase) return undefined
    const left = scenario.members.find(({ member, hash, stableHash, rollout }) => {
      const isIn = rollback?.scope === 'all' || waveOf(after.spec, member) === rollback?.wave
      return isIn && hash === targetOf(after) && stableHash !== hash && rollout.status?.abort !== true
    })
    return left && `${left.member.id} goes on`
  },
}

function oldFailuresAreForPeople(): PlanChecker {
  return {
    name: 'FP-5 old failures are for people',
    onPass(pass) {
      const { before, after } = pass
      if (before.status.rollback !== undefined || after.status.rollback?.by !== 'plan') return undefined
      const old = pass.scenario.members.filter((member) => failedMs(member, pass) > 20 * minute + 1_000)
      if (isSpentWithout(pass, old)) return undefined
      const seen = old.find(({ member: { id } }) => {
        const isNew = stateOf(before, id) !== 'Failed' && stateOf(before, id) !== 'RollingBack'
        return isNew && (stateOf(after, id) === 'Failed' || stateOf(after, id) === 'RollingBack')
      })
      return (
        seen && `all goes back for ${seen.member.id}, which failed ${Math.round(failedMs(seen, pass) / minute)} min ago`
      )
    },
  }
}

/** How long ago it was aborted, as far as that can be seen; 0: it was not. */
function failedMs(member: ModelledMember, { now, scenario }: Pass): number {
  const { abort, abortedAt } = member.seen(now, scenario.lagMs).status ?? {}
  return abort === true ? now + member.temper.skewMs - Date.parse(abortedAt ?? '') : 0
}

/** What the others cost is more than the plan bears: that takes all back, whoever else is in it (W16). */
function isSpentWithout({ after, budget }: Pass, old: readonly ModelledMember[]): boolean {
  const max = (after.spec.maxErrorBudgetMinutes ?? Number.POSITIVE_INFINITY) * minute
  const theirs = old.reduce((sum, { member: { id } }) => {
    const { lostMs = 0, riskMs = 0 } = after.status.members[id]?.exposure ?? {}
    return sum + lostMs + riskMs
  }, 0)
  return budget !== undefined && budget.lostMs + budget.atRiskMs - theirs > max
}
