import type { Clock } from '#lib/clock.ts'
import type { ClusterClient } from '#main/cluster/client.ts'
import type { ContextAccess } from '#main/cluster/kubeconfig.ts'
import { createDirectHttp } from './http/direct.ts'
import type { Http } from './http/http.ts'
import type { Route } from './http/route.ts'
import { httpThroughCluster } from './http/through-cluster.ts'
import { createJobClients } from './job-clients.ts'
import { createMetrics } from './metrics.ts'
import { createRunProgram } from './plugin/run-program.ts'
import type { MetricSettings } from './provider.ts'

export interface OpenMetricsOptions {
  readonly client: ClusterClient
  readonly clock: Clock
  readonly settings: MetricSettings
  /** For Jobs elsewhere (PRV-403). */
  readonly openClient: (access: ContextAccess) => ClusterClient
  /** This process runs in a pod of the cluster. */
  readonly isAround?: boolean
}

/** Metrics of one cluster over real connections. Whoever opened them closes them. */
export function openMetrics({ client, clock, settings, openClient, isAround = false }: OpenMetricsOptions) {
  const direct = createDirectHttp({ clock, env: process.env })
  const jobs = createJobClients(openClient)
  const http = remembering((routes) => httpThroughCluster({ client, clock, isAround, routes, direct: direct.send }))
  const runProgram = createRunProgram(clock, process.env)
  const at = (then: Clock) => createMetrics({ client, clock: then, http, settings, jobClient: jobs.open, runProgram })
  return {
    ...at(clock),
    /** As of the time that this clock tells. */
    at,
    close: async (): Promise<void> => {
      await Promise.all([direct.close(), jobs.close()])
    },
  }
}

/** Templates declare few ways; what is known of the Services behind them is kept with each. */
const waysMax = 50

function remembering(open: (routes: readonly Route[]) => Http): (routes: readonly Route[]) => Http {
  const known = new Map<string, Http>()
  return (routes) => {
    const key = JSON.stringify(routes)
    const http = known.get(key) ?? open(routes)
    if (known.size >= waysMax) known.clear()
    known.set(key, http)
    return http
  }
}
