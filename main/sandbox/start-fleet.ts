import { randomBytes } from 'node:crypto'
import type { Clock, Dispose } from '#lib/clock.ts'
import { type Log, silentLog } from '#lib/log.ts'
import type { Listeners } from './api/service-proxy.ts'
import { type SandboxApiServer, startApiServer } from './api/start-api-server.ts'
import { furnish, prometheusService } from './bootstrap.ts'
import { startControllers } from './controllers/start-controllers.ts'
import { placeApplications } from './demo/place-applications.ts'
import { tellStory } from './demo/story.ts'
import { fleetKubeconfig } from './fleet-kubeconfig.ts'
import { createMemoryStore, type MemoryStore } from './memory-store.ts'
import { between, hashText } from './seeded.ts'
import { answerMetrics } from './traffic/answer-metrics.ts'
import { seriesOf } from './traffic/metric-series.ts'
import { type MetricsServer, startMetricsServer } from './traffic/metrics-server.ts'
import { type Traffic, trafficObserver } from './traffic/observe-traffic.ts'
import type { SeriesSource } from './traffic/promql/series.ts'

export interface SandboxFleetOptions {
  /** How many, named `harbor-1` and so on, or their names. */
  readonly clusters: number | readonly string[]
  /** Equal seeds give equal clusters: names, uids, timing, traffic. Tokens are never seeded. */
  readonly seed: number
  readonly clock: Clock
  readonly log?: Log
  /** A loopback address. */
  readonly host?: string
  /** The clusters take ports from here upwards: API, metrics, API, metrics, … Absent or 0: any free ports. */
  readonly basePort?: number
  /** With applications that release new versions by themselves. */
  readonly demo?: boolean
  /** Divides the time pods need; 1 is believable. */
  readonly speed?: number
}

export interface SandboxCluster {
  readonly name: string
  readonly context: string
  readonly store: MemoryStore
  readonly server: SandboxApiServer
  readonly token: string
  readonly url: string
  /** Base of a Prometheus HTTP API. */
  readonly metricsUrl: string
  /** The same metrics without HTTP. */
  readonly metrics: SeriesSource
}

export interface SandboxFleet {
  readonly clusters: readonly SandboxCluster[]
  /** YAML that kubectl uses as it is. The current context is the first cluster. */
  readonly kubeconfig: string
  /** Ends servers, controllers and the story. Calling it twice is harmless. */
  stop(): Promise<void>
}

/** In a demo, each cluster is this much farther away than the one before. */
const latencyStepMs = 6

/** Starts a fleet of sandbox clusters in this process. Rejects, with nothing left running, when a port is taken. */
export async function startSandboxFleet(options: SandboxFleetOptions): Promise<SandboxFleet> {
  const names = clusterNames(options.clusters)
  const started: Running[] = []
  const stopAll = async () => {
    await Promise.all(started.splice(0).map((each) => each.stop()))
  }
  try {
    for (const [position, name] of names.entries()) started.push(await startCluster(name, position, options))
  } catch (error) {
    await stopAll()
    throw error
  }
  const clusters = started.map((each) => each.cluster)
  const endStory = options.demo === true ? tellStory(clusters, options.clock) : () => undefined
  return {
    clusters,
    kubeconfig: fleetKubeconfig(
      clusters.map(({ context, url, token, server }) => ({ context, url, token, caData: server.caData })),
    ),
    stop: async () => {
      endStory()
      await stopAll()
    },
  }
}

interface Running {
  readonly cluster: SandboxCluster
  readonly stop: () => Promise<void>
}

const clusterNames = (clusters: number | readonly string[]): readonly string[] =>
  typeof clusters === 'number' ? Array.from({ length: clusters }, (_, index) => `harbor-${index + 1}`) : clusters

async function startCluster(name: string, position: number, options: SandboxFleetOptions): Promise<Running> {
  const { clock, log = silentLog, host = '127.0.0.1', basePort = 0, speed = 1 } = options
  const seed = hashText(`${options.seed}/${name}`)
  const port = (offset: number) => (basePort === 0 ? 0 : basePort + 2 * position + offset)
  const store = createMemoryStore({ clock, seed })
  furnish(store, { name, nodes: Math.floor(between(3, 6, seed, 'nodes')) })
  if (options.demo === true) placeApplications(store, position)
  const token = randomBytes(24).toString('base64url')
  const traffic: Traffic = new Map()
  const metrics: SeriesSource = (metric) => seriesOf(traffic, metric)
  const tokens = [{ token, user: 'sandbox-admin', groups: ['system:masters'], rules: 'everything' as const }]
  const listeners: Listeners = new Map([[prometheusService, (request) => answerMetrics(request, metrics, clock.now())]])
  const server = await startApiServer({ store, clock, name, tokens, host, port: port(0), log, listeners })
  if (options.demo === true && position > 0)
    server.faults.inject({ then: { kind: 'delay', ms: position * latencyStepMs } })
  const metricsServer = await startMetricsServer({ source: metrics, clock, host, port: port(1) }).catch(
    async (error: unknown) => {
      await server.close()
      throw error
    },
  )
  const stopControllers = startControllers(store, { seed, speed }, log, (index) => [
    trafficObserver(store, index, traffic, seed),
  ])
  return {
    cluster: { name, context: name, store, server, token, url: server.url, metricsUrl: metricsServer.url, metrics },
    stop: () => stopCluster(stopControllers, server, metricsServer),
  }
}

async function stopCluster(stopControllers: Dispose, server: SandboxApiServer, metrics: MetricsServer): Promise<void> {
  stopControllers()
  await Promise.all([server.close(), metrics.close()])
}
