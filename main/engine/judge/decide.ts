import { decisionReason } from './explain.ts'
import type { Prepared } from './prepare.ts'
import type { Effect, JudgeVerdict } from './verdict.ts'

/** A change by this factor must be ruled out before the last look passes. */
const defaultRuleOut = 2

/** What a comparison found; without an effect there is no difference at all. */
export interface Found {
  readonly test: string
  readonly effect?: Effect
  /** Of rare events little can be ruled out, so it is not asked for unless it is configured. */
  readonly isRare?: boolean
  readonly warnings?: readonly string[]
}

/** Limits of an effect in its own measure; absent in a direction that does not matter. */
export type Threshold = JudgeVerdict['threshold']

/** Fails when the whole interval lies beyond what is allowed; does not pass the last look while a large change is still possible. */
export function decided(metric: Prepared, found: Found): JudgeVerdict {
  const { effect } = found
  const threshold = thresholdOf(metric, effect)
  const change = effect === undefined ? 'None' : changeOf(effect, threshold)
  const isOpen =
    effect !== undefined && change === 'None' && metric.isLastLook && mayBeLarge(metric, found, threshold, effect)
  const verdict = change === 'None' ? (isOpen ? 'NotEnoughData' : 'Pass') : 'Fail'
  return {
    ...{
      verdict,
      change,
      critical: verdict === 'Fail' && metric.config.critical === true,
      direction: metric.direction,
      kind: metric.kind,
      test: found.test,
      threshold,
    },
    n: { canary: metric.canary.length, baseline: metric.baseline.length },
    ...(effect && { effect }),
    spentAlpha: metric.spentAlpha,
    reason: decisionReason({ name: metric.name, verdict, change, effect, threshold, isLastLook: metric.isLastLook }),
    warnings: [...metric.warnings, ...(found.warnings ?? [])],
  }
}

function thresholdOf({ direction, config }: Prepared, effect: Effect | undefined): Threshold {
  const isShift = effect?.measure === 'shift'
  return {
    ...(direction !== 'decrease' && { high: isShift ? 0 : (config.allowedIncrease ?? 1) }),
    ...(direction !== 'increase' && { low: isShift ? 0 : (config.allowedDecrease ?? 1) }),
  }
}

export function changeOf({ low, high }: Pick<Effect, 'low' | 'high'>, threshold: Threshold): JudgeVerdict['change'] {
  if (threshold.high !== undefined && low > threshold.high) return 'High'
  return threshold.low !== undefined && high < threshold.low ? 'Low' : 'None'
}

/** Of a difference without a size nothing is large, unless the interval has no end. */
function mayBeLarge({ config }: Prepared, { isRare }: Found, threshold: Threshold, effect: Effect): boolean {
  if (isRare === true && config.ruleOut === undefined) return false
  const { ruleOut = defaultRuleOut } = config
  const isRatio = effect.measure === 'ratio'
  const [most, least] = isRatio ? [ruleOut, 1 / ruleOut] : [Infinity, -Infinity]
  const isOpenAbove = threshold.high !== undefined && effect.high >= Math.max(most, threshold.high)
  return isOpenAbove || (threshold.low !== undefined && effect.low <= Math.min(least, threshold.low))
}
