import type { AnalysisRun, Measurement, Metric } from '#api/analysis.ts'
import type { WorkloadCondition } from '#api/apps.ts'
import type { Pod } from '#api/core.ts'
import type { KubeObject, LabelSelector } from '#api/meta.ts'
import { resources } from '#api/resources.ts'
import type { Clock, EpochMs } from '#lib/clock.ts'
import type { Failure } from '#lib/failure.ts'
import { formatSelector } from '#lib/label-selector.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import { formatSeconds, parseTime } from '#lib/rfc3339.ts'
import type { At, ClusterClient } from '#main/cluster/client.ts'
import { isJobOf, type JobBlock, jobBlock, jobObject, jobsOf, metricNameOf } from './job-object.ts'
import type { MeasureContext, Provider } from './provider.ts'
import { failed } from './query.ts'
import { readShape } from './read-shape.ts'

interface Measured {
  readonly run: AnalysisRun
  readonly metric: Metric
  readonly block: JobBlock
  readonly client: ClusterClient
  readonly clock: Clock
  readonly namespace: string
  readonly besideRun: boolean
}

/** A Job measures by completing or failing; conditions are not looked at (PRV-401, ANA-704). */
export const job: Provider = async (metric, context) => {
  const block = readShape(jobBlock, 'job', metric.provider['job'])
  if (!block.ok) return block
  const place = await placeOf(context)
  if (!place.ok) return place
  const measured: Measured = { run: context.run, metric, block: block.value, clock: context.clock, ...place.value }
  return success({
    metadata: {},
    run: () => create(measured),
    resume: (measurement) => withJob(measured, measurement, (at) => resume(measured, measurement, at)),
    terminate: (measurement) => withJob(measured, measurement, (at) => terminate(measured, measurement, at)),
    garbageCollect: (limit) => garbageCollect(measured, limit),
  })
}

/** PRV-403: cluster and namespace are those of the run unless settings say otherwise. */
async function placeOf({
  settings: { env },
  run,
  client,
  jobClient,
}: MeasureContext): Promise<Outcome<Pick<Measured, 'client' | 'namespace' | 'besideRun'>, string>> {
  const home = run.metadata.namespace ?? ''
  const namespace = env['ARGO_ROLLOUTS_ANALYSIS_JOB_NAMESPACE'] || home
  const kubeconfig = env['ARGO_ROLLOUTS_ANALYSIS_JOB_KUBECONFIG'] ?? ''
  if (kubeconfig === '') return success({ client, namespace, besideRun: namespace === home })
  const other = await jobClient?.(kubeconfig)
  if (other === undefined) return failure('ARGO_ROLLOUTS_ANALYSIS_JOB_KUBECONFIG is set, and Jobs cannot be sent there')
  return other.ok ? success({ client: other.value, namespace, besideRun: false }) : other
}

async function create({ run, metric, block, client, clock, namespace, besideRun }: Measured): Promise<Measurement> {
  const startedAt = formatSeconds(clock.now())
  const wanted = jobObject({ run, metric, block, namespace, besideRun })
  const created = await client.create(resources.jobs, wanted)
  const mine = created.ok ? created : await adopt(created.error)
  if (!mine.ok) return failed({ startedAt }, mine.error.message, clock)
  const metadata = { 'job-name': wanted.metadata.name, 'job-namespace': namespace }
  return { phase: 'Running', startedAt, metadata, resumeAt: startedAt }

  /** A crash between creation and the status of the run leaves a Job that is this very measurement. */
  async function adopt(refused: Failure): Promise<Outcome<KubeObject, Failure>> {
    if (refused.kind !== 'AlreadyExists') return failure(refused)
    const found = await client.get(resources.jobs, { namespace, name: wanted.metadata.name })
    return found.ok && isJobOf(found.value, run, besideRun) ? found : failure(refused)
  }
}

/** Older runs lack the namespace. */
function withJob(
  { run, clock }: Measured,
  measurement: Measurement,
  go: (at: Required<At>) => Promise<Measurement>,
): Promise<Measurement> {
  const name = measurement.metadata?.['job-name'] ?? ''
  if (name === '') return Promise.resolve(failed(measurement, 'job metadata reference missing', clock))
  return go({ name, namespace: measurement.metadata?.['job-namespace'] || run.metadata.namespace || '' })
}

interface StoredJob extends KubeObject {
  readonly spec?: { readonly selector?: LabelSelector }
  readonly status?: { readonly conditions?: readonly WorkloadCondition[] }
}

async function resume({ client, clock }: Measured, measurement: Measurement, at: Required<At>): Promise<Measurement> {
  const found = await client.get(resources.jobs, at)
  if (!found.ok) return failed(measurement, readText(found.error, at.name), clock)
  const stored: StoredJob = found.value
  const verdict = verdictOf(stored)
  if (verdict !== undefined) return { ...measurement, phase: verdict, finishedAt: formatSeconds(clock.now()) }
  const pods = await podsOf(client, at, stored.spec?.selector)
  if (!pods.ok) return failed(measurement, pods.error, clock)
  const stuck = terminalError(pods.value)
  if (stuck !== undefined)
    return { ...measurement, phase: 'Inconclusive', message: stuck, finishedAt: formatSeconds(clock.now()) }
  return { ...measurement, resumeAt: resumeAt(measurement, clock.now()) }
}

const readText = (error: Failure, name: string): string =>
  error.kind === 'NotFound' && error.name !== undefined ? `job.batch "${name}" not found` : error.message

/** The last condition wins, and its status does not matter (PRV-406). */
function verdictOf({ status }: StoredJob): 'Successful' | 'Failed' | undefined {
  const last = status?.conditions?.findLast(({ type }) => type === 'Complete' || type === 'Failed')
  return last === undefined ? undefined : last.type === 'Complete' ? 'Successful' : 'Failed'
}

async function podsOf(
  client: ClusterClient,
  { namespace }: At,
  selector: LabelSelector | undefined,
): Promise<Outcome<readonly KubeObject[], string>> {
  if (selector === undefined) return success([])
  const pods = await client.list(resources.pods, { namespace, labelSelector: formatSelector(selector) })
  return pods.ok ? success(pods.value.items) : failure(pods.error.message)
}

/** The Job would never get on by itself; a person has to look. */
const terminalReasons: readonly (string | undefined)[] = ['ErrImagePull', 'ImagePullBackOff', 'InvalidImageName']

function terminalError(pods: readonly KubeObject[]): string | undefined {
  for (const { metadata, status } of pods as readonly Pod[])
    for (const { name, state } of [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])]) {
      const { reason, message = '' } = state?.waiting ?? {}
      if (terminalReasons.includes(reason))
        return `Pod ${metadata.name}, container ${name} has terminal error (${reason}): ${message}\n`
    }
  return undefined
}

/**
 * Looked at again after √(2 · elapsed) seconds: at once in the beginning, seldom later (PRV-406). Never within the same second: the
 * reference then polls as fast as the API server answers.
 */
function resumeAt({ startedAt }: Measurement, now: EpochMs): string {
  const elapsedSeconds = Math.max(0, now - (parseTime(startedAt) ?? now)) / 1000
  return formatSeconds(now + Math.max(1, Math.sqrt(2 * elapsedSeconds)) * 1000)
}

async function terminate({ client, clock }: Measured, measurement: Measurement, at: At): Promise<Measurement> {
  const gone = await remove(client, at)
  if (!gone.ok) return failed(measurement, gone.error, clock)
  return { ...measurement, phase: 'Inconclusive', finishedAt: formatSeconds(clock.now()) }
}

async function remove(client: ClusterClient, at: At): Promise<Outcome<void, string>> {
  const deleted = await client.delete(resources.jobs, at, { propagationPolicy: 'Foreground' })
  return deleted.ok || deleted.error.kind === 'NotFound' ? success(undefined) : failure(deleted.error.message)
}

/**
 * The oldest Jobs of the metric go until `limit` are left (PRV-408). The reference counts the Jobs of all metrics of the run, and
 * so deletes those that others still measure by.
 */
async function garbageCollect(
  { run, metric, client, namespace }: Measured,
  limit: number,
): Promise<Outcome<void, string>> {
  const jobs = await client.list(resources.jobs, { namespace, labelSelector: jobsOf(run) })
  if (!jobs.ok) return failure(jobs.error.message)
  const oldestFirst = jobs.value.items
    .filter((each) => metricNameOf(each) === metric.name)
    .toSorted((a, b) => createdAt(a) - createdAt(b))
  for (const { metadata } of oldestFirst.slice(0, Math.max(0, oldestFirst.length - limit))) {
    const gone = await remove(client, { namespace, name: metadata.name })
    if (!gone.ok) return gone
  }
  return success(undefined)
}

const createdAt = ({ metadata }: KubeObject): EpochMs => parseTime(metadata.creationTimestamp) ?? 0
