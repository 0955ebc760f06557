import type { AnalysisRun, Measurement, Metric } from '#api/analysis.ts'
import type { Measured } from '#engine/analysis/reconcile.ts'
import { substituteMetric } from '#engine/analysis/substitute.ts'
import type { Probe } from '#engine/decision.ts'
import { isRecord } from '#engine/normalise/typed-value.ts'
import type { Clock } from '#lib/clock.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import { formatSeconds } from '#lib/rfc3339.ts'
import type { ClusterClient } from '#main/cluster/client.ts'
import type { Http } from './http/http.ts'
import { waysOf } from './http/metric-ways.ts'
import type { Route } from './http/route.ts'
import { declarationFor } from './judge/declaration.ts'
import { judgedMeasuring } from './judge/judged.ts'
import { scoringOf } from './judge/scoring.ts'
import { pluginsNotListed } from './plugin/plugin.ts'
import type { RunProgram } from './plugin/program.ts'
import type { MeasureContext, Measuring, MetricSettings } from './provider.ts'
import { providerOf } from './providers.ts'
import { failed } from './query.ts'
import { readSecret } from './read-secret.ts'
import { type ArgumentFailure, type RunArguments, runArguments } from './run-arguments.ts'

export interface MetricsOptions {
  readonly client: ClusterClient
  readonly clock: Clock
  /** By the ways that are declared; the address says the rest. */
  readonly http: (routes: readonly Route[]) => Http
  readonly settings: MetricSettings
  readonly jobClient?: NonNullable<MeasureContext['jobClient']>
  readonly runProgram?: RunProgram
}

type Measure = Exclude<Probe, { readonly kind: 'garbageCollect' }>

/** Measures the metrics of the AnalysisRuns of one cluster. The values of secrets never leave what `prepare` returns. */
export const createMetrics = (options: MetricsOptions) => ({
  /** What one pass of a run needs: its arguments, secrets read anew (ANA-305). */
  prepare: async (run: AnalysisRun): Promise<Outcome<Pass, ArgumentFailure>> => {
    const args = await runArguments(run, options.client)
    return args.ok ? success(new Pass(run, args.value, options)) : args
  },
  scoring: scoringOf,
  unlistedPlugins: (metrics: readonly Metric[]) => pluginsNotListed(metrics, options.settings),
})

class Pass {
  readonly #run: AnalysisRun
  readonly #arguments: RunArguments
  readonly #options: MetricsOptions

  constructor(run: AnalysisRun, runArguments: RunArguments, options: MetricsOptions) {
    this.#run = run
    this.#arguments = runArguments
    this.#options = options
  }

  /** Begins, goes on with, or ends a measurement (ANA-607, ANA-608). What goes wrong is a measurement in phase Error. */
  async measure(probe: Measure): Promise<Measured> {
    const measured = await this.#measured(probe)
    const { message } = measured.measurement
    if (message === undefined) return measured
    return { ...measured, measurement: { ...measured.measurement, message: this.#arguments.redact(message) } }
  }

  async garbageCollect(probe: Probe & { readonly kind: 'garbageCollect' }): Promise<Outcome<void, string>> {
    const measuring = await this.#construct(probe)
    return measuring.ok ? measuring.value.garbageCollect(probe.limit) : measuring
  }

  async #measured(probe: Measure): Promise<Measured> {
    const { clock } = this.#options
    const begun = probe.kind === 'run' ? { startedAt: formatSeconds(clock.now()) } : probe.measurement
    const measuring = await this.#construct(probe)
    if (!measuring.ok) return { measurement: failed(begun, measuring.error, clock), metadata: undefined }
    const { metadata } = measuring.value
    try {
      return { measurement: await carryOut(probe, measuring.value), metadata }
    } catch (error) {
      const cause = error instanceof Error ? error.message : String(error)
      return { measurement: failed(begun, `a fault in Argosy: ${cause}. Please report it.`, clock), metadata }
    }
  }

  async #construct(probe: Probe): Promise<Outcome<Measuring, string>> {
    const metric = this.#metric(probe)
    if (!metric.ok) return metric
    const declaration = declarationFor(this.#run, metric.value.name)
    if (!declaration.ok) return declaration
    if (declaration.value === undefined) return this.#measuring(metric.value)
    return judgedMeasuring({
      run: this.#run,
      metric: metric.value,
      clock: this.#options.clock,
      declaration: declaration.value,
      measuring: async (query) => {
        const other = this.#metric(probe, query)
        return other.ok ? this.#measuring(other.value) : other
      },
    })
  }

  async #measuring(metric: Metric): Promise<Outcome<Measuring, string>> {
    const provider = providerOf(metric)
    if (!provider.ok) return provider
    const ways = waysOf(this.#run, metric.name)
    return ways.ok ? provider.value(metric, this.#context(ways.value)) : ways
  }

  /** With its arguments in place. @param query in place of its own */
  #metric({ at, name }: Probe, query?: string): Outcome<Metric, string> {
    const metric = this.#run.spec.metrics[at]
    if (metric === undefined) return failure(`no metric '${name}'`)
    return substituteMetric(query === undefined ? metric : withQuery(metric, query), this.#arguments.args)
  }

  #context(routes: readonly Route[]): MeasureContext {
    const { client, clock, http, settings, jobClient, runProgram } = this.#options
    return {
      clock,
      http: http(routes),
      client,
      run: this.#run,
      settings,
      ...(jobClient !== undefined && { jobClient }),
      ...(runProgram !== undefined && { runProgram }),
      secret: async (namespace, name) => {
        const secret = await readSecret(client, { namespace, name })
        return secret.ok ? secret : failure(secret.error.message)
      },
    }
  }
}

/** Whatever provider it is: the query is the member of that name. */
const withQuery = (metric: Metric, query: string): Metric => ({
  ...metric,
  provider: Object.fromEntries(
    Object.entries(metric.provider).map(([name, block]) => [name, isRecord(block) ? { ...block, query } : block]),
  ),
})

async function carryOut(probe: Measure, measuring: Measuring): Promise<Measurement> {
  switch (probe.kind) {
    case 'run':
      return measuring.run()
    case 'resume':
      return measuring.resume(probe.measurement)
    case 'terminate': {
      const ended = await measuring.terminate(probe.measurement)
      const isPlain = ended.phase === 'Successful' || ended.phase === 'Inconclusive'
      return isPlain ? { ...ended, message: 'Metric Terminated' } : ended
    }
  }
}
