import type { MemberStatus, PlanWave } from '#engine/fleet-plan/document.ts'
import { soakMs } from '#engine/fleet-plan/soak.ts'
import { waveOf } from '#engine/fleet-plan/waves.ts'
import type { MemberObservation } from '#engine/fleet-plan/world.ts'
import { coveredMs, entered, type PlanChecker, stateOf, targetOf } from './checker.ts'
import type { Pass } from './history.ts'
import type { ModelledMember } from './modelled-member.ts'

/** What was really lost of the error budget, by the record of the cluster as far as it can be seen, is never more than the plan says. */
export function budgetIsNoLess(): PlanChecker {
  /** Of each member what it had given when it was proven, or was taken back after that. */
  const proven = new Map<string, number>()
  return {
    name: 'W16 no more is lost than is shown',
    onPass(pass) {
      const { before, after, budget, now, scenario } = pass
      const hasOthers = scenario.faults.some(({ kind }) => kind === 'person') || after.spec.change.kind === 'gate'
      if (budget === undefined || hasOthers) return undefined
      let real = 0
      for (const member of scenario.members) {
        const { id } = member.member
        const [was, is] = [stateOf(before, id), stateOf(after, id)]
        const gave = servedMs(member, targetOf(after), now - scenario.lagMs)
        const isProven =
          is === 'Succeeded' || (was === 'Succeeded' && is !== 'Failed') || isProvenMeanwhile(pass, member)
        if (was !== is && isProven) proven.set(id, gave)
        if (is !== 'Succeeded' && is !== 'Pending') real += gave - (proven.get(id) ?? 0)
      }
      const shown = budget.lostMs + budget.atRiskMs
      return real > shown + 1 ? `${real} ms are lost or at risk, and ${shown} are shown` : undefined
    },
  }
}

/** Its soak was over in the pass that took it back: nobody sees it succeed in between. */
function isProvenMeanwhile({ before, after, world }: Pass, { member }: ModelledMember): boolean {
  const own = before.status.members[member.id]
  const index = waveOf(after.spec, after.spec.members.find(({ id }) => id === member.id) ?? member) ?? 0
  const [wave, observation] = [after.spec.waves[index], world.members[member.id]]
  const isBack = ['RollingBack', 'RollbackFailed'].includes(stateOf(after, member.id))
  if (own?.state !== 'Soaking' || !isBack || wave === undefined || observation === undefined) return false
  const first = after.spec.members.find((each) => waveOf(after.spec, each) === index)
  return provenMs(own, wave, observation) >= soakMs(wave, first?.id === member.id)
}

function provenMs({ since, soak }: MemberStatus, wave: PlanWave, { at, evidence }: MemberObservation): number {
  const times = evidence?.['errors']?.times ?? []
  if (wave.minEvidence.length > 0) return coveredMs(times, since, at, wave.maxEvidenceGapMs)
  const before = soak ?? { provenMs: 0, seenAt: since }
  const gap = at - before.seenAt
  return before.provenMs + (gap <= wave.maxEvidenceGapMs ? gap : 0)
}

/** What it gave of all traffic to a version, in milliseconds of all of it; nothing more once it was proven. */
function servedMs({ member, versions, steps }: ModelledMember, target: string, until: number): number {
  return versions.reduce((sum, { at, rollout: { status = {} } }, index) => {
    const ms = Math.max(0, Math.min(versions[index + 1]?.at ?? until, until) - at)
    const weights = steps.slice(0, (status.currentStepIndex ?? 0) + 1).flatMap(({ setWeight }) => setWeight ?? [])
    const isAtEnd = status.promoteFull === true || (status.currentStepIndex ?? 0) >= steps.length
    const share = status.abort === true ? 0 : isAtEnd ? 1 : (weights.at(-1) ?? 0) / 100
    const isStable = status.currentPodHash === status.stableRS
    const serves =
      status.currentPodHash === target ? (isStable ? 1 : share) : status.stableRS === target ? 1 - share : 0
    return sum + ms * serves * (member.trafficShare / 100)
  }, 0)
}

/** Whoever is promoted or begins can come to its end inside the error budget, by what is known then. */
export const nobodyBeyondBudget: PlanChecker = {
  name: 'W16 nobody goes on beyond the error budget',
  onPass(pass) {
    const { before, after, acts, budget } = pass
    const max = (after.spec.maxErrorBudgetMinutes ?? Number.POSITIVE_INFINITY) * 60_000
    if (budget === undefined || budget.lostMs + budget.atRiskMs + budget.toComeMs <= max + 1) return undefined
    const act = acts.find(({ kind }) => kind === 'promote' || kind === 'setImage' || kind === 'jump')
    const began = entered(pass, 'Admitting').filter((id) => before.status.members[id]?.retry === undefined)
    return act === undefined && began.length === 0
      ? undefined
      : `${act?.kind ?? 'begins'} ${act?.member ?? began.join()} with ${JSON.stringify(budget)} of ${max}`
  },
}
