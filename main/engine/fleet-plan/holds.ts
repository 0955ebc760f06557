import type { FleetPlan, HoldReason, PlanHold } from './document.ts'
import { markOf } from './member-facts.ts'
import { currentSoak } from './soak.ts'
import { correlatedMetric, failuresBorne, failuresIn, isOverUnreachable, type WaveView } from './wave.ts'
import type { FleetMoment } from './world.ts'

/** Who holds when the plan itself does; it takes such a hold back when its reason is gone. */
const self = 'plan'

interface Reasons {
  readonly plan: FleetPlan
  readonly waves: readonly WaveView[]
  readonly world: FleetMoment
  /** Why nobody may begin although somebody could, and nobody is under way. */
  readonly cap: string | undefined
  /** Why it cannot go on inside its error budget. */
  readonly budget: string | undefined
}

/** The holds in force: those of people, and those of the plan whose reasons are there; each keeps the time when it began. */
export function nextHolds({ plan, waves, world, cap, budget }: Reasons): readonly PlanHold[] {
  const mine = reasonsOf(plan, waves, world, budget ?? cap).map(([reason, text]): PlanHold => {
    const before = plan.status.holds.find((hold) => hold.by === self && hold.reason === reason)
    return { reason, text, by: self, since: before?.since ?? world.now }
  })
  const others = plan.status.holds.filter(({ by, until }) => by !== self && (until === undefined || until > world.now))
  return [...others, ...mine]
}

function reasonsOf(
  plan: FleetPlan,
  waves: readonly WaveView[],
  world: FleetMoment,
  cap: string | undefined,
): readonly (readonly [HoldReason, string])[] {
  const reasons: (readonly [HoldReason, string])[] = []
  const rival = rivalOf(plan, waves, world)
  if (rival !== undefined) reasons.push(['ControllerConflict', rival])
  if (!world.window.isOpen) reasons.push(['Window', world.window.text])
  const kept = keptText(waves)
  if (kept !== undefined) reasons.push(['ControllerConflict', kept])
  for (const view of waves) {
    const { status, wave } = view
    if (status.state === 'Breached' && plan.status.rollback === undefined) reasons.push(['Budget', breachText(view)])
    if (status.state !== 'Active' && status.state !== 'WaveSoak') continue
    const metric = plan.spec.holdOnCorrelatedFailure ? correlatedMetric(view) : undefined
    if (metric !== undefined) reasons.push(['Budget', `two members of wave ${wave.name} failed for ${metric}`])
    if (isOverUnreachable(plan, view, world))
      reasons.push(['Unreachable', `more members of wave ${wave.name} are out of reach than it bears`])
    const blind = view.members.find((each) => currentSoak(each, world)?.isBlind === true)
    if (blind !== undefined) reasons.push(['EvidenceGap', `nothing is measured of ${blind.member.id}`])
  }
  if (cap !== undefined) reasons.push(['Cap', cap])
  return reasons
}

/** An undo there would be fought: what is done is taken back in Git, and only aborts are sent (RB-5). */
function keptText(waves: readonly WaveView[]): string | undefined {
  const kept = waves
    .flatMap(({ members }) => members)
    .filter(
      ({ status, facts }) =>
        status.state === 'RollingBack' &&
        facts?.keptBy !== undefined &&
        facts.isTarget &&
        facts.hash === facts.stableHash,
    )
  const tools = [...new Set(kept.map(({ facts }) => facts?.keptBy))].join(' and ')
  const names = kept.map(({ member }) => member.id).join(', ')
  return kept.length === 0 ? undefined : `${tools} would put the new version back: take it back in Git, for ${names}`
}

function breachText(view: WaveView): string {
  const failures = failuresIn(view)
  if (failures.length === 0) return `the gate of wave ${view.wave.name} is shut`
  const names = failures.map(({ member, status }) => `${member.id}: ${status.reason ?? status.state}`).join('; ')
  return `${failures.length} failed in wave ${view.wave.name}, which bears ${failuresBorne(view)}: ${names}`
}

/**
 * Somebody with a later epoch has written to a member: whoever meets that stops at once (SR-6), and stays so while that member cannot be
 * read any more, for epochs only grow.
 */
export function rivalOf(plan: FleetPlan, waves: readonly WaveView[], { lease }: FleetMoment): string | undefined {
  for (const { members } of waves)
    for (const { observation, member } of members) {
      const mark = observation?.rollout && markOf(observation.rollout)
      if (mark?.plan === plan.id && mark.epoch > (lease?.epoch ?? 0))
        return `${member.id} was written to by a later holder of the plan, epoch ${mark.epoch}`
    }
  return undefined
}
