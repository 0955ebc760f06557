import type { Lease } from '#api/core.ts'
import { controllerNamespace, leaseName } from '#api/keys.ts'
import { resources } from '#api/resources.ts'
import type { ActionEffect } from '#contract/views.ts'
import { assertNever } from '#lib/assert.ts'
import type { EpochMs } from '#lib/clock.ts'
import { parseTime } from '#lib/rfc3339.ts'
import type { ClusterClient } from '#main/cluster/client.ts'
import { findReferenceControllers, findRival } from './ownership.ts'

export type Driver = Pick<ActionEffect, 'engine' | 'holder'>

/**
 * Who should drive the rollouts of a cluster (OPS-40), by one look at the lease and the controllers: for commands, which do not
 * stay to watch it being renewed.
 * @param now the API server's time, which is what holders are assumed to keep.
 */
export async function whoDrives(client: ClusterClient, now: EpochMs): Promise<Driver> {
  const read = await client.get(resources.leases, { namespace: controllerNamespace, name: leaseName })
  if (!read.ok && read.error.kind !== 'NotFound') return { engine: 'unknown', holder: undefined }
  const lease = read.ok ? (read.value as Lease).spec : undefined
  const holder = lease?.holderIdentity || undefined
  const until = (parseTime(lease?.renewTime) ?? 0) + (lease?.leaseDurationSeconds ?? 0) * 1000
  if (holder !== undefined && now < until) return { engine: 'inCluster', holder }
  const controllers = await findReferenceControllers(client)
  const rival = controllers.ok
    ? findRival(controllers.value, { leaseNamespace: controllerNamespace, instanceID: '' })
    : undefined
  return rival === undefined
    ? { engine: 'observed', holder }
    : { engine: 'inCluster', holder: `${rival.namespace}/${rival.name}` }
}

/** ACT-58, for the command line. */
export function notSeenText({ engine, holder }: Driver, waitedMs: number): string {
  const seconds = Math.round(waitedMs / 1000)
  return `accepted by the API server, but not seen to take effect after ${seconds} s: ${whoText({ engine, holder })}`
}

function whoText({ engine, holder }: Driver): string {
  switch (engine) {
    case 'driven':
      return 'Argosy drives this cluster itself and should have acted'
    case 'inCluster':
    case 'contested':
      return `the engine that drives this cluster (${holder ?? 'unnamed'}) should have acted and may be down`
    case 'observed':
      return holder === undefined
        ? 'no engine drives this cluster'
        : `no engine drives this cluster; the last was ${holder}`
    case 'unknown':
    case 'snapshot':
      return 'the engine that drives this rollout may be down'
    default:
      return assertNever(engine)
  }
}
