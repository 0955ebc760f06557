import { controllerNamespace } from '#api/keys.ts'
import type { EpochMs } from '#lib/clock.ts'
import type { ClusterClient } from '#main/cluster/client.ts'
import { hostOf } from './lease-holder.ts'
import { findReferenceControllers } from './ownership.ts'
import { whoDrives } from './who-drives.ts'

/**
 * Whether that holder of the lease runs in the cluster: any but an Argosy does, and an Argosy whose host is a pod of one of these Deployments.
 * All others are laptops, and their updates stand still when they sleep (SR-5).
 */
export function isHolderInCluster(holder: string, deployments: readonly string[]): boolean {
  const host = hostOf(holder)
  return host === undefined || deployments.some((name) => host.startsWith(`${name}-`))
}

export interface Drives {
  readonly isDriven: boolean
  readonly isInCluster: boolean
}

/** By one look at the lease and the controllers. Where those cannot be listed, an Argosy is a laptop. */
export async function drivesInCluster(client: ClusterClient, now: EpochMs): Promise<Drives> {
  const { engine, holder } = await whoDrives(client, now)
  const isDriven = engine === 'inCluster' || engine === 'driven'
  if (engine !== 'inCluster' || holder === undefined) return { isDriven, isInCluster: false }
  if (hostOf(holder) === undefined) return { isDriven, isInCluster: true }
  const found = await findReferenceControllers(client, [controllerNamespace])
  const ready = found.ok ? found.value.filter(({ readyReplicas }) => readyReplicas > 0) : []
  return {
    isDriven,
    isInCluster: isHolderInCluster(
      holder,
      ready.map(({ name }) => name),
    ),
  }
}
