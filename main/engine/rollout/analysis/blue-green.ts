import type { AnalysisRun } from '#api/analysis.ts'
import { hasInconclusiveAnalysis } from '../halt.ts'
import { availableOf, isSaturated, podHashOf, sizeOf } from '../replica-set/facts.ts'
import type { Release } from '../situation.ts'
import { type AnalysisOutcome, outcomeOf } from './outcome.ts'
import { hasTemplates, isPassed, phaseOf } from './runs.ts'
import { isSwitchedOff } from './switched-off.ts'
import { dropped, judged, kept, retired, startedOrJudged, type Turn } from './turn.ts'

/**
 * The analyses before and after the cut-over of a blue-green update (ANA-1109, ANA-1118, ANA-1119).
 * @param isReached whether what has been switched gets its traffic (BG-44)
 */
export function reconcileBlueGreenAnalysis(release: Release, isReached: boolean): AnalysisOutcome {
  const { Step, Background, PrePromotion, PostPromotion } = release.runs
  const isOff = isSwitchedOff(release)
  return outcomeOf(release, {
    PrePromotion: isOff ? retired(PrePromotion) : prePromotionTurn(release, PrePromotion),
    PostPromotion: isOff ? retired(PostPromotion) : postPromotionTurn(release, PostPromotion, isReached),
    // Left from before the strategy was changed.
    Step: dropped(Step),
    Background: dropped(Background),
  })
}

function prePromotionTurn(release: Release, run: AnalysisRun | undefined): Turn {
  const analysis = release.spec.strategy?.blueGreen?.prePromotionAnalysis
  if (!hasTemplates(analysis)) return dropped(run)
  if (isPrePromotionSkipped(release, run)) return withVerdict(retired(run), 'PrePromotion')
  if (hasInconclusiveAnalysis(release)) return withVerdict(kept(run), 'PrePromotion')
  return startedOrJudged(release, run, { kind: 'PrePromotion', analysis })
}

function postPromotionTurn(release: Release, run: AnalysisRun | undefined, isReached: boolean): Turn {
  const analysis = release.spec.strategy?.blueGreen?.postPromotionAnalysis
  if (!hasTemplates(analysis)) return dropped(run)
  if (isPostPromotionSkipped(release, run) || !isReached) return withVerdict(retired(run), 'PostPromotion')
  if (hasInconclusiveAnalysis(release)) return withVerdict(kept(run), 'PostPromotion')
  return startedOrJudged(release, run, { kind: 'PostPromotion', analysis })
}

/** A run that is only kept still has its say (ANA-1118). */
const withVerdict = (turn: Turn, kind: 'PrePromotion' | 'PostPromotion'): Turn => ({
  ...judged(turn.run, kind),
  writes: turn.writes,
})

/** ANA-1118: nothing to switch, or the preview is not ready yet; a run that has begun goes on even if it no longer is (BG-45). */
function isPrePromotionSkipped(release: Release, run: AnalysisRun | undefined): boolean {
  const { status, currentRS, replicas, spec } = release
  const hash = podHashOf(currentRS)
  const active = status.blueGreen?.activeSelector ?? ''
  if (hash === '' || status.stableRS === hash || active === '' || active === hash) return true
  if (run !== undefined) return false
  const preview = spec.strategy?.blueGreen?.previewReplicaCount
  return preview === undefined
    ? !isSaturated(currentRS, replicas)
    : sizeOf(currentRS) !== preview || availableOf(currentRS) !== preview
}

/** ANA-1119: by the selector as it is stored, so that it begins in the round after the cut-over (BG-44). */
function isPostPromotionSkipped(release: Release, run: AnalysisRun | undefined): boolean {
  if (!appliesPostPromotion(release)) return true
  return run === undefined && !isSaturated(release.currentRS, release.replicas)
}

function appliesPostPromotion({ status, currentRS }: Release): boolean {
  const hash = podHashOf(currentRS)
  return hash !== '' && status.stableRS !== hash && status.blueGreen?.activeSelector === hash
}

/** The cut-over need not wait for it (any longer). */
export const isPrePromotionPassed = ({ spec, runs }: Release): boolean =>
  isPassed(spec.strategy?.blueGreen?.prePromotionAnalysis, runs.PrePromotion)

/** ANA-1119: the former ReplicaSets stay up while the analysis after the cut-over may still send traffic back to them. */
export function mayStillSwitchBack(release: Release): boolean {
  const { postPromotionAnalysis, scaleDownDelaySeconds } = release.spec.strategy?.blueGreen ?? {}
  if (postPromotionAnalysis === undefined || scaleDownDelaySeconds !== undefined) return false
  const run = release.runs.PostPromotion
  const isWaitedFor = run !== undefined || isSaturated(release.currentRS, release.replicas)
  return appliesPostPromotion(release) && isWaitedFor && phaseOf(run) !== 'Successful'
}
