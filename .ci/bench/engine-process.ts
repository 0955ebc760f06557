import { hostname } from 'node:os'
import { reconcileRollout } from '#engine/rollout/reconcile.ts'
import { silentLog } from '#lib/log.ts'
import { openCluster } from '#main/cluster/open-cluster.ts'
import { createEngine } from '#main/controller/engine.ts'
import { systemClock } from '#main/system-clock.ts'
import { openClient } from './rollouts.ts'

/*
 * The engine as `argosy engine` composes it, for one namespace and its own instance id, which also keeps any other controller
 * away from these rollouts. It says when it drives, and answers every message with what it has done so far.
 */

export interface EngineWork {
  readonly reconciles: number
  /** Without Events. */
  readonly writes: number
  /** Everything sent to the API server, each watch once. */
  readonly requests: number
  /** Of this process, user and system. */
  readonly cpuMs: number
}

const [kubeconfig = '', context = '', namespace = '', instanceID = ''] = process.argv.slice(2)
const client = openClient(kubeconfig, context)
const cluster = openCluster({
  context,
  client,
  clock: systemClock,
  random: Math.random,
  log: silentLog,
  namespaces: [namespace],
  instanceID,
})
const engine = createEngine({
  cluster,
  clock: systemClock,
  log: silentLog,
  reconcile: reconcileRollout,
  random: Math.random,
  identity: `argosy-bench-${hostname()}_${process.pid}`,
  leaseNamespace: namespace,
  instanceID,
})

function workDone(): EngineWork {
  const { reconciles, writes } = engine.stats
  const { user, system } = process.cpuUsage()
  const requests = Object.values(client.requests).reduce((sum, count) => sum + count, 0)
  return { reconciles, writes, requests, cpuMs: (user + system) / 1000 }
}

const stopWaiting = engine.onChange(() => {
  if (engine.mode !== 'driven') return
  stopWaiting()
  process.send?.({ driving: true })
})
process.on('message', () => process.send?.(workDone()))
process.on('disconnect', () => process.exit())
engine.start()
cluster.start()
