import type { AnalysisRun, Measurement, Metric } from '#api/analysis.ts'
import type { Value } from '#engine/expr/values.ts'
import type { Clock } from '#lib/clock.ts'
import type { Outcome } from '#lib/outcome.ts'
import type { ClusterClient } from '#main/cluster/client.ts'
import type { Http } from './http/http.ts'
import type { Program, RunProgram } from './plugin/program.ts'

/**
 * How a metric is measured. One file per provider, listed in `providers.ts`. A provider reads its own block of
 * `metric.provider`, whose shape the API server has checked only in part.
 *
 * Failure  the reference's text for a spec or credentials that cannot be used; it becomes a measurement in phase Error
 * (PRV-103).
 * @param metric with every argument in place, secrets too: neither it nor anything made from it may be logged or kept.
 */
export type Provider = (metric: Metric, context: MeasureContext) => Promise<Outcome<Measuring, string>>

/** One metric, ready to be measured. Nothing here rejects: what goes wrong is a measurement in phase Error (PRV-106). */
export interface Measuring {
  /** Kept with the result of the metric from its first measurement on, e.g. the query as it was sent (PRV-1404). */
  readonly metadata: Readonly<Record<string, string>>
  /** Begins a measurement; it is completed when this resolves, unless it has a `resumeAt`. */
  readonly run: () => Promise<Measurement>
  /** The answer of a query without its conditions, for who judges otherwise; absent where there is none. */
  readonly read?: () => Promise<Outcome<Reading, QueryFailure>>
  readonly resume: (measurement: Measurement) => Promise<Measurement>
  readonly terminate: (measurement: Measurement) => Promise<Measurement>
  /** Clears up outside the cluster's objects before measurements beyond `limit` are dropped (ANA-1005). */
  readonly garbageCollect: (limit: number) => Promise<Outcome<void, string>>
}

/** What a provider may use. Everything that can take long is bounded by the provider itself (PRV-1403). */
export interface MeasureContext {
  readonly clock: Clock
  /** Direct, or by way of the API server; the provider need not know. */
  readonly http: Http
  /** The cluster that is driven, for Jobs. */
  readonly client: ClusterClient
  /** How programs of plugins are run; absent: not at all. */
  readonly runProgram?: RunProgram
  /** The cluster that Jobs go to where the settings name a kubeconfig for them; the failure says why there is none (PRV-403). */
  readonly jobClient?: (kubeconfig: string) => Promise<Outcome<ClusterClient, string>>
  readonly run: AnalysisRun
  /** One GET, no cache; values decoded (PRV-109). The failure is the API server's text. */
  readonly secret: (namespace: string, name: string) => Promise<Outcome<Readonly<Record<string, string>>, string>>
  readonly settings: MetricSettings
}

/** What the reference takes from its pod, per cluster here (PRV-108, PRV-1502). */
export interface MetricSettings {
  /** Where shared credentials live; default `argo-rollouts`. */
  readonly controllerNamespace: string
  /** `ARGO_ROLLOUTS_PROMETHEUS_ADDRESS`, `DD_API_KEY`, `AWS_REGION`, … of this cluster, never of another. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** Where SkyWalking's server is in time, as `Europe/Berlin`; UTC when absent (PRV-1202). */
  readonly timeZone?: string
  /** What plugins are run by, by their name. Of this machine alone: nothing in a cluster may name a program here. */
  readonly plugins?: Readonly<Record<string, Program>>
}

/** What a query gave: the value for the conditions, and the text that is kept. */
export interface Reading {
  readonly result: Value
  readonly value: string
  /** Of the measurement. */
  readonly metadata?: Readonly<Record<string, string>>
}

/** The text of a query that failed, and what is kept of it all the same. */
export interface QueryFailure {
  readonly message: string
  readonly metadata?: Readonly<Record<string, string>>
}
