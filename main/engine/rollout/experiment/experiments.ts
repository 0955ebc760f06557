import type { Experiment } from '#api/experiment.ts'
import { resources } from '#api/resources.ts'
import { isCompleted } from '#engine/analysis/metric-phase.ts'
import type { PatchWrite, Write } from '#engine/decision.ts'
import { deletion, expired } from '../analysis/past-runs.ts'
import type { Situation } from '../situation.ts'
import { refTo, sameObject } from '../write.ts'

export const phaseOf = (experiment: Experiment) => experiment.status?.phase ?? ''

export function isDone(experiment: Experiment): boolean {
  const phase = phaseOf(experiment)
  return phase !== '' && isCompleted(phase)
}

/** Asks an Experiment to end, once (EXP-901). */
export function terminate(experiment: Experiment): readonly PatchWrite[] {
  if (isDone(experiment) || experiment.spec.terminate === true) return []
  return [
    {
      kind: 'patch',
      ref: refTo(resources.experiments, experiment),
      patchType: 'merge',
      body: { spec: { terminate: true } },
      precondition: sameObject(experiment),
      because: 'EXP-901',
      summary: `Terminate Experiment ${experiment.metadata.name}`,
    },
  ]
}

/** Experiments that no longer decide about anything are ended, and the old ones go with all they made (EXP-1101, EXP-1102). */
export function planPastExperiments(situation: Situation, past: readonly Experiment[]): readonly Write[] {
  const gone = expired(situation, past, (each) => ({ isDone: isDone(each), isGood: phaseOf(each) === 'Successful' }))
  return [
    ...past.filter((each) => !gone.includes(each)).flatMap(terminate),
    ...gone.map((each) => deletion(resources.experiments, each, 'EXP-1101')),
  ]
}
