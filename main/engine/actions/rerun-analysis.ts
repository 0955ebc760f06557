import type { AnalysisRun, Metric } from '#api/analysis.ts'
import { annotations, labels } from '#api/keys.ts'
import { apiVersionOf, resources } from '#api/resources.ts'
import type { Rollout } from '#api/rollout.ts'
import { effectiveCount } from '#engine/analysis/metric-phase.ts'
import { refTo } from '#engine/rollout/write.ts'
import { failure, success } from '#lib/outcome.ts'
import type { Planner } from './action-plan.ts'
import { runOfRollout } from './run-of-rollout.ts'

/** How long the new run is kept once it has ended. */
const keptSeconds = 3600
/** Of a metric that would go on until somebody stops it: nobody does here. */
const countOfEndless = 5
const nameMax = 240

/**
 * Measures once more what an AnalysisRun measured, as a dry run: from the same spec, under a name of its own, owned by nobody, gone an
 * hour after its end. The Rollout does not look at it. The world has to have the runs of the namespace.
 */
export const planRerunAnalysis: Planner = ({ rollout, world, parameters: { run: name } }) => {
  const { analysisRuns = [] } = world
  if (name === undefined) return failure({ reason: 'Name the AnalysisRun that is to be repeated' })
  const run = runOfRollout(world, name)
  if (run === undefined) return failure({ reason: `AnalysisRun ${name} is not there any more` })
  const object = rerunOf(run, rollout, freeName(run, analysisRuns))
  const endless = run.spec.metrics.filter((metric) => effectiveCount(metric) === undefined).map((metric) => metric.name)
  return success({
    writes: [
      {
        kind: 'create',
        ref: refTo(resources.analysisRuns, object),
        object,
        because: 'ANA-605',
        summary: `Create AnalysisRun ${object.metadata.name}: a dry run of ${name}`,
      },
    ],
    effects: [
      'Its metrics are measured once more, now. The outcome decides nothing: the rollout does not look at it',
      'It is deleted an hour after its end',
    ],
    warnings:
      endless.length === 0
        ? []
        : [`Measured ${countOfEndless} times, for they would go on until somebody stops them: ${endless.join(', ')}`],
    message: `AnalysisRun ${object.metadata.name} is begun`,
  })
}

/** `NAME-rerun-1`, or the first number that is free. */
function freeName({ metadata }: AnalysisRun, runs: readonly AnalysisRun[]): string {
  const base = (metadata.annotations?.[annotations.rerunOf] ?? metadata.name).slice(0, nameMax)
  const taken = new Set(runs.map((each) => each.metadata.name))
  let number = 1
  while (taken.has(`${base}-rerun-${number}`)) number++
  return `${base}-rerun-${number}`
}

/** What the templates of the first run said of how it is measured goes along. */
const howMeasured = [annotations.judge, annotations.judgeScore, annotations.metricsVia]

function rerunOf({ metadata, spec }: AnalysisRun, rollout: Rollout, name: string): AnalysisRun {
  const { annotations: before = {} } = metadata
  const revision = before[annotations.revision]
  const instanceID = metadata.labels?.[labels.instanceID]
  return {
    apiVersion: apiVersionOf(resources.analysisRuns),
    kind: resources.analysisRuns.kind,
    metadata: {
      name,
      ...(metadata.namespace !== undefined && { namespace: metadata.namespace }),
      labels: {
        [labels.rerunFor]: rollout.metadata.uid ?? '',
        ...(instanceID !== undefined && { [labels.instanceID]: instanceID }),
      },
      annotations: {
        ...Object.fromEntries(Object.entries(before).filter(([key]) => howMeasured.some((each) => each === key))),
        [annotations.rerunOf]: before[annotations.rerunOf] ?? metadata.name,
        ...(revision !== undefined && { [annotations.revision]: revision }),
      },
    },
    spec: {
      metrics: spec.metrics.map(ending),
      ...(spec.args !== undefined && { args: spec.args }),
      dryRun: [{ metricName: '.*' }],
      ...(spec.measurementRetention !== undefined && { measurementRetention: spec.measurementRetention }),
      ttlStrategy: { secondsAfterCompletion: keptSeconds },
    },
  }
}

const ending = (metric: Metric): Metric =>
  effectiveCount(metric) === undefined ? { ...metric, count: countOfEndless } : metric
