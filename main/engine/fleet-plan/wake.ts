import type { EpochMs } from '#lib/clock.ts'
import { resendMs } from './acts.ts'
import { type BudgetUse, writtenEveryMs } from './budget.ts'
import type { FleetPlan } from './document.ts'
import { rollbackDeadlineMs } from './member.ts'
import type { MemberView } from './member-view.ts'
import { currentSoak, lookEvery, provenBy } from './soak.ts'
import type { WaveView } from './wave.ts'
import type { FleetMoment } from './world.ts'

/** When time alone can change what a plan does, by our clock; nothing else has to be looked at before (its idle costs nothing). */
export function nextWake(
  plan: FleetPlan,
  waves: readonly WaveView[],
  world: FleetMoment,
  use: BudgetUse,
): EpochMs | undefined {
  if (plan.status.phase !== 'Running' && plan.status.phase !== 'RollingBack') return undefined
  const times = [
    ...(world.window.changesAt === undefined ? [] : [world.window.changesAt]),
    ...plan.status.holds.flatMap(({ until }) => until ?? []),
    ...ofBudget(plan, use, world),
    ...waves.flatMap((wave) => [
      ...ofWave(wave, world),
      ...wave.members.flatMap((view) => ofMember(plan, view, world)),
    ]),
  ].filter((time) => time > world.now)
  return times.length === 0 ? undefined : Math.min(...times)
}

/** When what is at risk comes to what the plan bears, first with what is to come, then alone (W16). */
function ofBudget({ spec }: FleetPlan, use: BudgetUse, { now }: FleetMoment): readonly EpochMs[] {
  if (spec.maxErrorBudgetMinutes === undefined || use.rate === 0) return []
  const left = spec.maxErrorBudgetMinutes * 60_000 - use.lostMs - use.atRiskMs
  const over = [left - use.toComeMs, left].filter((ms) => ms >= 0).map((ms) => now + Math.max(1_000, ms / use.rate + 1))
  return [...over, now + writtenEveryMs]
}

function ofWave({ status, wave }: WaveView, { now }: FleetMoment): readonly EpochMs[] {
  if (status.state !== 'WaveSoak') return []
  const left = wave.waveSoakMs - provenBy(status.soak, now, wave.maxEvidenceGapMs)
  return [now + Math.max(1, left), now + lookEvery(wave.maxEvidenceGapMs)]
}

function ofMember(plan: FleetPlan, view: MemberView, world: FleetMoment): readonly EpochMs[] {
  const { status, wave, observation } = view
  const { unreachableAfterMs, intentTtlMs } = plan.spec
  const resend = status.sent === undefined ? [] : [status.sent.at + resendMs]
  if (observation === undefined) return resend
  if (observation.reach !== 'reachable') {
    const from = Math.max(observation.reachSince, world.resumedAt)
    return [...resend, from + unreachableAfterMs + 1, from + intentTtlMs + 1]
  }
  const skew = observation.readAt - observation.at
  const soak = currentSoak(view, world)
  const late =
    wave.deadlineMs === undefined || status.startedAt === undefined
      ? []
      : [status.startedAt + wave.deadlineMs + 1 + skew]
  const thaw = observation.frozen?.until === undefined ? [] : [observation.frozen.until]
  const isBack = status.state === 'RollingBack' ? [status.since + rollbackDeadlineMs + 1 + skew] : []
  return [
    ...resend,
    ...late,
    ...thaw,
    ...isBack,
    ...(soak?.doneAt === undefined ? [] : [soak.doneAt + skew]),
    ...(status.state === 'Soaking' ? [world.now + lookEvery(wave.maxEvidenceGapMs)] : []),
  ]
}
