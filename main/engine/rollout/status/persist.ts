import { annotations } from '#api/keys.ts'
import type { RolloutStatus } from '#api/rollout.ts'
import type { EventWrite, PatchWrite, RuleId, Write } from '#engine/decision.ts'
import { isRecord } from '#engine/normalise/typed-value.ts'
import { computePhase } from '#engine/status/phase.ts'
import type { EpochMs } from '#lib/clock.ts'
import { createMergePatch } from '#lib/merge-patch.ts'
import { isWithinRollbackWindow } from '../rollback.ts'
import type { Situation } from '../situation.ts'
import { patchStatus, rolloutEvent } from '../write.ts'
import type { Conditions } from './condition-list.ts'
import { assessConditions, progressSubject } from './conditions.ts'
import { type Draft, isAborted, type StatusFields, withFields } from './draft.ts'
import { nextDuration } from './duration.ts'
import { pauseAndAbort } from './pause-and-abort.ts'
import { awaitsScaleDown, isCompleted, isIndefinite, isTimedOut, madeProgress, stuckCheckAt } from './progress.ts'
import { tellsOnlyCounts } from './tells-counts.ts'

export interface Persisted {
  readonly writes: readonly Write[]
  readonly requeueAt: EpochMs | undefined
}

/**
 * Turns the conclusion of a round into the status write (REC-61): deadline, pauses and abort, conditions, phase, timing;
 * then a merge patch of what differs from the stored status, and the events that follow from it.
 */
export function persist(situation: Situation, concluded: Draft): Persisted {
  const { draft, warnings } = withDeadlineAbort(situation, concluded)
  const paused: StatusFields = { ...observed(situation, draft.fields), ...pauseAndAbort(draft, situation) }
  const { conditions, events } = assessConditions(situation, draft, paused)
  const judged: StatusFields = { ...paused, conditions }
  const next = finished(situation, judged, isAborted(draft, situation), draft.scope)

  const patch = diffStatus(situation.status, next)
  const announcements = [...draft.events, ...warnings, ...events]
  if (patch === undefined) return { writes: announcements, requeueAt: stuckCheckAt(situation, next) }
  const write: PatchWrite = {
    ...patchStatus(situation.rollout, patch, {
      because: 'REC-61',
      summary: `Set status: ${Object.keys(patch).join(', ')}`,
    }),
    ...(tellsOnlyCounts(situation.status, patch) && { mayWait: true }),
  }
  return { writes: [write, ...announcements, ...pauseEvents(situation, next)], requeueAt: undefined }
}

/** Writes conditions outside a full round, with the fields that must agree with them (REC-70, API-92). */
export function persistConditions(situation: Situation, conditions: Conditions, because: RuleId): readonly Write[] {
  const { status, rollout } = situation
  const stored: StatusFields = { ...status, canary: status.canary ?? {}, blueGreen: status.blueGreen ?? {} }
  const { observedGeneration } = observed(situation, stored)
  const judged = { ...stored, observedGeneration, conditions }
  const patch = diffStatus(status, finished(situation, judged, situation.isAborted))
  if (patch === undefined) return []
  return [patchStatus(rollout, patch, { because, summary: `Set status: ${Object.keys(patch).join(', ')}` })]
}

/**
 * Phase and timing go last: they read everything else. A replicas-only round keeps the timing: it does not record a new template,
 * and while paused by hand one follows another, each of which would start the attempt anew (REC-32, E3).
 */
function finished(
  situation: Situation,
  judged: StatusFields,
  aborted: boolean,
  scope: Draft['scope'] = 'full',
): StatusFields {
  const { phase, message } = computePhase(situation.rollout, toStatus(judged))
  const duration = scope === 'full' ? nextDuration(situation, judged, aborted) : judged.duration
  return { ...judged, phase, message, duration }
}

const observed = ({ rollout }: Situation, fields: StatusFields): StatusFields => ({
  ...fields,
  observedGeneration: String(rollout.metadata.generation ?? 0),
  workloadObservedGeneration:
    rollout.spec.workloadRef === undefined ? undefined : rollout.metadata.annotations?.[annotations.workloadGeneration],
})

/** Only the changed keys, removed ones as `null`; `undefined` when nothing differs (API-232). */
export function diffStatus(stored: RolloutStatus, next: StatusFields): Readonly<Record<string, unknown>> | undefined {
  const before = { ...stored, canary: stored.canary ?? {}, blueGreen: stored.blueGreen ?? {} }
  const patch = createMergePatch(toStatus(before), toStatus(next))
  return isRecord(patch) ? patch : undefined
}

/** Pointer fields of the API: present even when zero. */
const keptWhenZero = new Set(['currentStepIndex', 'collisionCount', 'totalManualPauseDurationSeconds'])

/** A status as it is on the wire: zero values vanish (section 3 of the API rules), lists and weights stay as they are. */
export function toStatus(fields: StatusFields): RolloutStatus {
  const { canary, blueGreen, ...rest } = fields
  return { ...withoutZeros(rest), canary: withoutZeros(canary), blueGreen: withoutZeros(blueGreen) }
}

type Tight<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> }

const withoutZeros = <T extends object>(fields: T): Tight<T> =>
  Object.fromEntries(
    Object.entries(fields).filter(([key, value]) => (keptWhenZero.has(key) ? value !== undefined : !isZero(value))),
  ) as Tight<T>

const isZero = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  value === 0 ||
  value === '' ||
  value === false ||
  (Array.isArray(value) && value.length === 0)

/**
 * REC-72: an update that ran out of time is aborted if the spec wants that.
 * Differs from the reference, where a full promotion and a rollback within the window discard the abort in the next round and are
 * aborted at every deadline again: here an abort ends the full promotion, and such a rollback, which nothing can abort, only degrades.
 */
function withDeadlineAbort(situation: Situation, draft: Draft): { draft: Draft; warnings: readonly EventWrite[] } {
  const { spec, status, rollout } = situation
  const applies =
    spec.progressDeadlineAbort === true &&
    !isAborted(draft, situation) &&
    !isWithinRollbackWindow(situation) &&
    !isCompleted(draft.fields) &&
    !madeProgress(situation, draft.fields) &&
    !isIndefinite(situation) &&
    !awaitsScaleDown(situation) &&
    isTimedOut(situation, status.conditions)
  if (!applies) return { draft, warnings: [] }
  const message = `${progressSubject(situation)} has timed out progressing.`
  const warning = rolloutEvent(rollout, 'RolloutAborted', message, 'REC-72', 'Warning')
  const aborted: Draft = { ...withFields(draft, { promoteFull: undefined }), abort: 'added', abortMessage: message }
  return { draft: aborted, warnings: [warning] }
}

/** REC-62. An abort also ends pauses, but that is no resumption. */
function pauseEvents({ rollout, status }: Situation, next: StatusFields): readonly EventWrite[] {
  const [before, after] = [status.pauseConditions ?? [], next.pauseConditions ?? []]
  const [first] = after
  if (before.length === 0 && first !== undefined)
    return [rolloutEvent(rollout, 'RolloutPaused', `Rollout is paused (${first.reason})`, 'REC-62')]
  if (before.length > 0 && first === undefined && next.abortedAt === undefined)
    return [rolloutEvent(rollout, 'RolloutResumed', 'Rollout is resumed', 'REC-62')]
  return []
}
