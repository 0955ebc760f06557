import type { AnalysisArgument, AnalysisRun } from '#api/analysis.ts'
import { annotations, labels } from '#api/keys.ts'
import type { KubeObject } from '#api/meta.ts'
import { resources } from '#api/resources.ts'
import type { Rollout } from '#api/rollout.ts'
import type {
  AnalysisArgumentView,
  AnalysisKind,
  AnalysisPhaseView,
  AnalysisRunView,
} from '#contract/analysis-views.ts'
import type { ActionAvailability } from '#engine/actions/availability.ts'
import { terminationAvailability } from '#engine/actions/terminate.ts'
import { controllerOf } from '#engine/ownership.ts'
import { currentRuns } from '#engine/rollout/analysis/runs.ts'
import { parseInteger } from '#lib/int-or-string.ts'
import { redactText } from '#lib/redact-text.ts'
import { parseTime } from '#lib/rfc3339.ts'
import { clip, isSecretArgument, metricViews, secretShown } from './metric.ts'

/** More than the history limits of a Rollout keep. */
const runsMax = 20
/** Of all runs together: the newest runs have theirs, the oldest may have none. */
const measurementsMax = 6000

/**
 * The AnalysisRuns of a Rollout: those it waits for first, then the newest. No secret is in them: an argument from a Secret has `•••`
 * for its value wherever it is used.
 */
export function analysisRunViews(rollout: Rollout, runs: readonly AnalysisRun[]): readonly AnalysisRunView[] {
  const current = new Set(Object.values(currentRuns(rollout.status ?? {}, runs)))
  let room = measurementsMax
  return runs
    .toSorted((a, b) => Number(current.has(b)) - Number(current.has(a)) || newestFirst(a, b))
    .slice(0, runsMax)
    .map((run) => {
      const view = runView(run, current.has(run), room)
      room -= view.metrics.reduce((sum, { measurements }) => sum + measurements.length, 0)
      return view
    })
}

/** A repetition of a run of this Rollout; nobody owns it. */
export const isRerunFor = ({ metadata: { uid } }: Rollout, { metadata }: AnalysisRun): boolean =>
  uid !== undefined && metadata.labels?.[labels.rerunFor] === uid

/** Equal times by name (VIEW-14). */
export function newestFirst({ metadata: a }: KubeObject, { metadata: b }: KubeObject): number {
  const byAge = (parseTime(b.creationTimestamp) ?? 0) - (parseTime(a.creationTimestamp) ?? 0)
  return byAge === 0 ? (a.name < b.name ? 1 : -1) : byAge
}

function runView(run: AnalysisRun, current: boolean, measurementRoom: number): AnalysisRunView {
  const { metadata, spec, status = {} } = run
  return {
    name: metadata.name,
    kind: kindOf(run),
    stepIndex: parseInteger(metadata.labels?.[labels.stepIndex]),
    revision: parseInteger(metadata.annotations?.[annotations.revision]),
    current,
    rerunOf: metadata.annotations?.[annotations.rerunOf],
    phase: phaseView(status.phase),
    message: clip(redactText(status.message ?? '')),
    score: scoreOf(run),
    terminating: spec.terminate === true,
    terminateOff: offBecause(terminationAvailability(run)),
    createdAt: parseTime(metadata.creationTimestamp) ?? 0,
    startedAt: parseTime(status.startedAt),
    completedAt: parseTime(status.completedAt),
    args: (spec.args ?? []).map(argumentView),
    metrics: metricViews(run, measurementRoom),
  }
}

export const offBecause = (availability: ActionAvailability): string | undefined =>
  availability.open ? undefined : availability.reason

/** What is no number from 0 to 100 is no score, whoever wrote it. */
function scoreOf({ metadata }: AnalysisRun): number | undefined {
  const text = metadata.annotations?.[annotations.score] ?? ''
  return /^\d{1,3}(\.\d{1,2})?$/.test(text) && Number(text) <= 100 ? Number(text) : undefined
}

const kinds: readonly AnalysisKind[] = ['Step', 'Background', 'PrePromotion', 'PostPromotion']

function kindOf(run: AnalysisRun): AnalysisKind {
  if (controllerOf(run)?.kind === resources.experiments.kind) return 'Experiment'
  return kinds.find((kind) => kind === run.metadata.labels?.[labels.rolloutType]) ?? 'none'
}

/** VIEW-191: a phase that is missing is no phase. */
export const phaseView = (phase: AnalysisPhaseView | '' | undefined): AnalysisPhaseView =>
  phase === undefined || phase === '' ? 'Unknown' : phase

function argumentView(argument: AnalysisArgument): AnalysisArgumentView {
  const { name, value, valueFrom } = argument
  const secret = valueFrom?.secretKeyRef
  if (secret !== undefined) return { name, value: secretShown, source: `secret ${secret.name}/${secret.key}` }
  const field = valueFrom?.fieldRef?.fieldPath
  const shown = isSecretArgument(argument) ? secretShown : value && clip(redactText(value))
  return { name, value: shown, source: field }
}
