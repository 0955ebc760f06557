import type { AnalysisRun } from '#api/analysis.ts'
import type { Experiment, ExperimentAnalysis, ExperimentTemplate } from '#api/experiment.ts'
import { annotations, labels } from '#api/keys.ts'
import type { Rollout } from '#api/rollout.ts'
import type { ExperimentAnalysisView, ExperimentTemplateView, ExperimentView } from '#contract/experiment-views.ts'
import { hasEnded, terminationAvailability } from '#engine/actions/terminate.ts'
import { isTemplateCompleted, isTerminatingWith, templateStatusOf } from '#engine/experiment/situation.ts'
import { endOf, replicasOf } from '#engine/experiment/spec-defaults.ts'
import { parseGoDuration } from '#lib/go-duration.ts'
import { parseInteger } from '#lib/int-or-string.ts'
import { redactText } from '#lib/redact-text.ts'
import { parseTime } from '#lib/rfc3339.ts'
import { newestFirst, offBecause, phaseView } from './analysis.ts'
import { clip } from './metric.ts'

/** The Experiment that the update waits for, else the newest one of this update; `undefined` when there is none. */
export function experimentView(
  rollout: Rollout,
  experiments: readonly Experiment[],
  runs: readonly AnalysisRun[],
): ExperimentView | undefined {
  const { currentPodHash, canary } = rollout.status ?? {}
  const ofUpdate = experiments.filter(
    ({ metadata }) => metadata.labels?.[labels.podTemplateHash] === currentPodHash && currentPodHash !== undefined,
  )
  const current = experiments.find(({ metadata }) => metadata.name === canary?.currentExperiment)
  const [shown] = current === undefined ? ofUpdate.toSorted(newestFirst) : [current]
  return shown && viewOf(shown, { current: shown === current, stepIndex: stepOf(rollout, shown), runs })
}

/** EXP-803: `NAME-HASH-REVISION-STEP`, or that with a number behind it. */
function stepOf({ metadata }: Rollout, experiment: Experiment): number | undefined {
  const { name, labels: marks, annotations: notes } = experiment.metadata
  const before = `${metadata.name}-${marks?.[labels.podTemplateHash]}-${notes?.[annotations.revision]}-`
  return name.startsWith(before) ? parseInteger(name.slice(before.length).split('-')[0]) : undefined
}

interface Known extends Pick<ExperimentView, 'current' | 'stepIndex'> {
  readonly runs: readonly AnalysisRun[]
}

function viewOf(experiment: Experiment, { runs, ...known }: Known): ExperimentView {
  const { metadata, spec, status = {} } = experiment
  const duration = parseGoDuration(spec.duration ?? '')
  return {
    ...known,
    name: metadata.name,
    phase: phaseView(status.phase),
    message: textOf(status.message),
    terminating: spec.terminate === true && !hasEnded(experiment),
    terminateOff: offBecause(terminationAvailability(experiment)),
    createdAt: parseTime(metadata.creationTimestamp) ?? 0,
    durationMs: duration.ok ? duration.value : undefined,
    endsAt: isTerminatingWith(spec, status) ? undefined : endOf(spec, status),
    templates: spec.templates.map((template) => templateView(template, experiment)),
    analyses: (spec.analyses ?? []).map((analysis) => analysisView(analysis, experiment, runs)),
  }
}

function templateView(template: ExperimentTemplate, { spec, status = {} }: Experiment): ExperimentTemplateView {
  const { status: state, message, readyReplicas = 0 } = templateStatusOf(status, template.name) ?? {}
  const isOver = isTerminatingWith(spec, status) || isTemplateCompleted(state)
  return {
    name: template.name,
    state: state ?? 'Unknown',
    message: textOf(message),
    images: (template.template.spec?.containers ?? []).map(({ image = '' }) => image),
    ready: readyReplicas,
    desired: isOver ? 0 : replicasOf(template),
  }
}

function analysisView(
  { name, requiredForCompletion }: ExperimentAnalysis,
  { status = {} }: Experiment,
  runs: readonly AnalysisRun[],
): ExperimentAnalysisView {
  const entry = (status.analysisRuns ?? []).find((each) => each.name === name)
  const named = entry?.analysisRun === '' ? undefined : entry?.analysisRun
  const run = runs.find(({ metadata }) => metadata.name === named)
  return {
    name,
    run: named,
    phase: phaseView(run?.status?.phase ?? entry?.phase),
    message: textOf(run?.status?.message ?? entry?.message),
    required: requiredForCompletion === true,
  }
}

const textOf = (message: string | undefined): string => clip(redactText(message ?? ''))
