import type { KubeObject } from '#api/meta.ts'
import type { Resource } from '#api/resources.ts'
import { AnalysisRounds } from './analysis-rounds.ts'
import { ExperimentRounds, type ExperimentRoundsOptions } from './experiment-rounds.ts'
import type { MetricsPort } from './metrics-port.ts'

/** The rounds of a kind that is driven beside Rollouts, whoever made its objects. */
export interface Companion {
  readonly resource: Resource
  /** Follows the kind from now on. */
  start(): void
  lookAtAll(): void
  /** No round of this object before the caches are as new as this (OPS-41). */
  mustSee(object: KubeObject): void
  /** No round begins any more. */
  stop(): Promise<void>
  /** After `stop`: takes objects again. */
  renew(): void
}

/** AnalysisRuns are left to others where nothing measures. */
export const createCompanions = (
  options: ExperimentRoundsOptions & { readonly metrics: MetricsPort | undefined },
): readonly Companion[] => {
  const { metrics } = options
  return [
    ...(metrics === undefined ? [] : [new AnalysisRounds({ ...options, metrics })]),
    new ExperimentRounds(options),
  ]
}
