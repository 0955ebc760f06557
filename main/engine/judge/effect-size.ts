import { rank } from './rank.ts'

export const mean = (values: readonly number[]): number => values.reduce((sum, each) => sum + each, 0) / values.length

/** NaN where either mean is 0 (JUDGE-9). */
export function meanRatio(canary: readonly number[], baseline: readonly number[]): number {
  const [above, below] = [mean(canary), mean(baseline)]
  return above === 0 || below === 0 ? Number.NaN : above / below
}

/** How often a value of the canary is higher than one of the baseline; 0.5: equally often (JUDGE-9). */
export function commonLanguageEffect(canary: readonly number[], baseline: readonly number[]): number {
  const [m, n] = [canary.length, baseline.length]
  return (2 * rank(canary, baseline).sum - m * (m + 1)) / (2 * m * n)
}
