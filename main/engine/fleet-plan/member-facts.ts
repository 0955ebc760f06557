import { annotations } from '#api/keys.ts'
import type { Rollout } from '#api/rollout.ts'
import { actionFacts } from '#engine/actions/action-facts.ts'
import { gitOpsOwner } from '#engine/actions/gitops-owner.ts'
import { pendingChange, shownPhase, unobservedChange } from '#engine/status/phase.ts'
import { parseInteger } from '#lib/int-or-string.ts'
import { jsonEqual } from '#lib/json-patch.ts'
import { parseTime } from '#lib/rfc3339.ts'
import type { FleetPlan, MemberStatus, PlanMember } from './document.ts'
import { type HoldMark, holdMarkOf } from './hold-mark.ts'

/** What the rules of plans ask of the Rollout of a member. */
export interface MemberFacts {
  readonly resourceVersion: string
  /** The controller has acted on the spec as it is. */
  readonly isObserved: boolean
  /** The same, while an unpause may still be under way. */
  readonly isChangeSeen: boolean
  readonly hash: string
  readonly stableHash: string
  /** It runs what the plan is about, seen by its controller. */
  readonly isTarget: boolean
  /** It is on its way to neither the new version nor the one before. */
  readonly isForeign: boolean
  /** The spec asks for the new version, seen or not. */
  readonly isAsked: boolean
  readonly isHealthy: boolean
  readonly isAborted: boolean
  readonly abortedAt: number | undefined
  readonly isDegraded: boolean
  readonly message: string
  /** `timed`: it ends by itself, and is nobody's to cut short. */
  readonly pause: 'none' | 'timed' | 'step' | 'inconclusive' | 'byHand'
  readonly stepIndex: number
  readonly stepCount: number
  /** Of its requests, 0…1, that the version which is not stable gets now. */
  readonly share: number
  /** The most that it gets until it waits for somebody again, once the update begins or the current pause ends. */
  readonly nextShare: number
  readonly mark: PlanMark | undefined
  /** What would put back whatever an undo changes (RB-5). */
  readonly keptBy: 'Argo CD' | 'Flux' | undefined
  readonly held: HoldMark | 'unreadable' | undefined
}

export interface PlanMark {
  readonly plan: string
  readonly epoch: number
}

export function memberFacts(plan: FleetPlan, member: PlanMember, status: MemberStatus, rollout: Rollout): MemberFacts {
  const { status: stored = {}, metadata } = rollout
  const facts = actionFacts(rollout)
  const hash = stored.currentPodHash ?? ''
  const stableHash = stored.stableRS ?? ''
  const isObserved = pendingChange(rollout) === undefined
  const isAsked = isAskedFor(plan, member, status, rollout)
  const isTarget = isObserved && isAsked && hash !== '' && (status.targetHash ?? hash) === hash
  const phase = shownPhase(rollout)
  const isUpdating = stableHash !== '' && hash !== stableHash
  return {
    resourceVersion: metadata.resourceVersion ?? '',
    isObserved,
    isChangeSeen: unobservedChange(rollout) === undefined,
    hash,
    stableHash,
    isTarget,
    isForeign: isObserved && hash !== '' && hash !== member.priorHash && !isTarget,
    isAsked,
    isHealthy: phase.phase === 'Healthy' && !isUpdating,
    isAborted: facts.isAborted,
    abortedAt: parseTime(stored.abortedAt ?? undefined),
    isDegraded: phase.phase === 'Degraded',
    message: phase.message,
    pause: pauseOf(rollout),
    stepIndex: isUpdating ? facts.stepIndex : facts.steps.length,
    stepCount: facts.steps.length,
    share: isUpdating ? shareNow(rollout, facts.isAborted, facts.stepIndex) : 0,
    nextShare: shareUntilPause(rollout, isUpdating ? facts.nextStepIndex : 0),
    mark: markOf(rollout),
    keptBy: keptBy(rollout),
    held: holdMarkOf(rollout),
  }
}

/**
 * Whether the template is the one that the plan wants there: by its images, those that the plan sets or, with a gate, those of the first
 * member that had other ones than before. Where another object lends the template, any other hash than before is, on first sight.
 */
function isAskedFor(
  { spec, status: { target } }: FleetPlan,
  member: PlanMember,
  own: MemberStatus,
  rollout: Rollout,
): boolean {
  const { change } = spec
  const hash = rollout.status?.currentPodHash ?? ''
  const { template } = rollout.spec
  if (change.kind === 'setImage' && template !== undefined)
    return change.images.every(({ container, image }) => {
      const meant = containersOf(template).filter(({ name }) => container === '*' || name === container)
      return meant.length > 0 && meant.every((each) => each.image === image)
    })
  const isOther = own.targetHash === undefined ? hash !== member.priorHash : hash === own.targetHash
  if (change.kind !== 'gate' || target === undefined || template === undefined) return isOther
  return isOther && jsonEqual(imagesOf(rollout), target)
}

const containersOf = ({ spec }: NonNullable<Rollout['spec']['template']>) => [
  ...(spec?.containers ?? []),
  ...(spec?.initContainers ?? []),
]

/** Of its template, as `container=image`; empty where another object lends it. */
export const imagesOf = ({ spec: { template } }: Rollout): readonly string[] =>
  template === undefined ? [] : containersOf(template).map(({ name, image }) => `${name}=${image ?? ''}`)

/** Helm changes nothing between two upgrades. */
function keptBy(rollout: Rollout): MemberFacts['keptBy'] {
  const owner = gitOpsOwner(rollout)
  return owner === 'Helm' ? undefined : owner
}

function pauseOf(rollout: Rollout): MemberFacts['pause'] {
  const { spec, status = {} } = rollout
  if (spec.paused === true) return 'byHand'
  const reasons = (status.pauseConditions ?? []).map(({ reason }) => reason)
  if (reasons.length === 0) return 'none'
  if (reasons.includes('InconclusiveAnalysisRun')) return 'inconclusive'
  return endsByItself(rollout) ? 'timed' : 'step'
}

/** The pause that a canary stands at has a length, or a switch of blue-green comes by the clock (CAN-42, BG-31). */
function endsByItself(rollout: Rollout): boolean {
  const { steps, stepIndex } = actionFacts(rollout)
  const { blueGreen } = rollout.spec.strategy ?? {}
  if (blueGreen != null) return (blueGreen.autoPromotionSeconds ?? 0) > 0 && rollout.status?.promoteFull !== true
  return steps[stepIndex]?.pause?.duration !== undefined
}

/** As the routers tell it; without any, what the steps say. */
function shareNow(rollout: Rollout, isAborted: boolean, stepIndex: number): number {
  const routed = rollout.status?.canary?.weights?.canary.weight
  if (routed !== undefined) return routed / wholeOf(rollout)
  return isAborted ? 0 : weightAt(rollout, stepIndex)
}

const wholeOf = ({ spec }: Rollout): number => spec.strategy?.canary?.trafficRouting?.maxTrafficWeight ?? 100

/** The weight in force when the step at `index` is the current one. */
export function weightAt(rollout: Rollout, index: number): number {
  const { steps } = actionFacts(rollout)
  if (rollout.spec.strategy?.canary === undefined) return index > 0 ? 1 : 0
  if (index >= steps.length) return 1
  const weights = steps.slice(0, index + 1).flatMap(({ setWeight }) => setWeight ?? [])
  return (weights.at(-1) ?? 0) / wholeOf(rollout)
}

/** Pauses of a certain length end by themselves. */
function shareUntilPause(rollout: Rollout, from: number): number {
  if (rollout.spec.strategy?.canary === undefined)
    return from === 0 && rollout.spec.strategy?.blueGreen?.autoPromotionEnabled === false ? 0 : 1
  const { steps } = actionFacts(rollout)
  const pause = steps.findIndex(
    (step, index) => index >= from && step.pause != null && step.pause.duration === undefined,
  )
  return pause < 0 ? 1 : weightAt(rollout, pause)
}

export function markOf({ metadata }: Rollout): PlanMark | undefined {
  const plan = metadata.annotations?.[annotations.plan]
  return plan === undefined ? undefined : { plan, epoch: parseInteger(metadata.annotations?.[annotations.epoch]) ?? 0 }
}
