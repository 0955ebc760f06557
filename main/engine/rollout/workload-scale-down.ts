import type { Deployment } from '#api/apps.ts'
import { apiVersionOf, resources } from '#api/resources.ts'
import type { RuleId, Write } from '#engine/decision.ts'
import { availableOf, readyOf, revisionOf, sizeOf } from './replica-set/facts.ts'
import type { Release } from './situation.ts'
import { refTo } from './write.ts'

/**
 * Scales down the Deployment that lends its template, while its pods move over to the first revision (REC-84…86).
 * `onsuccess`: to nothing, once the Rollout is Healthy. `progressively`: by as many pods as are ready here, and up again if they
 * are lost. Any other mode, and any later revision, leaves it alone.
 * @param nextSize the size this round wants of the current ReplicaSet
 */
export function planWorkloadScaleDown(release: Release, nextSize: number): readonly Write[] {
  const { spec, currentRS } = release
  const deployment = lentBy(release)
  if (deployment === undefined || revisionOf(currentRS) !== 1) return []
  switch (spec.workloadRef?.scaleDown) {
    case 'onsuccess':
      return isSettled(release) ? scaleTo(deployment, 0, 'REC-84') : []
    case 'progressively':
      return scaleTo(deployment, replicasLeft(release, nextSize), 'REC-85')
    default:
      return []
  }
}

/** By what the reference says: an object that comes from a list has no kind of its own. */
const lentBy = ({ world, spec }: Release): Deployment | undefined =>
  spec.workloadRef?.kind === 'Deployment' ? (world.workload as Deployment | undefined) : undefined

/** Promoted, available, and stored as Healthy by an earlier round. */
const isSettled = ({ status, isFullyPromoted, currentRS, replicas }: Release): boolean =>
  status.phase === 'Healthy' && isFullyPromoted && availableOf(currentRS) >= replicas

/**
 * Pods the Deployment should keep; `undefined` while nothing here can stand in for it. The reference reckons with the phase and the
 * ready pods of the status before this round: in a round that sees pods lost it still takes as many from the Deployment.
 */
function replicasLeft({ status, currentRS, replicas }: Release, nextSize: number): number | undefined {
  const ready = readyOf(currentRS)
  const wasReady = status.phase === 'Healthy' || (status.readyReplicas ?? 0) > 0
  return wasReady || ready > 0 || sizeOf(currentRS) > nextSize ? Math.max(0, replicas - ready) : undefined
}

/** REC-86: nothing when it has that size already. */
function scaleTo(deployment: Deployment, replicas: number | undefined, because: RuleId): readonly Write[] {
  const from = deployment.spec.replicas ?? 1
  if (replicas === undefined || replicas === from) return []
  const { kind } = resources.deployments
  const apiVersion = apiVersionOf(resources.deployments)
  const scaled = { ...deployment, apiVersion, kind, spec: { ...deployment.spec, replicas } }
  return [
    {
      kind: 'update',
      ref: refTo(resources.deployments, deployment),
      // Replaced, for the role that comes with Argo Rollouts may update Deployments and not patch them (OPS-94).
      object: scaled,
      because,
      summary: `Scale Deployment ${deployment.metadata.name} from ${from} to ${replicas}: its pods move to the Rollout`,
    },
  ]
}
