import type { Experiment } from '#api/experiment.ts'
import { resources } from '#api/resources.ts'
import type { ExperimentStep } from '#api/rollout.ts'
import type { Write } from '#engine/decision.ts'
import { isControlledBy } from '#engine/ownership.ts'
import { currentStep } from '../canary/steps.ts'
import { hasInconclusiveAnalysis } from '../halt.ts'
import { isFullPromotionWanted } from '../promotion.ts'
import type { Release, Situation } from '../situation.ts'
import { refTo, rolloutEvent } from '../write.ts'
import { phaseOf, planPastExperiments, terminate } from './experiments.ts'
import { nameOrAdopt } from './name-or-adopt.ts'
import { type ComparableRelease, newExperiment } from './new-experiment.ts'

/** What the Experiments of a canary come to in a round. */
export interface ExperimentOutcome {
  readonly writes: readonly Write[]
  /** Goes into `status.canary.currentExperiment`; `undefined` takes it out (EXP-901). */
  readonly currentExperiment: string | undefined
  /** It cannot tell: the update pauses, with reason `InconclusiveExperiment`, until somebody decides. */
  readonly isInconclusive: boolean
  /** It failed, and the update with it: why. */
  readonly abortMessage: string | undefined
  /** The current step is done (EXP-902). */
  readonly isStepComplete: boolean
  /** The Experiment of the step cannot be made: why. The round ends there. */
  readonly error: string | undefined
}

const none: ExperimentOutcome = {
  writes: [],
  currentExperiment: undefined,
  isInconclusive: false,
  abortMessage: undefined,
  isStepComplete: false,
  error: undefined,
}

/**
 * The Experiment of the current step, and those of the past (EXP-901). Comes before the analyses of a round.
 * @param experiments those this Rollout controls, and any others of the namespace that have a name it might use (EXP-808)
 */
export function reconcileExperiments(release: Release, experiments: readonly Experiment[]): ExperimentOutcome {
  const own = experiments.filter((each) => isControlledBy(each, release.rollout))
  if (release.isAborted || isFullPromotionWanted(release)) return { ...none, writes: own.flatMap(terminate) }
  if (hasInconclusiveAnalysis(release)) return none
  const step = currentStep(release.rollout, release.status)?.experiment
  const turn = step === undefined ? none : takeTurn(release, step, experiments, namedInStatus(release, own))
  if (turn === 'waiting') return none
  const { current, ...outcome } = { current: undefined, ...turn }
  const past = own.filter((each) => each !== current)
  return { ...outcome, writes: [...outcome.writes, ...planPastExperiments(release, past)] }
}

/** EXP-903. */
export const namedInStatus = ({ status }: Situation, own: readonly Experiment[]): Experiment | undefined =>
  own.find(({ metadata }) => metadata.name === status.canary?.currentExperiment)

interface Turn extends ExperimentOutcome {
  /** As it is known; not one that is made in this round. */
  readonly current: Experiment | undefined
}

function takeTurn(
  release: Release,
  step: ExperimentStep,
  experiments: readonly Experiment[],
  current: Experiment | undefined,
): Turn | 'waiting' {
  if (current !== undefined) return judge(release, current)
  // EXP-802: without anything stable there is nothing to try it against.
  if (!isComparable(release)) return 'waiting'
  // The reference makes another one while the update is paused for the last one (EXP-1302).
  if (isPausedForExperiment(release)) return { ...none, current }
  const wanted = newExperiment(release, step)
  if (!wanted.ok) return { ...none, current, error: wanted.error }
  const decided = nameOrAdopt(wanted.value, release, experiments)
  if ('adopt' in decided) return judge(release, decided.adopt)
  return { ...none, current, currentExperiment: decided.create.metadata.name, writes: created(release, decided.create) }
}

const isComparable = (release: Release): release is ComparableRelease => release.stableRS !== undefined

const isPausedForExperiment = ({ status }: Situation): boolean =>
  (status.pauseConditions ?? []).some(({ reason }) => reason === 'InconclusiveExperiment')

/**
 * What the phase of the current one means. Differs from the reference while `spec.paused` keeps a step from completing: it forgets
 * the Experiment that succeeded, and makes another one (EXP-1303).
 */
function judge({ spec }: Situation, current: Experiment): Turn {
  const running: Turn = { ...none, current, currentExperiment: current.metadata.name }
  switch (phaseOf(current)) {
    case 'Successful':
      return spec.paused === true ? running : { ...none, current, isStepComplete: true }
    case 'Inconclusive':
      return { ...none, current, isInconclusive: true }
    case 'Failed':
    case 'Error': {
      const { message = '' } = current.status ?? {}
      const text = 'Experiment analysis phase is error/failed'
      return { ...none, current, abortMessage: message === '' ? text : `${text}: ${message}` }
    }
    default:
      return running
  }
}

function created({ rollout }: Situation, experiment: Experiment): readonly Write[] {
  const { name } = experiment.metadata
  const ref = refTo(resources.experiments, experiment)
  return [
    { kind: 'create', ref, object: experiment, because: 'EXP-802', summary: `Create Experiment ${name}` },
    rolloutEvent(rollout, 'ExperimentCreated', `Created Experiment '${name}'`, 'EXP-808'),
  ]
}
