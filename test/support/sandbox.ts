import type { Clock } from '#lib/clock.ts'
import { type SandboxCluster, startSandboxFleet } from '#main/sandbox/start-fleet.ts'
import { type RawApi, rawApi } from './raw-api.ts'

export interface Sandbox extends RawApi {
  readonly cluster: SandboxCluster
  readonly clock: Clock
  readonly kubeconfig: string
  stop(): Promise<void>
}

/** One sandbox cluster, spoken to without any client of ours in between. */
export async function aSandbox(clock: Clock, speed = 1): Promise<Sandbox> {
  const fleet = await startSandboxFleet({ clusters: 1, seed: 7, clock, speed })
  const [cluster] = fleet.clusters
  if (cluster === undefined) throw new Error('a fleet without clusters')
  return {
    ...rawApi({
      url: cluster.url,
      headers: { Authorization: `Bearer ${cluster.token}` },
      ca: Buffer.from(cluster.server.caData ?? '', 'base64'),
    }),
    cluster,
    clock,
    kubeconfig: fleet.kubeconfig,
    stop: () => fleet.stop(),
  }
}
