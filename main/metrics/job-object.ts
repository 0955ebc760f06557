import * as v from 'valibot'
import type { AnalysisRun, Metric } from '#api/analysis.ts'
import type { PodTemplateSpec } from '#api/core.ts'
import type { KubeObject } from '#api/meta.ts'
import { apiVersionOf, resources } from '#api/resources.ts'
import { controlledBy, controllerOf } from '#engine/ownership.ts'

const texts = v.nullish(v.record(v.string(), v.string()))

/** PRV-401. The spec is that of `batch/v1`, which the API server checks. */
export const jobBlock = v.looseObject({
  metadata: v.nullish(v.looseObject({ labels: texts, annotations: texts })),
  spec: v.looseObject({
    template: v.nullish(v.looseObject({ metadata: v.nullish(v.looseObject({ labels: texts })) })),
  }),
})
export type JobBlock = v.InferOutput<typeof jobBlock>

export interface JobObject extends KubeObject {
  readonly spec: { readonly template: Pick<PodTemplateSpec, 'metadata'>; readonly [field: string]: unknown }
}

/** What ties a Job to the run that measures by it (PRV-404). */
const marks = {
  uid: 'analysisrun.argoproj.io/uid',
  name: 'analysisrun.argoproj.io/name',
  namespace: 'analysisrun.argoproj.io/namespace',
  metricName: 'analysisrun.argoproj.io/metric-name',
} as const

/** The Jobs of one run. */
export const jobsOf = ({ metadata }: AnalysisRun): string => `${marks.uid}=${metadata.uid}`

export const metricNameOf = ({ metadata }: KubeObject): string | undefined => metadata.annotations?.[marks.metricName]

const kubernetesNameMax = 63

/**
 * `<run uid>.<metric>.<n>` for the n-th measurement ever; the name of the metric gives way where it would be too long, because a
 * Job's name becomes a label of its pods (PRV-402).
 */
export function jobName(run: AnalysisRun, metric: string): string {
  const result = run.status?.metricResults?.find(({ name }) => name === metric)
  const number = (result?.count ?? 0) + (result?.error ?? 0) + 1
  const room = kubernetesNameMax - `${run.metadata.uid}..${number}`.length
  return `${run.metadata.uid}.${metric.slice(0, Math.max(0, room))}.${number}`
}

interface Placed {
  readonly run: AnalysisRun
  readonly metric: Pick<Metric, 'name'>
  readonly block: JobBlock
  readonly namespace: string
  /** It shares cluster and namespace with the run. An owner elsewhere would have the garbage collector delete the Job at once. */
  readonly besideRun: boolean
}

/** The Job that measures, as it is created (PRV-404). */
export function jobObject({ run, metric, block, namespace, besideRun }: Placed): JobObject {
  const uid = run.metadata.uid ?? ''
  const { template } = block.spec
  return {
    apiVersion: apiVersionOf(resources.jobs),
    kind: resources.jobs.kind,
    metadata: {
      name: jobName(run, metric.name),
      namespace,
      labels: { ...block.metadata?.labels, [marks.uid]: uid },
      annotations: {
        ...block.metadata?.annotations,
        [marks.name]: run.metadata.name,
        [marks.namespace]: run.metadata.namespace ?? '',
        [marks.metricName]: metric.name,
      },
      ...(besideRun && { ownerReferences: [controlledBy(resources.analysisRuns, run)] }),
    },
    spec: {
      ...block.spec,
      template: {
        ...template,
        metadata: { ...template?.metadata, labels: { ...template?.metadata?.labels, [marks.uid]: uid } },
      },
    },
  }
}

/** A Job of the wanted name was made for this very run, by whoever drove it before (PRV-405). */
export function isJobOf(job: KubeObject, run: AnalysisRun, besideRun: boolean): boolean {
  const uid = besideRun ? controllerOf(job)?.uid : job.metadata.labels?.[marks.uid]
  return uid !== undefined && uid === run.metadata.uid
}
