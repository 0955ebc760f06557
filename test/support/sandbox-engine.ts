import { reconcileRollout } from '#engine/rollout/reconcile.ts'
import type { Clock } from '#lib/clock.ts'
import { silentLog } from '#lib/log.ts'
import { loadKubeconfig } from '#main/cluster/kubeconfig.ts'
import { openCluster } from '#main/cluster/open-cluster.ts'
import { createClusterClient } from '#main/cluster/rest.ts'
import { createEngine, type Engine } from '#main/controller/engine.ts'

/** The real engine on one context of a kubeconfig file, over real HTTP; of one namespace, its lease there too, or of all. */
export function anEngineOn(
  kubeconfig: string,
  context: string,
  clock: Clock,
  namespace?: string,
): { readonly engine: Engine; readonly stop: () => Promise<void> } {
  const config = loadKubeconfig({ paths: [kubeconfig] })
  const access = config.ok ? config.value.access(context) : undefined
  if (access === undefined) throw new Error(`no context ${context}`)
  const client = createClusterClient({ access, clock, random: () => 0.5, env: {} })
  const cluster = openCluster({
    context,
    client,
    clock,
    random: () => 0.5,
    log: silentLog,
    ...(namespace !== undefined && { namespaces: [namespace] }),
  })
  const engine = createEngine({
    cluster,
    clock,
    log: silentLog,
    reconcile: reconcileRollout,
    random: () => 0,
    identity: 'argosy-test_1',
    leaseNamespace: namespace ?? 'argo-rollouts',
  })
  engine.start()
  cluster.start()
  return {
    engine,
    stop: async () => {
      await engine.stop({ release: false })
      await cluster.stop()
      await client.close()
    },
  }
}
