import type { WorkloadCondition } from '#api/apps.ts'
import type { Pod, PodTemplateSpec } from '#api/core.ts'
import type { KubeObject } from '#api/meta.ts'
import type { EpochMs } from '#lib/clock.ts'
import { formatSeconds, parseTime } from '#lib/rfc3339.ts'
import { earliest } from './controller.ts'
import { isActive, isReady } from './pod-life.ts'

export interface Job extends KubeObject {
  readonly spec: {
    readonly completions?: number
    readonly parallelism?: number
    readonly backoffLimit?: number
    readonly activeDeadlineSeconds?: number
    readonly ttlSecondsAfterFinished?: number
    readonly suspend?: boolean
    readonly template: PodTemplateSpec
  }
  readonly status?: JobStatus
}

export interface JobStatus {
  readonly startTime?: string
  readonly completionTime?: string
  readonly active?: number
  readonly ready?: number
  readonly succeeded?: number
  readonly failed?: number
  readonly conditions?: readonly WorkloadCondition[]
}

const backOffMs = { first: 10_000, max: 360_000 }

/** Counts, verdict, and when the deadline or the end of a back-off would change something. */
export function jobStatus(
  job: Job,
  pods: readonly Pod[],
  now: EpochMs,
): { readonly status: JobStatus; readonly nextAt: EpochMs | undefined } {
  if (isFinished(job.status)) return { status: job.status ?? {}, nextAt: undefined }
  const active = pods.filter(isActive)
  const [succeeded, failed] = [countOf(pods, 'Succeeded'), countOf(pods, 'Failed')]
  const startTime = startTimeOf(job, now)
  const deadline = deadlineOf(job, startTime)
  const verdict = verdictOf(job, { succeeded, failed, restarts: restartsOf(active) }, deadline, now)
  const ready = active.filter(isReady).length
  const known = {
    ...(startTime !== undefined && { startTime }),
    ...(succeeded > 0 && { succeeded }),
    ...(failed > 0 && { failed }),
  }
  if (verdict !== undefined) {
    const completed = verdict.at(-1)?.type === 'Complete' && { completionTime: formatSeconds(now) }
    return { status: { ...known, ...completed, ready: 0, conditions: verdict }, nextAt: undefined }
  }
  const retryAt = failed === 0 ? now : backOffEnds(failed, startTime)
  return {
    status: { ...known, ...(active.length > 0 && { active: active.length }), ready },
    nextAt: earliest(deadline, retryAt > now ? retryAt : undefined),
  }
}

const startTimeOf = ({ spec, status }: Job, now: EpochMs): string | undefined =>
  status?.startTime ?? (spec.suspend === true ? undefined : formatSeconds(now))

const countOf = (pods: readonly Pod[], phase: string): number =>
  pods.filter((pod) => pod.status?.phase === phase).length

/** Pods that should run now: none while a failure is being waited out. */
export function podsWanted(job: Job, status: JobStatus, active: number, now: EpochMs): number {
  if (isFinished(status) || job.spec.suspend === true) return 0
  const parallelism = job.spec.parallelism ?? 1
  const left = (job.spec.completions ?? parallelism) - (status.succeeded ?? 0)
  const wanted = Math.min(parallelism, left)
  return backOffEnds(status.failed ?? 0, status.startTime) > now ? Math.min(wanted, active) : wanted
}

const isFinished = (status: JobStatus | undefined): boolean =>
  status?.conditions?.some((each) => (each.type === 'Complete' || each.type === 'Failed') && each.status === 'True') ??
  false

/**
 * When the wait after `failed` failures is over. Upstream counts from each failure; counting their sum from the start keeps
 * the status the only memory.
 */
function backOffEnds(failed: number, startTime: string | undefined): EpochMs {
  const waits = Array.from({ length: failed }, (_, n) => Math.min(backOffMs.first * 2 ** n, backOffMs.max))
  return waits.reduce((at, each) => at + each, parseTime(startTime) ?? 0)
}

const restartsOf = (pods: readonly Pod[]): number =>
  pods.flatMap((pod) => pod.status?.containerStatuses ?? []).reduce((sum, each) => sum + each.restartCount, 0)

function deadlineOf(job: Job, startTime: string | undefined): EpochMs | undefined {
  const since = parseTime(startTime)
  const seconds = job.spec.activeDeadlineSeconds
  return since === undefined || seconds === undefined ? undefined : since + seconds * 1000
}

function verdictOf(
  job: Job,
  counts: { readonly succeeded: number; readonly failed: number; readonly restarts: number },
  deadline: EpochMs | undefined,
  now: EpochMs,
): readonly WorkloadCondition[] | undefined {
  const at = formatSeconds(now)
  const say = (type: string, reason: string, message: string): WorkloadCondition => ({
    type,
    status: 'True',
    reason,
    message,
    lastTransitionTime: at,
  })
  if (counts.succeeded >= (job.spec.completions ?? job.spec.parallelism ?? 1)) {
    const why = ['CompletionsReached', 'Reached expected number of succeeded pods'] as const
    return [say('SuccessCriteriaMet', ...why), say('Complete', ...why)]
  }
  const failure = (reason: string, message: string) => [
    say('FailureTarget', reason, message),
    say('Failed', reason, message),
  ]
  if (counts.failed + counts.restarts > (job.spec.backoffLimit ?? 6))
    return failure('BackoffLimitExceeded', 'Job has reached the specified backoff limit')
  if (deadline !== undefined && now >= deadline)
    return failure('DeadlineExceeded', 'Job was active longer than specified deadline')
  return undefined
}
