import type { HistoryOutcome, RolloutView } from '#contract/views.ts'
import type { EpochMs } from '#lib/clock.ts'
import type { Told, ToldUpdate, Unseen } from './back-fill.ts'
import type { ContextGap } from './context-gaps.ts'
import { abortMessage, isBeginning, isUpdating, outcomeOf } from './moments.ts'
import { beginRun, type OpenRun } from './open-run.ts'

/** What was not seen before a view, and what the cluster tells of it. */
export interface Missed {
  readonly gap: ContextGap
  readonly told: Told
}

export interface Seen {
  /** `undefined`: the first of this session. */
  readonly before: RolloutView | undefined
  readonly view: RolloutView
  readonly now: EpochMs
}

export type Sight = Seen & { readonly missed: Missed | undefined }

/** Whether a view shows another update than the one that was under way before it. */
export const isOfNext = (view: RolloutView, missed: Missed | undefined): boolean =>
  isBeginning(view) || (missed !== undefined && missed.told.updates.length > 0)

interface Recorded {
  readonly view: RolloutView
  readonly gap: Unseen
  /** Up to here its updates are recorded. */
  readonly after: EpochMs
  /** The run under way. */
  readonly open: { readonly uid: string; readonly podHash: string } | undefined
}

/**
 * Those that the record lacks. Of a context that was never watched only the update that is under way is told, from its beginning on: the
 * record begins with it.
 */
export const untold = (updates: readonly ToldUpdate[], { view, gap, after, open }: Recorded): readonly ToldUpdate[] =>
  updates.filter((update) => {
    const isOpen = open?.uid === view.uid && open.podHash === update.podHash
    return update.startedAt > after && !isOpen && (gap.at > 0 || isStillUnderWay(view, update))
  })

interface Ending {
  readonly outcome: HistoryOutcome
  readonly at: EpochMs | undefined
}

/** How a run that was under way ended, by what is seen and what the cluster tells of the time between; `undefined`: it goes on. */
export function endingOf(
  run: { readonly uid: string; readonly podHash: string },
  view: RolloutView,
  told: Told | undefined,
): Ending | undefined {
  const outcome = outcomeOf(run, view)
  const [next] = told?.updates ?? []
  if (next === undefined) return outcome && { outcome, at: outcome === 'Deleted' ? undefined : told?.endedAt }
  if (outcome === 'Deleted') return { outcome, at: next.startedAt }
  // What is stable now was completed before the next one began.
  return { outcome: run.podHash === view.stableRS ? 'Completed' : 'Superseded', at: next.startedAt }
}

/** Updates that began and ended while nobody watched, oldest first, as runs that are over. The one that is still under way is none. */
export function missedRuns(view: RolloutView, { updates, endedAt }: Told, { until }: Unseen): readonly OpenRun[] {
  return updates.flatMap((update, index): readonly OpenRun[] => {
    const next = updates[index + 1]
    if (next === undefined && isStillUnderWay(view, update)) return []
    const outcome = next === undefined ? lastOutcome(view, update) : earlierOutcome(view, update)
    const at = Math.max(update.startedAt, next?.startedAt ?? endedAt ?? until)
    const reason = outcome === 'Aborted' ? abortMessage(view) : ''
    const run = beginRun(asSeen(view, update), update.startedAt)
    const entry = { ...run.stored.entry, outcome, endedAt: at, backFilled: true, ...(reason !== '' && { reason }) }
    return [{ ...run, stored: { ...run.stored, entry, seenAt: until } }]
  })
}

const isStillUnderWay = (view: RolloutView, { podHash }: ToldUpdate): boolean =>
  isBeginning(view) && podHash === view.currentPodHash

function lastOutcome(view: RolloutView, { podHash }: ToldUpdate): HistoryOutcome {
  if (podHash === view.currentPodHash) return isUpdating(view) ? 'Aborted' : 'Completed'
  return isUpdating(view) ? 'Superseded' : 'RolledBack'
}

/** Of one that was neither stable nor wanted at the end nothing proves that it was ever completed; an event may (completes). */
const earlierOutcome = (view: RolloutView, { podHash }: ToldUpdate): HistoryOutcome =>
  podHash === view.stableRS ? 'Completed' : 'Superseded'

const asSeen = (view: RolloutView, { podHash, revision, version, from }: ToldUpdate): RolloutView => ({
  ...view,
  ...{ currentPodHash: podHash, revision: revision ?? view.revision, version },
  ...{ stableVersion: from?.version, stableRevision: from?.revision },
})

/** REC-98: an event that says when an update was completed of which the cluster holds nothing else that does. */
export const completes = (
  { stored: { entry, podHash } }: OpenRun,
  { reason, message }: { readonly reason: string; readonly message: string },
): boolean =>
  entry.backFilled === true &&
  (entry.outcome === 'Superseded' || entry.outcome === 'Completed') &&
  reason === 'RolloutCompleted' &&
  message.includes(`(${podHash})`)
