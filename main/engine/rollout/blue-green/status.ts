import { formatSelector } from '#lib/label-selector.ts'
import { isPrePromotionPassed } from '../analysis/blue-green.ts'
import { type AnalysisOutcome, withAnalysis } from '../analysis/outcome.ts'
import { isPassed } from '../analysis/runs.ts'
import { isFullPromotionWanted, promoted, reset } from '../promotion.ts'
import { availableOf, existingOf, podHashOf, readyOf, sumOf } from '../replica-set/facts.ts'
import { fastRollbackReason, isFastRollback, isWithinRollbackWindow } from '../rollback.ts'
import type { Release, Situation } from '../situation.ts'
import { type Draft, fullDraft, isAborted, released, type StatusFields, withFields } from '../status/draft.ts'
import type { TargetsOutcome } from '../targets.ts'
import { hasCheckpoint, isFastTracked, isPauseComplete, type PauseDecision } from './pause.ts'

/** Where the two Services point once this round's switches are done. */
export interface Selectors {
  readonly active: string
  readonly preview: string
}

/** What a blue-green round says about the status (BG-48…51). */
export function concludeBlueGreen(
  release: Release,
  selectors: Selectors,
  pause: PauseDecision,
  { analysis, targets }: { readonly analysis: AnalysisOutcome; readonly targets: TargetsOutcome },
): Draft {
  const base = withAnalysis(withPause(blueGreenDraft(release, selectors), pause), analysis, release)
  const draft = skipsPauses(release) ? released(base) : base
  const isAnalysed = isPassed(release.spec.strategy?.blueGreen?.postPromotionAnalysis, analysis.runs.PostPromotion)
  const reason = promotionReason(draft, release, selectors.active, isAnalysed)
  // BG-36, SVC-23: AWS has to send to the new pods first.
  if (reason !== undefined && targets.isVerified) return promoted(draft, release, reason)
  return withCheckpoint(draft, reachesCheckpoint(release, pause))
}

/** The update begins anew, and may be over at once where there is nothing to do (BG-77). No analysis stays current (ANA-1123). */
export function concludeBlueGreenReset(release: Release, selectors: Selectors): Draft {
  const started = reset(blueGreenDraft(release, selectors), release)
  const draft = skipsPauses(release) ? released(started) : started
  const reason = promotionReason(draft, release, selectors.active, false)
  return reason === undefined ? withCheckpoint(draft, undefined) : promoted(draft, release, reason)
}

const skipsPauses = (release: Release): boolean => isFullPromotionWanted(release) || isWithinRollbackWindow(release)

const withCheckpoint = (draft: Draft, scaleUpPreviewCheckPoint: boolean | undefined): Draft =>
  withFields(draft, { blueGreen: { ...draft.fields.blueGreen, scaleUpPreviewCheckPoint } })

/** Counts that autoscalers read: of the pods behind the active Service, or of all while there is none (API-210…213). */
export function activeCounts({ replicaSets, spec }: Situation, activeHash: string): Partial<StatusFields> {
  const activeRS = activeHash === '' ? undefined : replicaSets.find((rs) => podHashOf(rs) === activeHash)
  const counted = activeRS === undefined ? replicaSets : [activeRS]
  return {
    HPAReplicas: sumOf(counted, existingOf),
    availableReplicas: sumOf(counted, availableOf),
    readyReplicas: sumOf(counted, readyOf),
    selector: formatSelector(activeRS === undefined ? spec.selector : activeRS.spec.selector),
  }
}

const blueGreenDraft = (release: Release, { active, preview }: Selectors): Draft =>
  withFields(fullDraft(release), {
    ...activeCounts(release, active),
    blueGreen: { activeSelector: active, previewSelector: preview },
  })

function withPause(draft: Draft, pause: PauseDecision): Draft {
  if (pause.kind === 'add') return { ...draft, pauses: { ...draft.pauses, add: ['BlueGreenPause'] } }
  return pause.kind === 'remove' ? { ...draft, pauses: { ...draft.pauses, remove: ['BlueGreenPause'] } } : draft
}

/**
 * Why the current ReplicaSet becomes stable now; first match (BG-50).
 * Differs from the reference where the active Service selects no hash and another ReplicaSet is stable, as in the middle of a canary
 * that was changed to blue-green: there the update counts as done at once, even an aborted one, and stable is scaled down after its
 * delay, whether or not the new pods ever get ready. Here the cut-over comes first (BG-67).
 */
function promotionReason(draft: Draft, release: Release, activeHash: string, isAnalysed: boolean): string | undefined {
  const { stableRS, currentRS } = release
  if (stableRS === undefined || (activeHash === '' && stableRS === currentRS)) return 'Initial deploy'
  if (activeHash !== podHashOf(currentRS)) return undefined
  if (isFullPromotionWanted(release)) return 'Full promotion requested'
  if (isFastRollback(release)) return fastRollbackReason(release)
  return isAborted(draft, release) || !isAnalysed ? undefined : 'Completed blue-green update'
}

/**
 * BG-40: the preview has been approved at its small size and may grow to full size. Never goes back.
 * Differs from the reference, which has a timed pause complete only once it was there (BG-31): a rollback within the window takes
 * no pause, and would wait at its small size for ever.
 */
function reachesCheckpoint(release: Release, pause: PauseDecision): boolean | undefined {
  const preview = release.spec.strategy?.blueGreen?.previewReplicaCount
  if (preview === undefined) return undefined
  if (hasCheckpoint(release)) return true
  const isApproved = isFastTracked(release) || (isPauseComplete(release) && isPrePromotionPassed(release))
  return pause.kind !== 'add' && isApproved && availableOf(release.currentRS) === preview
}
