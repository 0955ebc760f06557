import type { Deployment } from '#api/apps.ts'
import { resources } from '#api/resources.ts'
import { podHashOf, readyOf, revisionOf } from '#engine/rollout/replica-set/facts.ts'
import { jsonEqual } from '#lib/json-patch.ts'
import type { Checker, RestSeen } from '../checker.ts'
import type { Decided } from '../controller-process.ts'

/**
 * Of the Deployment that lends its template a controller changes the size alone, only in the first revision and as the mode allows. It
 * grows only to make up for pods that are not ready here, and shrinks only by pods that are.
 */
export const workloadHandedOver = (): Checker => ({
  name: 'workload handed over',
  rules: ['REC-83', 'REC-84', 'REC-85', 'REC-86'],
  onChange(seen) {
    const { decided, change } = seen
    if (decided === undefined || change.resource !== resources.deployments) return undefined
    if (change.type !== 'MODIFIED') return `the Deployment was ${change.type} by ${change.by}`
    const [before, after] = [change.before as Deployment, change.object as Deployment]
    const { replicas: from = 1, ...kept } = before.spec
    const { replicas: to = 1, ...left } = after.spec
    if (!jsonEqual(kept, left)) return 'more than the size of the Deployment was changed'
    return wrongSize(decided, from, to)
  },
  atRest: (seen) => (seen.rollout.spec.paused === true ? undefined : notHandedOver(seen)),
})

function wrongSize({ world }: Decided, from: number, to: number): string | undefined {
  const { spec, status = {} } = world.rollout
  const current = world.replicaSets.find((rs) => podHashOf(rs) === status.currentPodHash)
  const [replicas, ready] = [spec.replicas ?? 1, readyOf(current)]
  const what = `the Deployment went from ${from} to ${to} pods`
  if (revisionOf(current) !== 1) return `${what} in revision ${revisionOf(current)}`
  const isHealthy = status.phase === 'Healthy'
  switch (spec.workloadRef?.scaleDown) {
    case 'onsuccess':
      return isHealthy && to === 0 ? undefined : `${what} although the phase is ${status.phase}`
    case 'progressively': {
      const enough = Math.min(replicas, from + ready)
      if (to + ready < enough) return `${what} while ${ready} of ${replicas} pods are ready here`
      return to <= Math.max(from, replicas - ready)
        ? undefined
        : `${what} although ${ready} of ${replicas} pods are ready`
    }
    default:
      return `${what} although nobody wants it scaled`
  }
}

function notHandedOver({ rollout, replicaSets, deployment }: RestSeen): string | undefined {
  const { spec, status = {} } = rollout
  const current = replicaSets.find((rs) => podHashOf(rs) === status.currentPodHash)
  const size = deployment?.spec.replicas ?? 0
  const mode = spec.workloadRef?.scaleDown
  if (deployment === undefined || revisionOf(current) !== 1 || mode === 'never') return undefined
  if (status.phase === 'Healthy' && size > 0) return `Healthy, and the Deployment still has ${size} pods`
  const [replicas, ready] = [spec.replicas ?? 1, readyOf(current)]
  return mode === 'progressively' && ready > 0 && size + ready < replicas
    ? `${ready} of ${replicas} pods are ready, and the Deployment has ${size}`
    : undefined
}
