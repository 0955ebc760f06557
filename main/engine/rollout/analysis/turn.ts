import type { AnalysisRun } from '#api/analysis.ts'
import type { RolloutAnalysis } from '#api/rollout.ts'
import type { Write } from '#engine/decision.ts'
import type { Release, Situation } from '../situation.ts'
import { phaseOf, type RunKind, terminate } from './runs.ts'
import { startRun } from './start-run.ts'

/** What a round makes of one of the current runs, or of its absence. */
export interface Turn {
  readonly run: AnalysisRun | undefined
  readonly writes: readonly Write[]
  readonly isInconclusive?: true
  readonly abortMessage?: string
  readonly error?: string
}

export const kept = (run: AnalysisRun | undefined): Turn => ({ run, writes: [] })
/** Ended, and no longer current. */
export const dropped = (run: AnalysisRun | undefined): Turn => ({ run: undefined, writes: terminate(run) })
/** Ended, yet still shown. */
export const retired = (run: AnalysisRun | undefined): Turn => ({ run, writes: terminate(run) })

interface Ask {
  readonly kind: RunKind
  readonly analysis: RolloutAnalysis
  readonly stepIndex?: number
}

/** A new run where one is needed; else what the phase of the present one means. */
export function startedOrJudged(release: Release, run: AnalysisRun | undefined, ask: Ask): Turn {
  if (!needsNewRun(release, run)) return judged(run, ask.kind)
  const started = startRun(release, ask.kind, ask.analysis, ask.stepIndex)
  return started.ok ? started.value : { run, writes: [], error: started.error }
}

/**
 * ANA-1111. A pause after an inconclusive run that somebody ended asks for another run, and so does a retry after an abort: only then
 * is there a time of abort without an abort.
 */
function needsNewRun({ status }: Situation, run: AnalysisRun | undefined): boolean {
  if (run === undefined) return true
  const pausesByStep = (status.pauseConditions ?? []).some(
    ({ reason }) => reason === 'CanaryPauseStep' || reason === 'BlueGreenPause',
  )
  if (status.controllerPause === true && !pausesByStep) return phaseOf(run) === 'Inconclusive'
  return status.abortedAt !== undefined
}

const names: Readonly<Record<RunKind, string>> = {
  Step: 'Step-based analysis',
  Background: 'Background analysis',
  PrePromotion: 'Blue/green pre-promotion analysis',
  PostPromotion: 'Blue/green post-promotion analysis',
}

/** ANA-1112, ANA-1115, ANA-1118. */
export function judged(run: AnalysisRun | undefined, kind: RunKind): Turn {
  const phase = phaseOf(run)
  if (phase === 'Inconclusive') return { ...kept(run), isInconclusive: true }
  if (phase !== 'Failed' && phase !== 'Error') return kept(run)
  const { message = '' } = run?.status ?? {}
  return { ...kept(run), abortMessage: `${names[kind]} phase error/failed${message === '' ? '' : `: ${message}`}` }
}
