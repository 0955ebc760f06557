import type { ReplicaSet } from '#api/apps.ts'
import type { Service } from '#api/core.ts'
import type {
  Experiment,
  ExperimentSpec,
  ExperimentStatus,
  ExperimentTemplate,
  TemplatePhase,
  TemplateStatus,
} from '#api/experiment.ts'
import { annotations } from '#api/keys.ts'
import type { KubeObject } from '#api/meta.ts'
import { isCompleted } from '#engine/analysis/metric-phase.ts'
import { normaliseExperiment } from '#engine/normalise/normalise-experiment.ts'
import { isControlledBy } from '#engine/ownership.ts'
import type { EpochMs } from '#lib/clock.ts'
import { endOf, replicasOf } from './spec-defaults.ts'
import type { ExperimentWorld } from './world.ts'

/** What the world means for one Experiment, derived once and from the stored status alone (EXP-303). */
export interface Situation {
  readonly world: ExperimentWorld
  readonly now: EpochMs
  /** Normalised. */
  readonly experiment: Experiment
  readonly spec: ExperimentSpec
  /** As stored; empty before the first write. */
  readonly status: ExperimentStatus
  readonly isFinished: boolean
  /** Everything is to end: pods, Services, runs. */
  readonly isTerminating: boolean
  /** The duration is over; strictly after (EXP-607, EXP-704). */
  readonly isOver: boolean
  /** In the order of the spec. */
  readonly templates: readonly TemplateSituation[]
}

/** One template of the spec, and what there is of it. */
export interface TemplateSituation {
  readonly template: ExperimentTemplate
  /** As stored; zeros before the first write. */
  readonly before: TemplateStatus
  readonly rs: ReplicaSet | undefined
  readonly service: Service | undefined
  /** Pods it should have now (EXP-401). */
  readonly desired: number
}

export function assess(world: ExperimentWorld, now: EpochMs): Situation {
  const experiment = normaliseExperiment(world.experiment)
  const { spec, status = {} } = experiment
  const isTerminating = isTerminatingWith(spec, status)
  const end = endOf(spec, status)
  return {
    world,
    now,
    experiment,
    spec,
    status,
    isFinished: isFinishedWith(status),
    isTerminating,
    isOver: end !== undefined && now > end,
    templates: spec.templates.map((template) => {
      const before = templateStatusOf(status, template.name) ?? unseen(template.name)
      const isAwake = !isTerminating && !isTemplateCompleted(before.status)
      return {
        template,
        before,
        rs: world.replicaSets.find((rs) => belongsTo(rs, experiment, template.name)),
        service: world.services.find((service) => belongsTo(service, experiment, template.name)),
        desired: isAwake ? replicasOf(template) : 0,
      }
    }),
  }
}

/** EXP-305. */
export const belongsTo = (object: KubeObject, experiment: KubeObject, template: string): boolean =>
  isControlledBy(object, experiment) &&
  object.metadata.annotations?.[annotations.experimentName] === experiment.metadata.name &&
  object.metadata.annotations?.[annotations.experimentTemplate] === template

/** EXP-305: a template that cannot have its ReplicaSet or Service told from another one. */
export function claimError({ world, experiment, spec }: Situation): string | undefined {
  for (const [kind, objects] of [
    ['ReplicaSets', world.replicaSets],
    ['Services', world.services],
  ] as const) {
    const isDouble = (name: string) => objects.filter((each) => belongsTo(each, experiment, name)).length > 1
    const double = spec.templates.find(({ name }) => isDouble(name))
    if (double !== undefined) return `multiple ${kind} match single experiment template: ${double.name}`
  }
  return undefined
}

/** EXP-303. */
export const isTerminatingWith = (spec: ExperimentSpec, status: ExperimentStatus): boolean =>
  spec.terminate === true ||
  isFinishedWith(status) ||
  (status.templateStatuses ?? []).some((each) => each.status === 'Failed' || each.status === 'Error') ||
  (status.analysisRuns ?? []).some(({ phase }) => phase !== '' && phase !== 'Successful' && isCompleted(phase)) ||
  areRequiredRunsSuccessful(spec, status)

/** EXP-304. */
export function areRequiredRunsSuccessful(spec: ExperimentSpec, { analysisRuns = [] }: ExperimentStatus): boolean {
  const required = (spec.analyses ?? []).filter(({ requiredForCompletion }) => requiredForCompletion === true)
  const isSuccessful = (name: string) => analysisRuns.find((each) => each.name === name)?.phase === 'Successful'
  return required.length > 0 && required.every(({ name }) => isSuccessful(name))
}

const isFinishedWith = ({ phase = '' }: ExperimentStatus): boolean => phase !== '' && isCompleted(phase)

/** EXP-105. */
export const isTemplateCompleted = (status: TemplatePhase | undefined): boolean =>
  status === 'Successful' || status === 'Failed' || status === 'Error'

export const templateStatusOf = (status: ExperimentStatus, name: string): TemplateStatus | undefined =>
  (status.templateStatuses ?? []).find((each) => each.name === name)

/** The counts are always there (EXP-105). */
const unseen = (name: string): TemplateStatus => ({
  name,
  replicas: 0,
  updatedReplicas: 0,
  readyReplicas: 0,
  availableReplicas: 0,
})
