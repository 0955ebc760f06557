import { reconcileRollout } from '#engine/rollout/reconcile.ts'
import { silentLog } from '#lib/log.ts'
import { loadKubeconfig } from '#main/cluster/kubeconfig.ts'
import { openCluster } from '#main/cluster/open-cluster.ts'
import { createClusterClient } from '#main/cluster/rest.ts'
import { createEngine, type Engine } from '#main/controller/engine.ts'
import type { VirtualClock } from './virtual-clock.ts'

/** The real engine on one context of a kubeconfig file: real HTTP, virtual time. */
export function anEngineOn(
  kubeconfig: string,
  context: string,
  clock: VirtualClock,
): { readonly engine: Engine; readonly stop: () => Promise<void> } {
  const config = loadKubeconfig({ paths: [kubeconfig] })
  const access = config.ok ? config.value.access(context) : undefined
  if (access === undefined) throw new Error(`no context ${context}`)
  const client = createClusterClient({ access, clock, random: () => 0.5, env: {} })
  const cluster = openCluster({ context, client, clock, random: () => 0.5, log: silentLog })
  const engine = createEngine({
    cluster,
    clock,
    log: silentLog,
    reconcile: reconcileRollout,
    random: () => 0,
    identity: 'argosy-test_1',
    leaseNamespace: 'argo-rollouts',
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
