import type { Direction, MetricValues } from '#engine/judge/metric.ts'
import type { Random } from '#test/sim/random.ts'
import { bursts, correlated, events, logNormal } from './series.ts'

/** A canary and a baseline as they may come, any number of times. */
export interface Situation {
  readonly name: string
  /** Whether the canary is in fact worse. */
  readonly isWorse: boolean
  readonly direction: Direction
  /** How often it is looked at while the values come in. */
  readonly looks: number
  readonly values: (random: Random) => MetricValues
  /** Share of runs that fail, in Argosy's mode: at most, or at least, this. */
  readonly bound?: { readonly most?: number; readonly least?: number }
}

/** False alarms that are let pass. */
const alarms = { most: 0.03 }

interface Latency {
  readonly n: number
  /** Correlation of neighbours. */
  readonly phi: number
  readonly times?: number
  readonly looks?: number
}

/** Around 100, ten percent either way. */
const latency = ({ n, phi, times = 1, looks = 1 }: Latency, bound?: Situation['bound']): Situation => ({
  name: `latency, ${times === 1 ? 'no change' : `+${Math.round((times - 1) * 100)} %`}, φ ${phi}, n ${n}${looks > 1 ? `, ${looks} looks` : ''}`,
  isWorse: times > 1,
  direction: 'either',
  looks,
  values: (random) => ({
    name: 'latency',
    kind: 'duration',
    canary: correlated(random, { n, phi, mean: 100 * times, deviation: 10 * times }),
    baseline: correlated(random, { n, phi, mean: 100, deviation: 10 }),
  }),
  ...(bound && { bound }),
})

const tailed = (times: number, n: number): Situation => ({
  name: `latency with a long tail, ${times === 1 ? 'no change' : `+${Math.round((times - 1) * 100)} %`}, n ${n}`,
  isWorse: times > 1,
  direction: 'either',
  looks: 1,
  values: (random) => ({
    name: 'latency',
    kind: 'duration',
    canary: logNormal(random, n, 100 * times, 0.3),
    baseline: logNormal(random, n, 100, 0.3),
  }),
  ...(times === 1 && { bound: alarms }),
})

/** Five errors in an hour of minutes. */
const rare = (times: number, bound?: Situation['bound']): Situation => ({
  name: `rare errors, ${times === 1 ? 'no change' : `×${times}`}`,
  isWorse: times > 1,
  direction: 'increase',
  looks: 1,
  values: (random) => ({
    name: 'errors',
    kind: 'count',
    canary: events(random, 60, 0.08 * times),
    baseline: events(random, 60, 0.08),
  }),
  ...(bound && { bound }),
})

interface Errors {
  readonly rate: number
  readonly times: number
  /** Whether errors come together. */
  readonly inBursts: boolean
}

/** Of about 200 requests in each of 60 intervals. */
const errors = ({ rate, times, inBursts }: Errors): Situation => ({
  name: `${rate * 100} % errors${inBursts ? ' in bursts' : ''}, ${times === 1 ? 'no change' : `×${times}`}`,
  isWorse: times > 1,
  direction: 'increase',
  looks: 1,
  values: (random) => {
    const requests = { canary: events(random, 60, 200), baseline: events(random, 60, 200) }
    const of = (counts: readonly number[], share: number): readonly number[] =>
      counts.map((count) => (inBursts ? bursts(random, count * share) : (events(random, 1, count * share)[0] ?? 0)))
    return {
      name: 'error rate',
      kind: 'ratio',
      canary: of(requests.canary, rate * times),
      baseline: of(requests.baseline, rate),
      requests,
    }
  },
  ...(times === 1 && { bound: alarms }),
})

export const situations: readonly Situation[] = [
  ...[0, 0.3, 0.6, 0.8, 0.9].map((phi) => latency({ n: 60, phi }, alarms)),
  ...[0, 0.6, 0.9].map((phi) => latency({ n: 30, phi }, alarms)),
  ...[10, 20, 30, 60].map((n) => latency({ n, phi: 0, times: 1.1 })),
  latency({ n: 30, phi: 0, times: 1.2 }, { least: 0.95 }),
  ...[0.6, 0.9].map((phi) => latency({ n: 60, phi, times: 1.2 })),
  tailed(1, 30),
  tailed(1.2, 30),
  rare(1, alarms),
  rare(3),
  rare(5),
  rare(10, { least: 0.95 }),
  errors({ rate: 0.01, times: 1, inBursts: false }),
  errors({ rate: 0.01, times: 1.5, inBursts: false }),
  errors({ rate: 0.01, times: 1, inBursts: true }),
  errors({ rate: 0.01, times: 2, inBursts: true }),
  errors({ rate: 0.002, times: 1, inBursts: true }),
  ...[0, 0.6, 0.9].map((phi) => latency({ n: 60, phi, looks: 10 }, alarms)),
  latency({ n: 60, phi: 0, times: 1.1, looks: 10 }),
]
