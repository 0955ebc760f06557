import { hostname } from 'node:os'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { reconcileRollout } from '#engine/rollout/reconcile.ts'
import { silentLog } from '#lib/log.ts'
import { openCluster } from '#main/cluster/open-cluster.ts'
import { createClusterClient } from '#main/cluster/rest.ts'
import { createEngine } from '#main/controller/engine.ts'
import { openMetrics } from '#main/metrics/open-metrics.ts'
import { systemClock } from '#main/system-clock.ts'
import { countCalls, type RequestCounts } from './count-requests.ts'
import { openClient } from './rollouts.ts'

/*
 * The engine as `argosy engine` composes it, for one namespace and its own instance id, which also keeps any other controller
 * away from these rollouts. It says when it drives, and answers every message with what it has done so far. A message with
 * `begin` starts the times anew.
 */

export interface EngineWork {
  readonly reconciles: number
  /** Without Events. */
  readonly writes: number
  /** Everything on the wire, each watch once: calls, their retries and further pages. */
  readonly requests: number
  readonly calls: RequestCounts
  /** Times of the pure function since the last `begin`, in ms; `undisturbed` are those in which nothing else got the processor. */
  readonly reconcileMs: readonly number[]
  readonly undisturbedMs: readonly number[]
  /** p99 since the last `begin`, in ms beyond the timer's own resolution. */
  readonly loopDelayMs: number
  /** Resident set, in MB: now, and the most it was at any second. */
  readonly rssMB: number
  readonly rssMaxMB: number
  /** Of this process, user and system. */
  readonly cpuMs: number
}

const [kubeconfig = '', context = '', namespace = '', instanceID = ''] = process.argv.slice(2)
const { client, calls } = countCalls(openClient(kubeconfig, context))
const loopResolutionMs = 10
const loop = monitorEventLoopDelay({ resolution: loopResolutionMs })
loop.enable()
let reconcileMs: number[] = []
let undisturbedMs: number[] = []
let rssMaxMB = 0
const rssMB = () => {
  const now = process.memoryUsage.rss() / 2 ** 20
  rssMaxMB = Math.max(rssMaxMB, now)
  return now
}
setInterval(rssMB, 1000).unref()
const interruptions = () => process.resourceUsage().involuntaryContextSwitches
const cluster = openCluster({
  context,
  client,
  clock: systemClock,
  random: Math.random,
  log: silentLog,
  namespaces: [namespace],
  instanceID,
})
const metrics = openMetrics({
  client,
  clock: systemClock,
  openClient: (access) => createClusterClient({ access, clock: systemClock, random: Math.random }),
  settings: { controllerNamespace: namespace, env: {} },
})
const engine = createEngine({
  cluster,
  metrics,
  clock: systemClock,
  log: silentLog,
  reconcile: (world, now) => {
    const before = interruptions()
    const startedAt = performance.now()
    const decision = reconcileRollout(world, now)
    const ms = performance.now() - startedAt
    reconcileMs.push(ms)
    if (interruptions() === before) undisturbedMs.push(ms)
    return decision
  },
  random: Math.random,
  identity: `argosy-bench-${hostname()}_${process.pid}`,
  leaseNamespace: namespace,
  instanceID,
})

function workDone(): EngineWork {
  const { reconciles, writes } = engine.stats
  const { user, system } = process.cpuUsage()
  const requests = Object.values(client.requests).reduce((sum, count) => sum + count, 0)
  const loopDelayMs = Math.max(0, loop.percentile(99) / 1e6 - loopResolutionMs)
  const memory = { rssMB: rssMB(), rssMaxMB }
  const times = { reconcileMs, undisturbedMs, loopDelayMs, cpuMs: (user + system) / 1000 }
  return { reconciles, writes, requests, calls, ...memory, ...times }
}

const stopWaiting = engine.onChange(() => {
  if (engine.mode !== 'driven') return
  stopWaiting()
  process.send?.({ driving: true })
})
process.on('message', (message: { readonly begin?: boolean }) => {
  if (message.begin === true) {
    reconcileMs = []
    undisturbedMs = []
    loop.reset()
  }
  process.send?.(workDone())
})
process.on('disconnect', () => process.exit())
engine.start()
cluster.start()
