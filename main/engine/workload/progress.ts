import type { Deployment, StatefulSet } from '#api/apps.ts'

/** A workload that Kubernetes itself rolls out. */
export type NativeWorkload = Deployment | StatefulSet

/** How far its update is. `message` is empty once nothing is left to do. */
export interface WorkloadProgress {
  readonly phase: 'Healthy' | 'Progressing' | 'Paused' | 'Degraded'
  readonly message: string
}

/**
 * Whether a workload has rolled out, as `kubectl rollout status` defines it. On top of that a Deployment that is paused reads as paused:
 * nothing of its template goes out until it is resumed.
 */
export const workloadProgress = (workload: NativeWorkload): WorkloadProgress =>
  workload.kind === 'Deployment' ? deploymentProgress(workload) : statefulSetProgress(workload)

function deploymentProgress(deployment: Deployment): WorkloadProgress {
  const left = isSeen(deployment) ? deploymentLeft(deployment) : unseen
  if (deployment.spec.paused === true)
    return { phase: 'Paused', message: left ?? 'paused; nothing of it is outstanding' }
  if (left === undefined) return done
  const trouble = isSeen(deployment) ? troubleOf(deployment) : undefined
  return trouble === undefined ? { phase: 'Progressing', message: left } : { phase: 'Degraded', message: trouble }
}

function troubleOf(deployment: Deployment): string | undefined {
  const deadline = conditionOf(deployment, 'Progressing')
  if (deadline?.reason === 'ProgressDeadlineExceeded') return deadline.message ?? 'its progress deadline is exceeded'
  const refused = conditionOf(deployment, 'ReplicaFailure')
  return refused?.status === 'True' ? (refused.message ?? 'its pods cannot be created') : undefined
}

const done: WorkloadProgress = { phase: 'Healthy', message: '' }
const unseen = 'its controller has not seen this change yet'

function deploymentLeft(deployment: Deployment): string | undefined {
  const { replicas = 0, updatedReplicas: updated = 0, availableReplicas: available = 0 } = deployment.status ?? {}
  const wanted = replicasOf(deployment)
  if (updated < wanted) return `${updated} of ${wanted} pods are new`
  if (replicas > updated) return `${replicas - updated} old pods are still there`
  return available < updated ? `${available} of ${updated} new pods are available` : undefined
}

function statefulSetProgress(set: StatefulSet): WorkloadProgress {
  const { updateStrategy = {} } = set.spec
  const left = isSeen(set) ? statefulSetLeft(set) : unseen
  if (left !== undefined) return { phase: 'Progressing', message: left }
  if (updateStrategy.type !== 'OnDelete' || !hasOldPods(set)) return done
  return { phase: 'Paused', message: 'a pod gets the new template once somebody deletes it (OnDelete)' }
}

function statefulSetLeft(set: StatefulSet): string | undefined {
  const { type, rollingUpdate } = set.spec.updateStrategy ?? {}
  const { readyReplicas: ready = 0, updatedReplicas: updated = 0 } = set.status ?? {}
  const wanted = replicasOf(set)
  if (ready < wanted) return `${ready} of ${wanted} pods are ready`
  if (type === 'OnDelete') return undefined
  const partition = rollingUpdate?.partition ?? 0
  if (partition > 0) {
    const due = Math.max(0, wanted - partition)
    return updated < due ? `${updated} of ${due} pods outside the partition are new` : undefined
  }
  return hasOldPods(set) ? `${updated} of ${wanted} pods are new` : undefined
}

const hasOldPods = ({ status = {} }: StatefulSet): boolean => status.updateRevision !== status.currentRevision

/** A StatefulSet that was never seen has generation 0 in its status. */
const isSeen = ({ metadata, status }: NativeWorkload): boolean =>
  status?.observedGeneration !== undefined && status.observedGeneration >= (metadata.generation ?? 0)

export const replicasOf = ({ spec }: NativeWorkload): number => spec.replicas ?? 1

const conditionOf = ({ status }: Deployment, type: string) => status?.conditions?.find((each) => each.type === type)
