import { spawnSync } from 'node:child_process'
import { availableParallelism, cpus, loadavg, platform, release, totalmem } from 'node:os'

/** One figure, or the distribution of many. Times are in ms; `ok` is absent where there is no target. */
export interface Measurement {
  /** `section.what`, for example `grid.tall.scroll.frame`. */
  readonly bench: string
  readonly unit: 'ms' | 'MB' | '1/s' | 'count' | '%'
  readonly n?: number
  readonly p50?: number
  readonly p95?: number
  readonly min?: number
  readonly max?: number
  readonly value?: number
  /** An upper bound of the value, or of p95 where there are many. */
  readonly target?: number
  readonly ok?: boolean
}

export type Report = (measurement: Measurement) => void

interface Limits {
  /** Upper bound of p95, or of the value. */
  readonly target?: number
}

/** Value at a quantile of a sorted list, nearest rank; the list is not empty. */
export function quantile(sorted: readonly number[], at: number): number {
  return sorted[Math.max(0, Math.ceil(at * sorted.length) - 1)] ?? Number.NaN
}

const rounded = (value: number): number => (value >= 1000 ? Math.round(value) : Number(value.toFixed(1)))

/** The distribution of samples in ms. Throws when there are none: nothing was measured then. */
export function distribution(bench: string, samples: readonly number[], { target }: Limits = {}): Measurement {
  if (samples.length === 0 || samples.some(Number.isNaN)) throw new Error(`${bench}: nothing was measured`)
  const sorted = samples.toSorted((a, b) => a - b)
  const p95 = rounded(quantile(sorted, 0.95))
  return {
    bench,
    unit: 'ms',
    n: samples.length,
    p50: rounded(quantile(sorted, 0.5)),
    p95,
    max: rounded(sorted.at(-1) ?? 0),
    ...(target === undefined ? {} : { target, ok: p95 <= target }),
  }
}

/** The median of repeats, with the least and the greatest of them; the target is one of the median. */
export function repeated(
  bench: string,
  unit: Measurement['unit'],
  samples: readonly number[],
  { target }: Limits = {},
): Measurement {
  if (samples.length === 0 || samples.some(Number.isNaN)) throw new Error(`${bench}: nothing was measured`)
  const sorted = samples.toSorted((a, b) => a - b)
  const p50 = ((sorted[(sorted.length - 1) >> 1] ?? Number.NaN) + (sorted[sorted.length >> 1] ?? Number.NaN)) / 2
  return {
    bench,
    unit,
    n: samples.length,
    p50: rounded(p50),
    min: rounded(sorted[0] ?? 0),
    max: rounded(sorted.at(-1) ?? 0),
    ...(target === undefined ? {} : { target, ok: p50 <= target }),
  }
}

export function single(bench: string, unit: Measurement['unit'], exact: number, { target }: Limits = {}): Measurement {
  if (Number.isNaN(exact)) throw new Error(`${bench}: nothing was measured`)
  const value = rounded(exact)
  return { bench, unit, value, ...(target === undefined ? {} : { target, ok: value <= target }) }
}

/** The figures that have a target, for people: one line each, the missed ones marked. */
export function describeTargets(measurements: readonly Measurement[]): string {
  const judged = measurements.filter(({ target }) => target !== undefined)
  const rows = judged.map(({ bench, unit, value, p50, p95, target, ok }) => [
    bench,
    `${p95 ?? value ?? p50} ${unit}`,
    `at most ${target} ${unit}`,
    ok === true ? 'met' : 'MISSED',
  ])
  const widths = [0, 1, 2].map((column) => Math.max(0, ...rows.map((row) => row[column]?.length ?? 0)))
  return rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('   ')).join('\n')
}

/** What the figures depend on besides the code. Names no host. */
export function describeMachine(chromium: string): object {
  const commit = spawnSync('git', ['describe', '--always', '--dirty'], { encoding: 'utf8' })
  const browser = spawnSync(chromium, ['--version'], { encoding: 'utf8' })
  return {
    machine: {
      cpu: cpus()[0]?.model.trim() ?? 'unknown',
      cores: availableParallelism(),
      memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
      node: process.versions.node,
      os: `${platform()} ${release()}`,
      chromium: /[\d.]+/.exec(browser.stdout ?? '')?.[0] ?? 'unknown',
      rendering: 'software',
      /** Runnable tasks over the last minute: above `cores`, something else was using the machine. */
      load: Number((loadavg()[0] ?? 0).toFixed(1)),
      commit: commit.status === 0 ? commit.stdout.trim() : 'unknown',
    },
  }
}
