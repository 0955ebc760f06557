import type { Rollout } from '#api/rollout.ts'
import type { MigrationAction } from '#engine/migration/migration.ts'
import type { EpochMs } from '#lib/clock.ts'
import { formatSeconds } from '#lib/rfc3339.ts'
import { actionFacts } from './action-facts.ts'
import type { RolloutAction } from './action-plan.ts'

/** A time in which nothing new goes out. */
export interface Freeze {
  readonly from: EpochMs
  readonly until: EpochMs
  readonly reason: string
}

/** What people have set for one cluster, and for all. */
export interface Rails {
  readonly isProtected: boolean
  readonly freezes: readonly Freeze[]
  /** How many changes may be under way in the fleet; `undefined`: any number. */
  readonly changesMax: number | undefined
  /** Why the settings cannot be read, if they cannot: then nobody knows what is frozen. */
  readonly problem: string | undefined
}

export type GuardedAction = RolloutAction | MigrationAction

export interface GuardFacts {
  readonly action: GuardedAction
  readonly rails: Rails
  /** Absent where the action is about something that belongs to none. */
  readonly rollout: Rollout | undefined
  /**
   * Changes under way in the fleet besides this rollout's own, `undefined` where nobody knows; asked for only where there is a limit.
   */
  readonly underWay: () => number | undefined
  readonly now: EpochMs
}

/** What has to be given before an action is sent. */
export interface Guard {
  /** The name of the context, or of the application where there are several (UI-ACT-2). */
  readonly typedName: boolean
  /** A further confirmation, for what skips every check. */
  readonly again: boolean
  /** Why a written reason is asked for. */
  readonly reasonFor: string | undefined
  /** Why it is refused, unless somebody breaks the glass with a written reason; `until` is when it opens by itself. */
  readonly closed: { readonly why: string; readonly until: EpochMs | undefined } | undefined
}

/** What a person gave for it. */
export interface Assurance {
  readonly typed?: string | undefined
  /** How many rollouts they were shown, where they are of several applications: then the number is typed. */
  readonly of?: number | undefined
  readonly again?: boolean | undefined
  readonly breakGlass?: boolean | undefined
  readonly reason: string
}

/** These lead a new version further. Whatever leads back, or only holds, no rail stands in the way of. */
const forward: ReadonlySet<GuardedAction> = new Set<GuardedAction>([
  'makeRollout',
  'setImage',
  'promote',
  'promoteFull',
  'skipStep',
  'resume',
  'retry',
  'restart',
  'terminateAnalysis',
  'terminateExperiment',
])
const beginning: ReadonlySet<GuardedAction> = new Set<GuardedAction>(['setImage', 'retry', 'restart', 'makeRollout'])
const passing: ReadonlySet<GuardedAction> = new Set<GuardedAction>(['promote', 'promoteFull', 'skipStep'])
/** Nothing stands in its way; but all pods are replaced, and whoever does that to a protected context says so. */
const replacing: ReadonlySet<GuardedAction> = new Set<GuardedAction>(['backToDeployment'])

export const begins = (action: GuardedAction): boolean => beginning.has(action)

/** An update on its way: one that was aborted is not, nor is one that has arrived. */
export function isUnderWay(rollout: Rollout): boolean {
  const { isUpdating, isAborted } = actionFacts(rollout)
  return isUpdating && !isAborted
}

/** Which rails an action meets on a rollout as it is now. Pure; what is asked for is checked by `heldBack`. */
export function guardOf({ action, rails, rollout, underWay, now }: GuardFacts): Guard {
  if (!forward.has(action))
    return {
      typedName: rails.isProtected && replacing.has(action),
      again: false,
      reasonFor: undefined,
      closed: undefined,
    }
  const analysis = passing.has(action) && rollout !== undefined ? badAnalysis(rollout) : undefined
  return {
    typedName: rails.isProtected,
    again: rails.isProtected && action === 'promoteFull',
    reasonFor: analysis && `its analysis says ${analysis}`,
    closed:
      closedBy(rails, now) ??
      (beginning.has(action) && !(rollout && isUnderWay(rollout)) ? overLimit(rails, underWay) : undefined),
  }
}

/** A freeze in force, or settings that nobody can read. */
export function closedBy({ problem, freezes }: Rails, now: EpochMs): Guard['closed'] {
  if (problem !== undefined)
    return { why: `nobody knows what is frozen, for the settings cannot be read: ${problem}`, until: undefined }
  const active = freezes.filter(({ from, until }) => from <= now && now < until)
  const [longest] = active.toSorted((a, b) => b.until - a.until)
  if (longest === undefined) return undefined
  const { reason, until } = longest
  return { why: `frozen until ${formatSeconds(until)}: ${reason}`, until }
}

function overLimit({ changesMax }: Rails, underWay: GuardFacts['underWay']): Guard['closed'] {
  if (changesMax === undefined) return undefined
  const count = underWay()
  if (count === undefined) return { why: 'how many changes are under way in the fleet is not known', until: undefined }
  if (count < changesMax) return undefined
  return {
    why: `${count} ${count === 1 ? 'change is' : 'changes are'} under way in the fleet, and no more than ${changesMax} may be`,
    until: undefined,
  }
}

const badPhases: readonly (string | undefined)[] = ['Failed', 'Error', 'Inconclusive']

/** What the worst analysis of the update has come to, if that is nothing good. */
function badAnalysis({ status = {} }: Rollout): string | undefined {
  const { canary = {}, blueGreen = {}, pauseConditions = [] } = status
  const phases = [
    canary.currentStepAnalysisRunStatus,
    canary.currentBackgroundAnalysisRunStatus,
    blueGreen.prePromotionAnalysisRunStatus,
    blueGreen.postPromotionAnalysisRunStatus,
  ].map((run) => run?.status)
  const worst = badPhases.find((phase) => phases.includes(phase as never))
  if (worst !== undefined) return worst
  return pauseConditions.some(({ reason }) => reason.startsWith('Inconclusive')) ? 'Inconclusive' : undefined
}

/** What is missing, in words that say what to do; `undefined`: it may be sent. */
export function heldBack(
  guard: Guard,
  given: Assurance,
  { context, name }: { readonly context: string; readonly name: string },
): string | undefined {
  const hasReason = given.reason.trim() !== ''
  if (guard.closed !== undefined && given.breakGlass !== true)
    return `${guard.closed.why}. Whoever must send it all the same breaks the glass, with a reason`
  if (guard.closed !== undefined && !hasReason)
    return `a written reason is needed to break the glass: ${guard.closed.why}`
  if (guard.reasonFor !== undefined && !hasReason) return `a written reason is needed: ${guard.reasonFor}`
  const accepted = [context, name, ...(given.of === undefined ? [] : [String(given.of)])]
  if (guard.typedName && !accepted.includes(given.typed ?? ''))
    return `the context is protected: confirm it by its name, ${context}`
  if (guard.again && given.again !== true)
    return 'the context is protected: confirm once more that no step, pause or analysis is to check it'
  return undefined
}

/** What a person set aside, for the record. */
export function setAside(guard: Guard, { breakGlass }: Assurance): string | undefined {
  const parts = [guard.closed !== undefined && breakGlass === true ? guard.closed.why : undefined, guard.reasonFor]
  return parts.filter((part) => part !== undefined).join('; ') || undefined
}
