import { resolveAmount } from '#lib/int-or-string.ts'

export interface ReplicaSetSize {
  readonly name: string
  /** Wanted pods. */
  readonly replicas: number
  readonly available: number
}

export interface RollingUpdate {
  /** Wanted pods of the Deployment. */
  readonly replicas: number
  readonly maxSurge: number | string
  readonly maxUnavailable: number | string
  readonly newRS: ReplicaSetSize
  /** Oldest first. */
  readonly oldRSs: readonly ReplicaSetSize[]
}

/**
 * The next sizes, by name, of the ReplicaSets of a Deployment under RollingUpdate; those that stay are absent. Grows the new
 * one within `maxSurge`; shrinks the old ones, unhealthy pods first, while enough pods stay available. Percentages round up
 * for surge and down for unavailability; if both come to 0, one pod may be unavailable.
 */
export function planRollingUpdate(update: RollingUpdate): ReadonlyMap<string, number> {
  const { replicas, newRS, oldRSs } = update
  const surge = resolveAmount(update.maxSurge, replicas, 'up') ?? 0
  const allowed = resolveAmount(update.maxUnavailable, replicas, 'down') ?? 0
  const maxUnavailable = surge === 0 && allowed === 0 ? 1 : Math.min(allowed, replicas)
  const total = sum([newRS, ...oldRSs].map((each) => each.replicas))
  if (newRS.replicas > replicas) return new Map([[newRS.name, replicas]])
  const grow = Math.min(Math.max(0, replicas + surge - total), replicas - newRS.replicas)
  if (grow > 0) return new Map([[newRS.name, newRS.replicas + grow]])
  return shrink(update, total, replicas - maxUnavailable)
}

function shrink({ newRS, oldRSs }: RollingUpdate, total: number, minAvailable: number): ReadonlyMap<string, number> {
  const sizes = new Map<string, number>()
  let spare = total - minAvailable - (newRS.replicas - newRS.available)
  for (const rs of oldRSs) {
    const unhealthy = Math.min(Math.max(0, spare), rs.replicas - Math.min(rs.available, rs.replicas))
    if (unhealthy === 0) continue
    sizes.set(rs.name, rs.replicas - unhealthy)
    spare -= unhealthy
  }
  let removable = Math.min(spare, sum([newRS, ...oldRSs].map((each) => each.available)) - minAvailable)
  for (const rs of oldRSs) {
    const size = sizes.get(rs.name) ?? rs.replicas
    const remove = Math.min(Math.max(0, removable), size)
    if (remove === 0) continue
    sizes.set(rs.name, size - remove)
    removable -= remove
  }
  return sizes
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0)
