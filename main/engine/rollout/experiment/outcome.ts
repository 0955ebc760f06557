import type { Draft } from '../status/draft.ts'
import { withFields } from '../status/draft.ts'
import type { ExperimentOutcome } from './reconcile.ts'

/** Puts what the Experiments came to into the status; the step itself is moved on by whoever concludes the round (EXP-901, EXP-905). */
export function withExperiment(draft: Draft, outcome: ExperimentOutcome): Draft {
  const { currentExperiment, isInconclusive, abortMessage } = outcome
  const told = withFields(draft, { canary: { ...draft.fields.canary, currentExperiment } })
  const paused: Draft = isInconclusive
    ? { ...told, pauses: { ...told.pauses, add: [...told.pauses.add, 'InconclusiveExperiment'] } }
    : told
  return abortMessage === undefined ? paused : { ...paused, abort: 'added', abortMessage }
}
