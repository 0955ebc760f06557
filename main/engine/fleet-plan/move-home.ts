import { failure, type Outcome, success } from '#lib/outcome.ts'
import { type FleetAct, sendable } from './acts.ts'
import type { Asked } from './commands.ts'
import type { FleetPlan } from './document.ts'
import type { Explanation } from './explain.ts'
import type { MemberView } from './member-view.ts'
import type { FleetMoment } from './world.ts'

/** So far beyond the last epoch that no holder at the old home ever comes to it (PC-4). */
const epochJump = 1_000

/** Of whoever takes the Lease of a plan for that many times: the Lease of a new home counts from the jump on. */
export const epochOf = ({ status }: FleetPlan, transitions: number): number => (status.moved?.epoch ?? 1) + transitions

export interface NewHome {
  readonly to: FleetPlan['spec']['home']
  /** The latest epoch that its members bear. */
  readonly seenEpoch: number
}

export interface MovedPlan {
  /** As the new home keeps it. */
  readonly kept: FleetPlan
  /** As the old home keeps it from now on, or once it is back: nobody ever decides by it again. */
  readonly left: FleetPlan
}

/**
 * Break-glass, for a home that is lost (PC-4): the plan goes on elsewhere from the copy at hand, with an epoch that members tell from every
 * earlier one. Failure: why not, in a sentence.
 */
export function moveHome(plan: FleetPlan, { to, seenEpoch }: NewHome, asked: Asked): Outcome<MovedPlan, string> {
  const { spec, status } = plan
  if (asked.reason.trim() === '') return failure('Say why: a reason is kept with the plan.')
  if (status.movedTo !== undefined && !isSame(status.movedTo, to))
    return failure(`The plan was moved to ${status.movedTo.context}/${status.movedTo.namespace} already.`)
  const isOpen = ['Ready', 'Running', 'RollingBack'].includes(status.phase)
  if (status.movedTo === undefined && !isOpen)
    return failure(`The plan is ${status.phase}: nobody has to go on with it.`)
  if (status.movedTo === undefined && isSame(spec.home, to)) return failure(`${to.context} keeps the plan already.`)
  if (seenEpoch >= status.epoch + epochJump)
    return failure(`A member bears epoch ${seenEpoch}: the plan was moved already. Look for it in your other clusters.`)
  const epoch = status.movedTo?.epoch ?? Math.max(status.epoch, seenEpoch) + epochJump
  const { movedTo: before, ...open } = status
  const moved = { from: spec.home, epoch, by: asked.by, at: asked.at, reason: asked.reason }
  const phase = before?.phase ?? status.phase
  return success({
    kept: { ...plan, spec: { ...spec, home: to }, status: { ...open, phase, moved, readAfter: asked.at } },
    left: { ...plan, status: { ...open, phase: 'Superseded', movedTo: { ...to, epoch, phase } } },
  })
}

const isSame = (a: FleetPlan['spec']['home'], b: FleetPlan['spec']['home']): boolean =>
  a.context === b.context && a.namespace === b.namespace

/** Of the same plan in two homes, the one that counts. */
export const isLater = ({ status: a }: FleetPlan, { status: b }: FleetPlan): boolean =>
  a.movedTo === undefined && (b.movedTo !== undefined || (a.moved?.epoch ?? 0) > (b.moved?.epoch ?? 0))

/** It was moved, and not every member that can be read bears the new epoch yet: until then nothing else is sent. */
export const isClaiming = ({ status }: FleetPlan): boolean =>
  status.moved !== undefined && status.moved.isClaimed !== true

/** Who decides at the old home still, for it can be reached from there, meets the new epoch wherever it looks, and stops (SR-6). */
export const claimActs = (plan: FleetPlan, views: readonly MemberView[], world: FleetMoment): readonly FleetAct[] =>
  views
    .filter((view) => isUnclaimed(plan, view, world))
    .flatMap((view) => {
      const summary = `Note the new home of plan ${plan.name} on ${view.member.id}`
      return sendable(plan, view, { kind: 'mark', because: 'PC-4', summary }, world) ?? []
    })

export const isClaimed = (plan: FleetPlan, views: readonly MemberView[], world: FleetMoment): boolean =>
  views.some(({ facts }) => facts !== undefined) && !views.some((view) => isUnclaimed(plan, view, world))

/** What is others' is not touched, and what nobody may write to nobody drives. */
function isUnclaimed({ id }: FleetPlan, { facts, status, observation }: MemberView, { lease }: FleetMoment): boolean {
  if (facts === undefined || status.state === 'Superseded' || observation?.missingRight !== undefined) return false
  return facts.mark === undefined || (facts.mark.plan === id && facts.mark.epoch < (lease?.epoch ?? 0))
}

export const claimWords: Explanation = {
  because: 'PC-4',
  text: 'the plan has a new home: its members are told first, so that nobody decides at the old one any more',
}
