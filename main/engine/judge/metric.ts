/** What is measured: decides which comparison is right for it. */
export type MetricKind = 'ratio' | 'duration' | 'gauge' | 'count'
/** What is bad: that the canary has more of it, less of it, or another amount. */
export type Direction = 'increase' | 'decrease' | 'either'

/** The values of a metric on both sides, one per interval, in order of time. */
export interface MetricValues {
  readonly name: string
  /** A ratio when there are `requests`, else a gauge. */
  readonly kind?: MetricKind
  /** Of a ratio its numerators, e.g. errors. NaN where there was no value. */
  readonly canary: readonly number[]
  readonly baseline: readonly number[]
  /** Of a ratio its denominators, for the same intervals. */
  readonly requests?: { readonly canary: readonly number[]; readonly baseline: readonly number[] }
}

/** Which of how many planned looks at a metric this is; the values of a look include those of the looks before. */
export interface Look {
  readonly n: number
  readonly planned: number
}

/** How a metric is judged. What is absent has the default of its mode. */
export interface JudgeConfig {
  readonly mode?: 'argosy' | 'kayenta'
  readonly direction?: Direction
  /** The canary may have this many times as much, 1.1 for 10 % more; default 1. */
  readonly allowedIncrease?: number
  /** The canary may have this many times as much at least, 0.9 for 10 % less; default 1. */
  readonly allowedDecrease?: number
  /** How often a canary like its baseline may fail, in each direction; default 0.01. */
  readonly alpha?: number
  /** Intervals that both sides must have; default 8. */
  readonly minIntervals?: number
  /** Requests that both sides must have had; default 50. */
  readonly minRequests?: number
  /** A change by this factor must be ruled out before the last look passes; default 2, none for rare events. */
  readonly ruleOut?: number
  /** A failure decides alone, whatever other metrics say; in mode `kayenta` from the critical effect on. */
  readonly critical?: boolean
  /** Between two values, and what each of them is a rate over. */
  readonly stepSeconds?: number
  readonly windowSeconds?: number
  readonly kayenta?: KayentaConfig
}

/** What a canary configuration of Kayenta says of a metric; what is absent has Kayenta's default. */
export interface KayentaConfig {
  readonly nanStrategy?: 'remove' | 'replace'
  readonly outliers?: { readonly strategy?: 'remove' | 'keep'; readonly outlierFactor?: number }
  readonly mustHaveData?: boolean
  readonly effectSize?: {
    readonly measure?: 'meanRatio' | 'cles'
    readonly allowedIncrease?: number
    readonly allowedDecrease?: number
    readonly criticalIncrease?: number
    readonly criticalDecrease?: number
  }
  /** Of the noise that is added to constant values (JUDGE-7); default 1. */
  readonly seed?: number
}
