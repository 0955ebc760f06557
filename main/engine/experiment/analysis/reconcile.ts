import type { AnalysisRun } from '#api/analysis.ts'
import type { ExperimentAnalysis, ExperimentAnalysisStatus, ExperimentStatus } from '#api/experiment.ts'
import { resources } from '#api/resources.ts'
import { isCompleted } from '#engine/analysis/metric-phase.ts'
import { nameOrAdopt } from '#engine/analysis/new-run.ts'
import type { EventWrite, Write } from '#engine/decision.ts'
import { terminate } from '#engine/rollout/analysis/runs.ts'
import { refTo } from '#engine/rollout/write.ts'
import type { Situation } from '../situation.ts'
import { experimentEvent, transition } from '../write.ts'
import { newRun } from './new-run.ts'

export interface AnalysisDecision {
  readonly writes: readonly Write[]
  readonly status: ExperimentAnalysisStatus
  readonly events: readonly EventWrite[]
}

/** One analysis: its template, then its run, and what the run says (EXP-501…507). */
export function reconcileAnalysis(analysis: ExperimentAnalysis, situation: Situation): AnalysisDecision {
  const before = runStatusOf(situation.status, analysis.name)
  const { writes, status } = assessAnalysis(analysis, before, situation)
  return { writes, status, events: analysisEvents(before, status, situation) }
}

/** EXP-501. */
export const runStatusOf = ({ analysisRuns }: ExperimentStatus, analysis: string): ExperimentAnalysisStatus =>
  analysisRuns?.find(({ name }) => name === analysis) ?? { name: analysis, analysisRun: '', phase: '' }

type Assessed = Pick<AnalysisDecision, 'writes' | 'status'>

function assessAnalysis(
  analysis: ExperimentAnalysis,
  before: ExperimentAnalysisStatus,
  situation: Situation,
): Assessed {
  if (situation.status.availableAt === undefined) return verify(analysis, before, situation)
  if (before.analysisRun === '') return begin(analysis, before, situation)
  if (before.phase !== '' && isCompleted(before.phase)) return { writes: [], status: before }
  return follow(before, situation)
}

/** EXP-502. Templates inside the template are looked at when the run is made. */
function verify(
  { name, templateName, clusterScope = false }: ExperimentAnalysis,
  before: ExperimentAnalysisStatus,
  { world }: Situation,
): Assessed {
  const found = clusterScope ? world.templates.cluster : world.templates.namespaced
  if (Object.hasOwn(found, templateName)) return { writes: [], status: before }
  const kind = clusterScope ? 'ClusterAnalysisTemplate' : 'AnalysisTemplate'
  const cause = `${kind.toLowerCase()}.argoproj.io "${templateName}" not found`
  return { writes: [], status: inError(before, `${kind} verification failed for analysis '${name}': ${cause}`) }
}

/** EXP-503. */
function begin(analysis: ExperimentAnalysis, before: ExperimentAnalysisStatus, situation: Situation): Assessed {
  if (situation.isTerminating) return { writes: [], status: before }
  const wanted = newRun(analysis, situation)
  if (!wanted.ok) return { writes: [], status: inError(before, createRunFailure(analysis.name, wanted.error)) }
  const decided = nameOrAdopt(wanted.value, situation.world.analysisRuns)
  const run = 'adopt' in decided ? decided.adopt : decided.create
  const status: ExperimentAnalysisStatus = { ...before, analysisRun: run.metadata.name, phase: 'Pending' }
  return { writes: 'create' in decided ? [create(run)] : [], status }
}

function create(run: AnalysisRun): Write {
  const ref = refTo(resources.analysisRuns, run)
  return { kind: 'create', ref, object: run, because: 'EXP-503', summary: `Create AnalysisRun ${ref.name}` }
}

export const createRunFailure = (analysis: string, cause: string): string =>
  `Failed to create AnalysisRun for analysis '${analysis}': ${cause}`

/**
 * EXP-506. Differs from the reference, which no longer looks at a run once everything is to end and so may wait for it for ever
 * (EXP-1301); after the end of the Experiment an entry stays as it was (EXP-1304). A run that nobody has begun is Pending; the
 * reference copies its empty phase, which counts as Successful.
 */
function follow(
  before: ExperimentAnalysisStatus,
  { world, experiment, isTerminating, isFinished }: Situation,
): Assessed {
  const run = Object.hasOwn(world.analysisRuns, before.analysisRun) ? world.analysisRuns[before.analysisRun] : undefined
  if (run === undefined)
    return { writes: [], status: inError(before, `analysisruns.argoproj.io "${before.analysisRun}" not found`) }
  const { phase = '', message } = run.status ?? {}
  const status = isFinished ? before : told({ ...before, phase: phase === '' ? 'Pending' : phase }, message)
  const ending = isTerminating ? terminate(run) : []
  if (ending.length === 0) return { writes: [], status }
  const text = `Terminating ${before.name} (${run.metadata.name})`
  return {
    status,
    writes: [
      ...ending.map((write) => ({ ...write, because: 'EXP-506' })),
      experimentEvent(experiment, 'AnalysisRunTerminating', text, 'EXP-506'),
    ],
  }
}

const told = ({ message: _before, ...entry }: ExperimentAnalysisStatus, message = ''): ExperimentAnalysisStatus => ({
  ...entry,
  ...(message !== '' && { message }),
})

export const inError = (entry: ExperimentAnalysisStatus, message: string): ExperimentAnalysisStatus => ({
  ...entry,
  phase: 'Error',
  message,
})

/** EXP-507: told of the Experiment, and of its Rollout. */
export function analysisEvents(
  before: ExperimentAnalysisStatus,
  { name, phase, message }: ExperimentAnalysisStatus,
  { experiment, world }: Pick<Situation, 'experiment' | 'world'>,
): readonly EventWrite[] {
  if (phase === before.phase || phase === '') return []
  const text = transition(`AnalysisRun '${name}'`, before.phase, phase, message)
  const isBad = isCompleted(phase) && phase !== 'Successful'
  const event = experimentEvent(experiment, `AnalysisRun${phase}`, text, 'EXP-507', isBad ? 'Warning' : 'Normal')
  if (world.rollout === undefined) return [event]
  return [event, { ...event, regarding: world.rollout, type: 'Warning' }]
}
