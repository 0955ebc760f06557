import type { Effect, JudgeVerdict } from './verdict.ts'

export interface Decision extends Pick<JudgeVerdict, 'verdict' | 'change' | 'threshold'> {
  readonly name: string
  readonly effect: Effect | undefined
  readonly isLastLook: boolean
}

/** Why a metric has its verdict, in one sentence for whoever is on call. */
export function decisionReason({ name, verdict, change, effect, threshold, isLastLook }: Decision): string {
  if (effect === undefined) return `${name} shows no difference between the canary and the baseline.`
  const words = (value: number): string => comparedWords(effect.measure, value)
  if (change !== 'None') {
    const [surest, limit] = change === 'High' ? [effect.low, threshold.high] : [effect.high, threshold.low]
    const allowed =
      limit === undefined || isNeutral(effect.measure, limit) ? '' : `, where up to ${words(limit)} is allowed`
    return `${name} on the canary is ${words(effect.estimate)} than on the baseline, and ${words(surest)} at the very least${allowed}.`
  }
  const range = `between ${words(effect.low)} and ${words(effect.high)} than on the baseline`
  if (verdict === 'NotEnoughData')
    return `${name} on the canary may be anything ${range}: there are too few values, or they vary too much, to rule out a large change.`
  return `${name} on the canary is ${isLastLook ? '' : 'so far '}not shown to be worse than allowed: somewhere ${range}.`
}

const isNeutral = (measure: Effect['measure'], value: number): boolean => value === (measure === 'ratio' ? 1 : 0)

/** `18 % higher`, `0.3 lower`; followed by "than". */
function comparedWords(measure: Effect['measure'], value: number): string {
  if (value === Infinity) return 'arbitrarily much higher'
  if (value === -Infinity) return 'arbitrarily much lower'
  if (measure === 'ratio') {
    return `${percentOf(Math.abs(value - 1))} % ${value >= 1 ? 'higher' : 'lower'}`
  }
  return `${Number(Math.abs(value).toPrecision(3))} ${value >= 0 ? 'higher' : 'lower'}`
}

/** Two digits, or all before the point. */
const percentOf = (share: number): number =>
  share < 0.1 ? Number((share * 100).toPrecision(2)) : Math.round(share * 100)
