import type { Deployment, ReplicaSet, WorkloadCondition } from '#api/apps.ts'
import type { EpochMs } from '#lib/clock.ts'
import { resolveAmount } from '#lib/int-or-string.ts'
import { formatSeconds, parseTime } from '#lib/rfc3339.ts'

type DeploymentStatus = NonNullable<Deployment['status']>
const deadlineSecondsDefault = 600

/** Counts and conditions as `kubectl rollout status` reads them, and when the progress deadline would pass. */
export function deploymentStatus(
  deployment: Deployment,
  newRS: ReplicaSet | undefined,
  all: readonly ReplicaSet[],
  now: EpochMs,
): { readonly status: DeploymentStatus; readonly nextAt: EpochMs | undefined } {
  const total = (count: (status: NonNullable<ReplicaSet['status']>) => number | undefined) =>
    all.reduce((sum, rs) => sum + (rs.status === undefined ? 0 : (count(rs.status) ?? 0)), 0)
  const wanted = deployment.spec.replicas ?? 1
  const available = total((status) => status.availableReplicas)
  const counts = {
    replicas: total((status) => status.replicas),
    updatedReplicas: newRS?.status?.replicas ?? 0,
    readyReplicas: total((status) => status.readyReplicas),
    availableReplicas: available,
    unavailableReplicas: Math.max(0, all.reduce((sum, rs) => sum + (rs.spec.replicas ?? 1), 0) - available),
  }
  const progressing = progressOf(deployment, newRS, counts, now)
  const conditions = [availability(deployment, available, now), ...(progressing === undefined ? [] : [progressing])]
  const others = (deployment.status?.conditions ?? []).filter(
    (each) => !conditions.some((one) => one.type === each.type),
  )
  return {
    status: {
      ...deployment.status,
      observedGeneration: deployment.metadata.generation ?? 0,
      ...counts,
      conditions: [...others, ...conditions],
    },
    nextAt:
      isComplete(wanted, counts) || progressing?.status === 'False' ? undefined : deadlineOf(deployment, progressing),
  }
}

const isComplete = (wanted: number, counts: DeploymentStatus): boolean =>
  counts.updatedReplicas === wanted && counts.replicas === wanted && counts.availableReplicas === wanted

const isAbout = ({ message = '' }: WorkloadCondition, replicaSet: string): boolean =>
  message.includes(`"${replicaSet}"`)

const conditionOf = ({ status }: Deployment, type: string): WorkloadCondition | undefined =>
  status?.conditions?.find((each) => each.type === type)

function progressOf(
  deployment: Deployment,
  newRS: ReplicaSet | undefined,
  counts: DeploymentStatus,
  now: EpochMs,
): WorkloadCondition | undefined {
  const before = conditionOf(deployment, 'Progressing')
  const name = newRS?.metadata.name ?? ''
  const say = (status: 'True' | 'False' | 'Unknown', reason: string, message: string) =>
    conditionAt({ type: 'Progressing', status, reason, message }, before, now)
  const move = (reason: string, message: string) => ({
    ...say('True', reason, message),
    lastUpdateTime: formatSeconds(now),
  })
  if (deployment.spec.paused === true) return say('Unknown', 'DeploymentPaused', 'Deployment is paused')
  if (newRS === undefined) return before
  if (isComplete(deployment.spec.replicas ?? 1, counts))
    return say('True', 'NewReplicaSetAvailable', `ReplicaSet "${name}" has successfully progressed.`)
  if (before === undefined || !isAbout(before, name))
    return move('NewReplicaSetCreated', `Created new replica set "${name}"`)
  if (before.reason === 'NewReplicaSetAvailable' && counts.replicas === counts.updatedReplicas) return before
  if (hasProgressed(deployment.status, counts)) return move('ReplicaSetUpdated', `ReplicaSet "${name}" is progressing.`)
  if (now < (deadlineOf(deployment, before) ?? Number.POSITIVE_INFINITY)) return before
  return say('False', 'ProgressDeadlineExceeded', `ReplicaSet "${name}" has timed out progressing.`)
}

function hasProgressed(before: DeploymentStatus = {}, after: DeploymentStatus): boolean {
  const counts = ['updatedReplicas', 'readyReplicas', 'availableReplicas'] as const
  return counts.some((count) => (after[count] ?? 0) > (before[count] ?? 0)) || oldReplicas(after) < oldReplicas(before)
}

const oldReplicas = ({ replicas = 0, updatedReplicas = 0 }: DeploymentStatus): number => replicas - updatedReplicas

function deadlineOf(deployment: Deployment, progressing: WorkloadCondition | undefined): EpochMs | undefined {
  const since = parseTime(progressing?.lastUpdateTime)
  const seconds = deployment.spec.progressDeadlineSeconds ?? deadlineSecondsDefault
  return since === undefined || deployment.spec.paused === true ? undefined : since + seconds * 1000
}

function availability(deployment: Deployment, available: number, now: EpochMs): WorkloadCondition {
  const wanted = deployment.spec.replicas ?? 1
  const tolerated = deployment.spec.strategy?.type === 'Recreate' ? 0 : maxUnavailable(deployment, wanted)
  const before = conditionOf(deployment, 'Available')
  return available >= wanted - tolerated
    ? conditionAt(
        {
          type: 'Available',
          status: 'True',
          reason: 'MinimumReplicasAvailable',
          message: 'Deployment has minimum availability.',
        },
        before,
        now,
      )
    : conditionAt(
        {
          type: 'Available',
          status: 'False',
          reason: 'MinimumReplicasUnavailable',
          message: 'Deployment does not have minimum availability.',
        },
        before,
        now,
      )
}

const maxUnavailable = (deployment: Deployment, wanted: number): number =>
  resolveAmount(deployment.spec.strategy?.rollingUpdate?.maxUnavailable ?? '25%', wanted, 'down') ?? 0

/** Keeps the moment of transition while the status holds, and the moment of update while nothing at all changes. */
function conditionAt(
  wanted: Pick<WorkloadCondition, 'type' | 'status'> & { readonly reason: string; readonly message: string },
  before: WorkloadCondition | undefined,
  now: EpochMs,
): WorkloadCondition {
  const at = formatSeconds(now)
  const same = before?.status === wanted.status && before.reason === wanted.reason && before.message === wanted.message
  return {
    ...wanted,
    lastUpdateTime: same ? (before.lastUpdateTime ?? at) : at,
    lastTransitionTime: before?.status === wanted.status ? (before.lastTransitionTime ?? at) : at,
  }
}
