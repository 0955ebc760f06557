import { judge } from '#engine/judge/judge.ts'
import type { JudgeConfig, MetricValues } from '#engine/judge/metric.ts'
import { Random } from '#test/sim/random.ts'
import type { Situation } from './situations.ts'

/** Shares of runs, 0…1. */
export interface Row {
  readonly situation: Situation
  readonly argosy: number
  /** Neither passed nor failed. */
  readonly undecided: number
  readonly kayenta: number
  readonly plain: number
}

/** More or less than this many times the baseline's mean fails by the plain condition. */
const plainLimits = { most: 1.1, least: 0.9 }

/** How often each situation fails, by each way of judging. The same seed always gives the same row. */
export const rowOf = (
  situation: Situation,
  runs: number,
  ways: readonly Way[] = ['argosy', 'kayenta', 'plain'],
): Row => {
  const count = { argosy: 0, undecided: 0, kayenta: 0, plain: 0 }
  for (let seed = 1; seed <= runs; seed++) {
    const values = situation.values(new Random(seed, situation.name))
    if (ways.includes('argosy')) {
      const verdict = verdictOf(situation, values)
      if (verdict === 'Fail') count.argosy++
      else if (verdict !== 'Pass') count.undecided++
    }
    if (ways.includes('kayenta') && everFails(situation, values, asKayenta(situation))) count.kayenta++
    if (ways.includes('plain') && everFails(situation, values, (seen) => failsPlainly(seen, situation))) count.plain++
  }
  return {
    situation,
    argosy: count.argosy / runs,
    undecided: count.undecided / runs,
    kayenta: count.kayenta / runs,
    plain: count.plain / runs,
  }
}

export type Way = 'argosy' | 'kayenta' | 'plain'

/** Whether a row keeps its bound. */
export const isWithin = ({ situation: { bound = {} }, argosy }: Row): boolean =>
  argosy <= (bound.most ?? 1) && argosy >= (bound.least ?? 0)

const looksOf = ({ looks }: Situation): readonly number[] => Array.from({ length: looks }, (_, at) => at + 1)

/** The last look's, or the first failure. */
function verdictOf(situation: Situation, values: MetricValues): string {
  const config: JudgeConfig = { direction: situation.direction }
  let verdict = 'Pass'
  for (const n of looksOf(situation)) {
    verdict = judge(seen(values, n / situation.looks), config, { n, planned: situation.looks }).verdict
    if (verdict === 'Fail') break
  }
  return verdict
}

function everFails(situation: Situation, values: MetricValues, fails: (seen: MetricValues) => boolean): boolean {
  return looksOf(situation).some((n) => fails(seen(values, n / situation.looks)))
}

const asKayenta =
  ({ direction }: Situation) =>
  (values: MetricValues): boolean =>
    judge(values, { mode: 'kayenta', direction }).verdict === 'Fail'

function failsPlainly({ canary, baseline, requests }: MetricValues, { direction }: Situation): boolean {
  const total = (values: readonly number[]): number => values.reduce((sum, each) => sum + each, 0)
  const mean = (values: readonly number[], exposure?: readonly number[]): number =>
    total(values) / (exposure === undefined ? values.length : total(exposure))
  const [own, other] = [mean(canary, requests?.canary), mean(baseline, requests?.baseline)]
  return own > plainLimits.most * other || (direction === 'either' && own < plainLimits.least * other)
}

/** What is there when a share of the time has passed. */
function seen(values: MetricValues, share: number): MetricValues {
  const part = (list: readonly number[]): readonly number[] => list.slice(0, Math.round(list.length * share))
  const { requests } = values
  return {
    ...values,
    canary: part(values.canary),
    baseline: part(values.baseline),
    ...(requests && { requests: { canary: part(requests.canary), baseline: part(requests.baseline) } }),
  }
}
