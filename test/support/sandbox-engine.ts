import { reconcileRollout } from '#engine/rollout/reconcile.ts'
import type { Clock } from '#lib/clock.ts'
import { silentLog } from '#lib/log.ts'
import type { ClusterClient } from '#main/cluster/client.ts'
import type { Cluster } from '#main/cluster/cluster.ts'
import { loadKubeconfig } from '#main/cluster/kubeconfig.ts'
import { openCluster } from '#main/cluster/open-cluster.ts'
import { createClusterClient } from '#main/cluster/rest.ts'
import { createEngine, type Engine } from '#main/controller/engine.ts'
import { openMetrics } from '#main/metrics/open-metrics.ts'
import { openNotifications } from '#main/notifications/open-notifications.ts'

export interface EngineChoices {
  /** Only of this namespace, its lease there too; of all when absent. */
  readonly namespace?: string | undefined
  readonly identity?: string | undefined
  /** Only watches who drives. */
  readonly observes?: boolean | undefined
  /** What metric providers take from their environment. */
  readonly env?: Readonly<Record<string, string>> | undefined
  /** What stands between the engine and its client. */
  readonly through?: (client: ClusterClient) => ClusterClient
}

/** The real engine on one context of a kubeconfig file, over real HTTP. */
export function anEngineOn(
  kubeconfig: string,
  context: string,
  clock: Clock,
  {
    namespace,
    identity = 'argosy-test_1',
    observes = false,
    env = {},
    through = (client) => client,
  }: EngineChoices = {},
): {
  readonly engine: Engine
  readonly cluster: Cluster
  readonly stop: (release?: boolean) => Promise<void>
  readonly cut: () => Promise<void>
} {
  const config = loadKubeconfig({ paths: [kubeconfig] })
  const access = config.ok ? config.value.access(context) : undefined
  if (access === undefined) throw new Error(`no context ${context}`)
  const client = through(createClusterClient({ access, clock, random: () => 0.5, env: {} }))
  const cluster = openCluster({
    context,
    client,
    clock,
    random: () => 0.5,
    log: silentLog,
    ...(namespace !== undefined && { namespaces: [namespace] }),
  })
  const metrics = openMetrics({
    client,
    clock,
    openClient: (to) => createClusterClient({ access: to, clock, random: () => 0.5, env: {} }),
    settings: { controllerNamespace: 'argo-rollouts', env },
  })
  const notifications = openNotifications({ client, clock, env: {} })
  const engine = createEngine({
    cluster,
    metrics,
    notifications,
    clock,
    log: silentLog,
    reconcile: reconcileRollout,
    random: () => 0,
    identity,
    leaseNamespace: namespace ?? 'argo-rollouts',
  })
  if (observes) engine.observe()
  else engine.start()
  cluster.start()
  const cut = async () => {
    await cluster.stop()
    await metrics.close()
    await notifications.close()
    await client.close()
  }
  return {
    engine,
    cluster,
    cut,
    stop: async (release = false) => {
      await engine.stop({ release })
      await cut()
    },
  }
}
