import type { AnalysisPhase, Metric, MetricResult } from '#api/analysis.ts'
import type { IntOrString } from '#api/meta.ts'
import { parseInteger } from '#lib/int-or-string.ts'

export const isCompleted = (phase: AnalysisPhase): boolean =>
  phase === 'Successful' || phase === 'Failed' || phase === 'Error' || phase === 'Inconclusive'

/** Best to worst (ANA-111). */
const badness: readonly AnalysisPhase[] = ['Successful', 'Running', 'Pending', 'Inconclusive', 'Error', 'Failed']

/** The second is worse than the first. */
export const isWorse = (a: AnalysisPhase, b: AnalysisPhase): boolean => badness.indexOf(b) > badness.indexOf(a)

/** ANA-105: text that is no whole number counts as 0. */
export const limitValue = (limit: IntOrString): number =>
  typeof limit === 'number' ? limit : (parseInteger(limit) ?? 0)

/** An empty text is none, as everywhere in the API. */
export const hasInterval = ({ interval = '' }: Pick<Metric, 'interval'>): boolean => interval !== ''

/** How many measurements a metric takes; `undefined`: until it is stopped (ANA-106). */
export function effectiveCount(metric: Pick<Metric, 'count' | 'interval'>): number | undefined {
  const value = limitValue(metric.count ?? 0)
  if (value !== 0) return value
  return hasInterval(metric) ? undefined : 1
}

export interface LimitPassed {
  readonly phase: 'Failed' | 'Inconclusive' | 'Error'
  /** `failed (2) > failureLimit (1)`. */
  readonly message: string
}

/** Which limit the counts have passed; of several the last one in the reference's order (ANA-801). */
export function limitPassed(metric: Metric, result: MetricResult): LimitPassed | undefined {
  const { failed = 0, inconclusive = 0, consecutiveError = 0 } = result
  const failureLimit = limitValue(metric.failureLimit ?? 0)
  const inconclusiveLimit = limitValue(metric.inconclusiveLimit ?? 0)
  const errorLimit = limitValue(metric.consecutiveErrorLimit ?? defaultErrorLimit)
  if (consecutiveError > errorLimit)
    return {
      phase: 'Error',
      message: `consecutiveErrors (${consecutiveError}) > consecutiveErrorLimit (${errorLimit})`,
    }
  if (inconclusive > inconclusiveLimit)
    return {
      phase: 'Inconclusive',
      message: `inconclusive (${inconclusive}) > inconclusiveLimit (${inconclusiveLimit})`,
    }
  if (failureLimit >= 0 && failed > failureLimit)
    return { phase: 'Failed', message: `failed (${failed}) > failureLimit (${failureLimit})` }
  return undefined
}

const defaultErrorLimit = 4

/** The phase of a metric after its measurements so far; first match (ANA-802). */
export function metricPhase(metric: Metric, result: MetricResult | undefined, terminating: boolean): AnalysisPhase {
  if (result !== undefined && isCompleted(result.phase)) return result.phase
  const last = result?.measurements?.at(-1)
  if (result === undefined || last === undefined) return terminating ? 'Successful' : 'Pending'
  if (!isCompleted(last.phase)) return 'Running'
  const passed = limitPassed(metric, result)
  if (passed !== undefined) return passed.phase
  const successLimit = limitValue(metric.consecutiveSuccessLimit ?? 0)
  if (successLimit > 0 && (result.consecutiveSuccess ?? 0) >= successLimit) return 'Successful'
  const count = effectiveCount(metric)
  if (count !== undefined && (result.count ?? 0) >= count) return atCount(metric, successLimit)
  return terminating ? 'Successful' : 'Running'
}

/** All measurements are taken, and nothing has decided. */
function atCount({ failureLimit }: Metric, successLimit: number): AnalysisPhase {
  if (successLimit <= 0) return 'Successful'
  return failureLimit === undefined || limitValue(failureLimit) >= 0 ? 'Inconclusive' : 'Failed'
}
