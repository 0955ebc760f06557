import { rolloutKey } from '#contract/keys.ts'
import type {
  PlanDriver,
  PlanEndingView,
  PlanMemberView,
  PlanSummaryView,
  PlanView,
  PlanWaveSummary,
  PlanWaveView,
} from '#contract/plan-views.ts'
import type { FleetAct } from '#engine/fleet-plan/acts.ts'
import type { BudgetUse } from '#engine/fleet-plan/budget.ts'
import type { FleetPlan, MemberStatus, PlanMember, PlanWave, WaveStatus } from '#engine/fleet-plan/document.ts'
import type { Explanation } from '#engine/fleet-plan/explain.ts'
import { memberFacts } from '#engine/fleet-plan/member-facts.ts'
import { failedStates } from '#engine/fleet-plan/member-view.ts'
import { provenBy, soakMs } from '#engine/fleet-plan/soak.ts'
import { waveOf } from '#engine/fleet-plan/waves.ts'
import type { FleetWorld, MemberObservation } from '#engine/fleet-plan/world.ts'
import type { EpochMs } from '#lib/clock.ts'
import { changeWords } from './forecast-plan.ts'
import type { PastPlanEvent } from './plan-memory.ts'

/** What is known of a plan beside its document. */
export interface AroundPlan {
  readonly driver: PlanDriver
  readonly request?: PlanSummaryView['request']
  readonly unread: PlanSummaryView['unread']
  /** Since when the Lease cannot be renewed by whoever should decide here: nothing is sent meanwhile (PC-4). */
  readonly leaseLostAt?: EpochMs | undefined
  /** By our clock. */
  readonly now: EpochMs
  readonly members: FleetWorld['members']
  readonly explanation: readonly Explanation[]
  readonly nextActs: readonly FleetAct[]
  readonly budget?: BudgetUse | undefined
  readonly ending?: PlanEndingView | undefined
  readonly events: readonly PastPlanEvent[]
}

/** Derived, and never stored: who cannot reach the home cannot write it down either. */
const leaseLost = (since: EpochMs): PlanSummaryView['holds'][number] => ({
  reason: 'LeaseLost',
  since,
  text: 'the home of the plan does not answer: nothing is sent until it does, or somebody else decides',
  by: 'plan',
})

export function viewPlanSummary(
  plan: FleetPlan,
  { driver, request, unread, leaseLostAt }: Pick<AroundPlan, 'driver' | 'request' | 'unread' | 'leaseLostAt'>,
): PlanSummaryView {
  const { id, name, createdBy, createdAt, spec, status } = plan
  const change = changeWords(spec.change)
  return {
    id,
    name,
    phase: status.phase,
    since: status.since,
    holds: leaseLostAt === undefined ? status.holds : [...status.holds, leaseLost(leaseLostAt)],
    change: change.length > 0 ? change : (status.target ?? []),
    home: spec.home,
    createdBy,
    createdAt,
    waves: spec.waves.map((_, index) => viewWave(plan, index)),
    driver,
    ...(request !== undefined && { request }),
    ...(spec.approvals !== undefined && { approvals: { ...spec.approvals, given: status.approvals ?? [] } }),
    unread,
  }
}

const membersOf = ({ spec }: FleetPlan, index: number): readonly PlanMember[] =>
  spec.members.filter((member) => waveOf(spec, member) === index)

const doneStates = ['Succeeded', 'Skipped']

function viewWave(plan: FleetPlan, index: number): PlanWaveSummary {
  const { spec, status } = plan
  const { state, since }: WaveStatus = status.waves[index] ?? { state: 'Waiting', since: status.since }
  const members = membersOf(plan, index)
  const count = (states: readonly string[]) =>
    members.filter(({ id }) => states.includes(status.members[id]?.state ?? 'Pending')).length
  return {
    name: spec.waves[index]?.name ?? '',
    state,
    since,
    memberCount: members.length,
    ...(spec.waves[index]?.select.kind === 'late' && { isLate: true }),
    doneCount: count(doneStates),
    failedCount: count(failedStates),
  }
}

export function viewPlan(plan: FleetPlan, around: AroundPlan): PlanView {
  const summary = viewPlanSummary(plan, around)
  return {
    ...summary,
    ...viewBudget(plan, around),
    ...(around.ending !== undefined && { ending: around.ending }),
    waveViews: plan.spec.waves.map((wave, index): PlanWaveView => {
      const { pilot, sync, gate, minSoakMs, waveSoakMs } = wave
      const status = plan.status.waves[index]
      return {
        ...viewWave(plan, index),
        pilot,
        sync,
        gate,
        minSoakMs,
        waveSoakMs,
        maxConcurrent: String(wave.maxConcurrent),
        maxFailures: String(wave.maxFailures),
        maxUnreachable: String(wave.maxUnreachable),
        opened: status?.opened,
        soakedMs:
          status?.state === 'WaveSoak'
            ? provenBy(status.soak, around.now, wave.maxEvidenceGapMs)
            : (status?.soak?.provenMs ?? 0),
        members: membersOf(plan, index).map((member, place) =>
          viewMember(plan, member, wave, { ...around, isFirst: place === 0 }),
        ),
      }
    }),
    explanation: around.explanation.map(({ because, text, wave, member }) => ({ because, text, wave, member })),
    nextActs: around.nextActs.map(({ member, kind, summary: words, because }) => ({
      member,
      kind,
      summary: words,
      because,
    })),
    events: around.events.map(({ at, text, severity, wave, member }) => ({ at, text, severity, wave, member })),
  }
}

function viewBudget({ spec }: FleetPlan, { budget }: AroundPlan): Pick<PlanView, 'budget'> {
  const { maxErrorBudgetMinutes: maxMinutes } = spec
  if (maxMinutes === undefined || budget === undefined) return {}
  return { budget: { lostMs: budget.lostMs, atRiskMs: budget.atRiskMs, maxMinutes } }
}

function viewMember(
  plan: FleetPlan,
  member: PlanMember,
  wave: PlanWave,
  { members, isFirst }: Pick<AroundPlan, 'members'> & { readonly isFirst: boolean },
): PlanMemberView {
  const { id, context, namespace, rollout: name, trafficShare } = member
  const status = plan.status.members[id] ?? { state: 'Pending' as const, since: plan.status.since }
  const observation = members[id]
  const facts = observation?.rollout && memberFacts(plan, member, status, observation.rollout)
  const isUpdating = facts !== undefined && facts.stepIndex < facts.stepCount
  return {
    id,
    key: rolloutKey({ context, namespace, name }),
    context,
    namespace,
    rollout: name,
    state: status.state,
    since: status.since,
    reason: status.reason,
    ...(failedStates.includes(status.state) && status.gate !== undefined && { lastPause: status.gate }),
    stepIndex: isUpdating ? facts.stepIndex : undefined,
    stepCount: facts?.stepCount ?? 0,
    weight: Math.round((facts === undefined ? 0 : weightOf(facts)) * 100),
    trafficShare,
    reach: observation?.reach ?? 'unread',
    reachSince: observation?.reachSince,
    soak:
      status.state === 'Soaking'
        ? { provenMs: soaked(status, wave, observation), wantedMs: soakMs(wave, isFirst) }
        : undefined,
    sent: status.sent && { kind: status.sent.kind, at: status.sent.at },
  }
}

/** Samples tell of their own time; without any, what is Healthy and can be read is being proven. */
function soaked({ soak }: MemberStatus, wave: PlanWave, seen: MemberObservation | undefined): number {
  const isSeen =
    seen?.reach === 'reachable' && seen.rollout?.status?.phase === 'Healthy' && wave.minEvidence.length === 0
  return isSeen ? provenBy(soak, seen.at, wave.maxEvidenceGapMs) : (soak?.provenMs ?? 0)
}

/** Of its requests, 0…1, that the new version gets. */
const weightOf = ({ share, isTarget, isHealthy }: ReturnType<typeof memberFacts>): number =>
  isTarget && isHealthy ? 1 : share
