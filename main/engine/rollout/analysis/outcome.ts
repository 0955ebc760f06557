import type { AnalysisRun } from '#api/analysis.ts'
import type { AnalysisRunRef } from '#api/rollout.ts'
import type { EventWrite, Write } from '#engine/decision.ts'
import type { Situation } from '../situation.ts'
import { type Draft, withFields } from '../status/draft.ts'
import { rolloutEvent } from '../write.ts'
import { planPastRuns } from './past-runs.ts'
import { type CurrentRuns, phaseOf, presentRuns, type RunKind } from './runs.ts'
import type { Turn } from './turn.ts'

/** What the analyses of a round come to. */
export interface AnalysisOutcome {
  readonly writes: readonly Write[]
  /** Current after this round. */
  readonly runs: CurrentRuns
  /** A run cannot tell: the update pauses until somebody decides. */
  readonly isInconclusive: boolean
  /** A run failed, and the update with it: why. */
  readonly abortMessage: string | undefined
  /** A run that is needed cannot be made: why (ANA-1105). */
  readonly error: string | undefined
}

/** Puts them into the status (ANA-1107, ANA-1112, ANA-1121). */
export function withAnalysis(draft: Draft, outcome: AnalysisOutcome, situation: Situation): Draft {
  const { runs, isInconclusive, abortMessage } = outcome
  const { canary, blueGreen } = draft.fields
  const isBlueGreen = situation.spec.strategy?.blueGreen !== undefined
  const entries = isBlueGreen
    ? {
        blueGreen: {
          ...blueGreen,
          prePromotionAnalysisRunStatus: entryOf(runs.PrePromotion),
          postPromotionAnalysisRunStatus: entryOf(runs.PostPromotion),
        },
      }
    : {
        canary: {
          ...canary,
          currentStepAnalysisRunStatus: entryOf(runs.Step),
          currentBackgroundAnalysisRunStatus: entryOf(runs.Background),
        },
      }
  const told: Draft = { ...draft, events: [...draft.events, ...phaseEvents(runs, situation)] }
  const paused: Draft = isInconclusive
    ? { ...told, pauses: { ...told.pauses, add: [...told.pauses.add, 'InconclusiveAnalysisRun'] } }
    : told
  const aborted: Draft = abortMessage === undefined ? paused : { ...paused, abort: 'added', abortMessage }
  return withFields(aborted, entries)
}

function entryOf(run: AnalysisRun | undefined): AnalysisRunRef | undefined {
  if (run === undefined) return undefined
  const { message = '' } = run.status ?? {}
  return { name: run.metadata.name, status: phaseOf(run), ...(message !== '' && { message }) }
}

/** ANA-1122. */
function phaseEvents(runs: CurrentRuns, { rollout, status }: Situation): readonly EventWrite[] {
  const before: Readonly<Record<RunKind, AnalysisRunRef | undefined>> = {
    Step: status.canary?.currentStepAnalysisRunStatus,
    Background: status.canary?.currentBackgroundAnalysisRunStatus,
    PrePromotion: status.blueGreen?.prePromotionAnalysisRunStatus,
    PostPromotion: status.blueGreen?.postPromotionAnalysisRunStatus,
  }
  return kinds.flatMap((kind) => {
    const run = runs[kind]
    const phase = phaseOf(run)
    const earlier = before[kind]
    const isNews = earlier === undefined || (earlier.name === run?.metadata.name && earlier.status !== phase)
    if (run === undefined || phase === '' || !isNews) return []
    const text = `${kind} Analysis Run '${run.metadata.name}' Status New: '${phase}' Previous: '${earlier?.status ?? 'NoPreviousStatus'}'`
    const type = phase === 'Failed' || phase === 'Error' ? 'Warning' : 'Normal'
    return [rolloutEvent(rollout, `AnalysisRun${phase}`, text, 'ANA-1122', type)]
  })
}

const kinds: readonly RunKind[] = ['Step', 'Background', 'PrePromotion', 'PostPromotion']

/** All turns of a round together, and the runs of the past (ANA-1110). */
export function outcomeOf(situation: Situation, turns: Readonly<Record<RunKind, Turn>>): AnalysisOutcome {
  const each = kinds.map((kind) => turns[kind])
  const runs = presentRuns({
    Step: turns.Step.run,
    Background: turns.Background.run,
    PrePromotion: turns.PrePromotion.run,
    PostPromotion: turns.PostPromotion.run,
  })
  const current = new Set(
    [...Object.values(situation.runs), ...Object.values(runs)].map(({ metadata }) => metadata.name),
  )
  const past = situation.analysisRuns.filter(({ metadata }) => !current.has(metadata.name))
  return {
    writes: [...each.flatMap(({ writes }) => writes), ...planPastRuns(situation, past)],
    runs,
    isInconclusive: each.some(({ isInconclusive }) => isInconclusive === true),
    abortMessage: each.findLast(({ abortMessage }) => abortMessage !== undefined)?.abortMessage,
    error: each.find(({ error }) => error !== undefined)?.error,
  }
}
