import type { AnalysisPhase, Metric } from '#api/analysis.ts'
import { holds } from '#engine/expr/condition.ts'
import { isList, type Value } from '#engine/expr/values.ts'
import type { EpochMs } from '#lib/clock.ts'

export interface Assessment {
  readonly phase: Extract<AnalysisPhase, 'Successful' | 'Failed' | 'Inconclusive' | 'Error'>
  /** Why it is an Error; empty otherwise. */
  readonly message: string
}

type Conditions = Pick<Metric, 'successCondition' | 'failureCondition'>

/** What a measured value means for a metric, by its two conditions (ANA-701, ANA-702). */
export function assessValue(value: Value, conditions: Conditions, now: EpochMs): Assessment {
  const { successCondition, failureCondition } = conditions
  const success = answer('successCondition', successCondition, value, now)
  if (typeof success === 'string') return { phase: 'Error', message: success }
  const fail = answer('failureCondition', failureCondition, value, now)
  if (typeof fail === 'string') return { phase: 'Error', message: fail }
  return { phase: phaseOf(success, fail), message: '' }
}

/** Whether a condition holds; `undefined` when there is none, a text when it cannot be evaluated. */
function answer(
  name: keyof Conditions,
  expression: string | undefined,
  value: Value,
  now: EpochMs,
): boolean | string | undefined {
  if (expression === undefined || expression === '') return undefined
  const result = holds(expression, value, now)
  if (result.ok) return result.value
  const cause = hasNoData(value) ? noData : result.error
  return `could not evaluate ${name} "${expression}": ${cause}`
}

const noData = 'metric result is nil or empty: no data returned from the metric provider'

const hasNoData = (value: Value): boolean => value === null || (isList(value) && value.length === 0)

function phaseOf(success: boolean | undefined, fail: boolean | undefined): Assessment['phase'] {
  if (fail === true) return 'Failed'
  if (success === true) return 'Successful'
  if (success === false) return fail === undefined ? 'Failed' : 'Inconclusive'
  return 'Successful'
}
