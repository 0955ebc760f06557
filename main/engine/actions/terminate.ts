import type { AnalysisRun, MetricResult } from '#api/analysis.ts'
import type { Experiment } from '#api/experiment.ts'
import { labels } from '#api/keys.ts'
import { type Resource, resources } from '#api/resources.ts'
import { isCompleted, limitValue } from '#engine/analysis/metric-phase.ts'
import { controllerOf } from '#engine/ownership.ts'
import type { RunKind } from '#engine/rollout/analysis/runs.ts'
import { refTo, unchanged } from '#engine/rollout/write.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import type { ActionPlan, NotOpen, Planner } from './action-plan.ts'
import type { ActionAvailability } from './availability.ts'
import { experimentsOf, runOfRollout } from './run-of-rollout.ts'

/** What can be asked to end before its time. */
export type Terminable = AnalysisRun | Experiment

export const planTerminateAnalysis: Planner = ({ world, parameters: { run: name } }) => {
  if (name === undefined) return failure({ reason: 'Name the AnalysisRun that is to end' })
  const run = runOfRollout(world, name)
  return run === undefined ? failure({ reason: `AnalysisRun ${name} is not there any more` }) : planTermination(run)
}

export const planTerminateExperiment: Planner = ({ world, parameters: { experiment: name } }) => {
  if (name === undefined) return failure({ reason: 'Name the Experiment that is to end' })
  const experiment = experimentsOf(world).find(({ metadata }) => metadata.name === name)
  return experiment === undefined
    ? failure({ reason: `Experiment ${name} is not there any more` })
    : planTermination(experiment)
}

/**
 * ACT-142: asks an AnalysisRun or an Experiment to end. Whoever waits for it goes on as if it had passed, unless something of it has
 * failed, so that is what is warned of.
 */
export function planTermination(object: Terminable): Outcome<ActionPlan, NotOpen> {
  const { kind, metadata } = object
  const availability = terminationAvailability(object)
  if (!availability.open) return failure({ reason: availability.reason })
  return success({
    writes: [
      {
        kind: 'patch',
        ref: refTo(resourceOf(object), object),
        patchType: 'merge',
        body: { spec: { terminate: true } },
        precondition: unchanged(object),
        because: 'ACT-142',
        summary: `Terminate ${kind} ${metadata.name}`,
      },
    ],
    effects: isExperiment(object) ? effectsOnExperiment(object) : effectsOnRun(object),
    warnings: willPass(object) ? warnings(object) : [],
    message: `${isExperiment(object) ? 'experiment' : 'analysisRun'} '${metadata.name}' terminated`,
  })
}

/** Whether it can be asked to end; by its own state alone. */
export function terminationAvailability({ kind, metadata, spec, status = {} }: Terminable): ActionAvailability {
  if (hasEnded({ status }))
    return { open: false, reason: `Terminate is open until the ${kind} has ended: it is ${status.phase}` }
  if (metadata.deletionTimestamp !== undefined)
    return { open: false, reason: `Terminate is closed: the ${kind} is being deleted` }
  if (spec.terminate === true) return { open: false, reason: `Terminate is closed: the ${kind} is ending already` }
  return { open: true }
}

/** What an action of this kind is about. */
export const terminationResource = (action: 'terminateAnalysis' | 'terminateExperiment'): Resource =>
  action === 'terminateExperiment' ? resources.experiments : resources.analysisRuns

const isExperiment = (object: Terminable): object is Experiment => object.kind === resources.experiments.kind

export function hasEnded({ status }: Pick<Terminable, 'status'>): boolean {
  const { phase = '' } = status ?? {}
  return phase !== '' && isCompleted(phase)
}

const resourceOf = (object: Terminable): Resource =>
  isExperiment(object) ? resources.experiments : resources.analysisRuns

/** ANA-802, ANA-803, ANA-810. */
function effectsOnRun(run: AnalysisRun): readonly string[] {
  const failed = failedResult(run)
  const job = jobUnderWay(run)
  const end =
    failed !== undefined
      ? `It ends ${failed.phase}: metric "${failed.name}" decided so before`
      : job !== undefined
        ? `It ends Inconclusive: the Job that measures "${job.name}" is called off`
        : 'It ends Successful, for no metric has failed'
  return ['Nothing of it is measured any more', end]
}

/** EXP-303, EXP-401, EXP-610. */
function effectsOnExperiment(experiment: Experiment): readonly string[] {
  const { templates, analyses = [] } = experiment.spec
  const names = templates.map(({ name }) => name).join(', ')
  return [
    `Its pods go: ${names}`,
    ...(analyses.length > 0 ? ['Its analyses end'] : []),
    hasFailed(experiment)
      ? 'It ends as what has failed in it says'
      : 'It ends Successful, for nothing in it has failed',
  ]
}

const decided = (phase: string | undefined): phase is 'Failed' | 'Error' | 'Inconclusive' =>
  phase === 'Failed' || phase === 'Error' || phase === 'Inconclusive'

/** ANA-604: with one of these a run is ending by itself. */
const failedResult = ({ status }: AnalysisRun): MetricResult | undefined =>
  (status?.metricResults ?? []).find(({ phase, dryRun }) => dryRun !== true && decided(phase))

/** ANA-810: a Job that is called off counts as inconclusive. */
const jobUnderWay = ({ spec, status }: AnalysisRun): MetricResult | undefined =>
  (status?.metricResults ?? []).find(({ name, measurements, dryRun, inconclusive = 0 }) => {
    const metric = spec.metrics.find((each) => each.name === name)
    const last = measurements?.at(-1)
    const isUnderWay = last !== undefined && (last.finishedAt ?? '') === ''
    if (metric?.provider.job === undefined || !isUnderWay || dryRun === true) return false
    return inconclusive + 1 > limitValue(metric.inconclusiveLimit ?? 0)
  })

const hasFailed = ({ status }: Experiment): boolean =>
  (status?.templateStatuses ?? []).some((each) => decided(each.status)) ||
  (status?.analysisRuns ?? []).some(({ phase }) => decided(phase))

const willPass = (object: Terminable): boolean =>
  isExperiment(object) ? !hasFailed(object) : failedResult(object) === undefined && jobUnderWay(object) === undefined

const goesOn: Readonly<Record<RunKind, string>> = {
  Step: 'goes on with its next step',
  Background: 'goes on without it',
  PrePromotion: 'goes on to be promoted',
  PostPromotion: 'goes on: the version before is scaled down',
}

/** Who goes on because of it. What nobody waits for is ended without a warning. */
function warnings(object: Terminable): readonly string[] {
  const owner = controllerOf(object)
  if (owner?.kind === 'Experiment') return [`Experiment ${owner.name} counts it as passed`]
  if (owner?.kind !== 'Rollout') return []
  const kind = isExperiment(object) ? 'Step' : runKinds.find((each) => each === typeOf(object))
  if (kind === undefined) return []
  return [`Rollout ${owner.name} counts it as passed and ${goesOn[kind]}. To go back, abort the rollout`]
}

const runKinds: readonly RunKind[] = ['Step', 'Background', 'PrePromotion', 'PostPromotion']

const typeOf = ({ metadata }: Terminable): string | undefined => metadata.labels?.[labels.rolloutType]
