import type { Experiment, ExperimentAnalysis, ExperimentStatus } from '#api/experiment.ts'
import { annotations } from '#api/keys.ts'
import type { KubeObject } from '#api/meta.ts'
import { resources } from '#api/resources.ts'
import type { EventWrite, Write } from '#engine/decision.ts'
import { isRecord } from '#engine/normalise/typed-value.ts'
import { sizeOf } from '#engine/rollout/replica-set/facts.ts'
import type { EpochMs } from '#lib/clock.ts'
import type { Failure } from '#lib/failure.ts'
import { analysisEvents, createRunFailure, inError, runStatusOf } from './analysis/reconcile.ts'
import { decideParts } from './parts.ts'
import { assess, belongsTo, type Situation, type TemplateSituation, templateStatusOf } from './situation.ts'
import { createErrorEvent, createFailure } from './template/replica-set.ts'
import { createServiceFailure, notOwned } from './template/service.ts'
import { templateEvents } from './template/status.ts'
import type { ExperimentWorld } from './world.ts'
import { experimentEvent, planStatus, withEntries } from './write.ts'

/** A write of a round that asked the API server for something, and the answer. */
export interface RefusedWrite {
  readonly write: Exclude<Write, EventWrite>
  readonly cause: Failure
}

/**
 * What it means for an Experiment that a write of its round was refused (EXP-406, EXP-408, EXP-411, EXP-503, EXP-506): its template
 * or analysis is in Error. The shell calls this when a round of `reconcileExperiment` stops at a failed write, with the world and the
 * time of that round, and carries out what comes back, once; a conflict only means that the next round will say it. Empty for a
 * failure that may pass by itself, which backs off as ever. The reference takes those for an Error too.
 *
 * On AlreadyExists the shell first reads the object that is there. Is it ours (`isAwaited`), the cache will show it. An AnalysisRun is
 * no error either: it belongs into the next round's world, which takes it over or finds another name (ANA-1104).
 */
export function reportWriteError(world: ExperimentWorld, refused: RefusedWrite, now: EpochMs): readonly Write[] {
  if (!isLasting(refused.cause)) return []
  const situation = assess(world, now)
  const { experiment, spec } = situation
  const { templates, analyses, status } = decideParts(situation)
  const isAskedIn = (writes: readonly Write[] | undefined) => asksFor(writes ?? [], refused.write)
  const built = situation.templates.find((_, i) => isAskedIn(templates[i]?.building))
  if (built !== undefined) return reportTemplateError(built, refused, experiment)
  const cleared = situation.templates.find((_, i) => isAskedIn(templates[i]?.cleanup))
  if (cleared !== undefined) return reportTemplateError(cleared, refused, written(experiment, status))
  const analysis = (spec.analyses ?? []).find((_, i) => isAskedIn(analyses[i]?.writes))
  return analysis === undefined ? [] : reportAnalysisError(analysis, refused, situation)
}

/** As it is once the status of the round has been written, which comes before anything is cleared away. Its version is not known. */
function written(experiment: Experiment, status: ExperimentStatus): Experiment {
  const { resourceVersion: _former, ...metadata } = experiment.metadata
  return { ...experiment, metadata, status }
}

/** The object under the name of a refused creation is the one that was to be created (EXP-405, EXP-408). */
export function isAwaited({ experiment }: ExperimentWorld, { write }: RefusedWrite, existing: KubeObject): boolean {
  const template =
    write.kind === 'create' ? write.object.metadata.annotations?.[annotations.experimentTemplate] : undefined
  return template !== undefined && belongsTo(existing, experiment, template)
}

/** It will not go better next time. */
const isLasting = ({ kind }: Failure): boolean => kind === 'AlreadyExists' || kind === 'Forbidden' || kind === 'Invalid'

const asksFor = (writes: readonly Write[], { kind, ref }: RefusedWrite['write']): boolean =>
  writes.some(
    (each) =>
      each.kind !== 'event' && each.kind === kind && each.ref.resource === ref.resource && each.ref.name === ref.name,
  )

function reportTemplateError(
  { template, before: unseen, rs }: TemplateSituation,
  { write, cause }: RefusedWrite,
  experiment: Experiment,
): readonly Write[] {
  const { status = {} } = experiment
  const tell = (message: string, ...events: readonly EventWrite[]): readonly Write[] => {
    const before = templateStatusOf(status, template.name) ?? unseen
    const after = { ...before, status: 'Error' as const, message }
    const templateStatuses = withEntries(status.templateStatuses, [after])
    return [
      ...events,
      ...planStatus(experiment, { ...status, templateStatuses }, 'EXP-414'),
      ...templateEvents(before, after, { experiment }),
    ]
  }
  const { name } = write.ref
  const { message } = cause
  if (write.ref.resource === resources.services) {
    if (write.kind === 'delete') return tell(`Failed to delete Service for template '${template.name}': ${message}`)
    const isTaken = cause.kind === 'AlreadyExists'
    const text = isTaken ? notOwned(name, template.name) : `cannot create service: ${message}`
    return tell(createServiceFailure(name, template.name, text))
  }
  if (write.kind === 'create')
    return tell(createFailure(template.name, message), createErrorEvent(experiment, name, message))
  const size = sizeAskedFor(write)
  // A deadline that cannot be set delays nothing (EXP-410).
  if (size === undefined) return []
  const direction = sizeOf(rs) < size ? 'up' : 'down'
  return tell(
    `Unable to scale ReplicaSet for template '${template.name}' to desired replica count '${size}': ${message}`,
    experimentEvent(
      experiment,
      'ReplicaSetUpdateError',
      `Failed to scale ${name} ${direction}: ${message}`,
      'EXP-411',
      'Warning',
    ),
  )
}

function sizeAskedFor(write: RefusedWrite['write']): number | undefined {
  const spec = write.kind === 'patch' && isRecord(write.body) ? write.body['spec'] : undefined
  const replicas = isRecord(spec) ? spec['replicas'] : undefined
  return typeof replicas === 'number' ? replicas : undefined
}

function reportAnalysisError(
  { name }: ExperimentAnalysis,
  { write, cause }: RefusedWrite,
  situation: Situation,
): readonly Write[] {
  if (cause.kind === 'AlreadyExists') return []
  const { experiment, status } = situation
  const before = runStatusOf(status, name)
  const after = inError(before, write.kind === 'create' ? createRunFailure(name, cause.message) : cause.message)
  const analysisRuns = withEntries(status.analysisRuns, [after])
  return [
    ...planStatus(experiment, { ...status, analysisRuns }, 'EXP-503'),
    ...analysisEvents(before, after, situation),
  ]
}
