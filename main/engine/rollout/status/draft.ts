import type { PauseReason, RolloutStatus } from '#api/rollout.ts'
import type { EventWrite, RuleId } from '#engine/decision.ts'
import { existingOf, podHashOf, readyOf, sumOf } from '../replica-set/facts.ts'
import type { Situation } from '../situation.ts'
import { rolloutEvent } from '../write.ts'

type Loose<T> = { readonly [K in keyof T]?: T[K] | undefined }

/** A status under construction: an `undefined` or zero field will be absent on the wire. */
export type StatusFields = Omit<Loose<RolloutStatus>, 'canary' | 'blueGreen'> & {
  readonly canary: Loose<NonNullable<RolloutStatus['canary']>>
  readonly blueGreen: Loose<NonNullable<RolloutStatus['blueGreen']>>
}

/** What a round concludes about the status, before pauses, abort, conditions, phase and timing are worked out. */
export interface Draft {
  readonly fields: StatusFields
  /** Replicas-only rounds change nothing they did not look at (REC-32). */
  readonly scope: 'full' | 'replicas-only'
  readonly pauses: {
    readonly clear: boolean
    readonly add: readonly PauseReason[]
    readonly remove: readonly PauseReason[]
    /** Somebody resumed a pause step that cannot be complete yet: it is resumed in the next round too (IST-18). */
    readonly staysResumed?: boolean
  }
  readonly abort: 'kept' | 'added' | 'removed'
  /** Why this round aborted; goes into the condition only (REC-94). */
  readonly abortMessage?: string
  readonly events: readonly EventWrite[]
}

/** REC-60: what every full round begins with. Fields of the other strategy are not carried over (API-231). */
export function fullDraft({ status, isFullyPromoted, replicaSets, currentRS }: Situation): Draft {
  const currentPodHash = podHashOf(currentRS)
  return {
    scope: 'full',
    pauses: { clear: false, add: [], remove: [] },
    abort: status.abort === true && isFullyPromoted ? 'removed' : 'kept',
    events: [],
    fields: {
      currentPodHash,
      replicas: sumOf(replicaSets, existingOf),
      updatedReplicas: existingOf(currentRS),
      readyReplicas: sumOf(replicaSets, readyOf),
      collisionCount: status.collisionCount,
      conditions: (status.conditions ?? []).filter((condition) => condition.type !== 'InvalidSpec'),
      promoteFull: status.promoteFull,
      stableRS: status.stableRS,
      restartedAt: status.restartedAt,
      duration: status.duration,
      alb: status.alb,
      albs: status.albs,
      canary: { weights: status.canary?.weights },
      blueGreen: {},
    },
  }
}

/** REC-32: the stored status, of which a scaling round renews only the counts it needs. */
export const replicasOnlyDraft = ({ status, isFullyPromoted }: Situation): Draft => ({
  scope: 'replicas-only',
  pauses: { clear: false, add: [], remove: [] },
  abort: status.abort === true && isFullyPromoted ? 'removed' : 'kept',
  events: [],
  fields: { ...status, canary: status.canary ?? {}, blueGreen: status.blueGreen ?? {} },
})

export const withFields = (draft: Draft, fields: Partial<StatusFields>): Draft => ({
  ...draft,
  fields: { ...draft.fields, ...fields },
})

export const withEvent = (
  draft: Draft,
  { rollout }: Situation,
  reason: string,
  text: string,
  because: RuleId,
): Draft => ({
  ...draft,
  events: [...draft.events, rolloutEvent(rollout, reason, text, because)],
})

/** Pauses end and an abort is over: what reset, full promotion and a finished update have in common. */
export const released = (draft: Draft): Draft => ({
  ...draft,
  pauses: { ...draft.pauses, clear: true },
  abort: 'removed',
})

export const isAborted = (draft: Draft, { status }: Situation): boolean =>
  draft.abort === 'added' || (draft.abort === 'kept' && status.abort === true)
