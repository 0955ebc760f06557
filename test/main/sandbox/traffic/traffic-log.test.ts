import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { behaviourOf } from '#main/sandbox/controllers/image-behaviour.ts'
import { conductOf } from '#main/sandbox/traffic/conduct.ts'
import { seriesOf } from '#main/sandbox/traffic/metric-series.ts'
import { type Flow, TrafficLog } from '#main/sandbox/traffic/traffic-log.ts'
import { T0 } from '#test/support/virtual-clock.ts'

const words = ['fine', 'errors', 'laggy', 'burst', 'flapping', 'leak', 'bimodal', 'errors-burst', 'leak-bimodal-flaky']
const demand = { app: 'web', requestsPerSecond: 100, latencySeconds: 0.05 }
const second = 1000

const flowOf = (version: string, share: number): Flow => ({
  hash: version,
  version,
  share,
  conduct: conductOf(behaviourOf(`web:${version}`)),
})

const logOf = (version: string, seed = 1, share = 1): TrafficLog => {
  const log = new TrafficLog(demand, seed)
  log.record([flowOf(version, share)], T0)
  return log
}

const seriesFor = (log: TrafficLog) => seriesOf(new Map([['default/web', log]]), undefined)

/** From one moment of its age to another, in seconds. */
function answersOf(version: string, from: number, to: number, seed = 1) {
  const log = logOf(version, seed)
  const grown = (name: string, more: Readonly<Record<string, string>>) =>
    seriesOf(new Map([['default/web', log]]), name)
      .filter(({ labels }) => Object.entries(more).every(([label, value]) => labels[label] === value))
      .reduce((sum, series) => sum + (series.increase(T0 + from * second, T0 + to * second) ?? 0), 0)
  const requests = grown('http_request_duration_seconds_count', {})
  const errors = grown('http_requests_total', { code: '500' }) + grown('http_requests_total', { code: '503' })
  return {
    errorRate: errors / requests,
    over: (bound: string) => 1 - grown('http_request_duration_seconds_bucket', { le: bound }) / requests,
    meanSeconds: grown('http_request_duration_seconds_sum', {}) / requests,
  }
}

const seeds = fc.integer({ min: 0, max: 1000 })
const moments = fc
  .tuple(...[1, 2, 3].map(() => fc.integer({ min: -10, max: 900 })))
  .map((ages) => ages.toSorted((a, b) => a - b).map((age) => T0 + age * second))
/** When it has how much of the traffic. */
const splits = fc.array(
  fc.record({ afterS: fc.integer({ min: 1, max: 200 }), share: fc.constantFrom(0, 0.1, 0.5, 1) }),
  {
    maxLength: 5,
  },
)

function splitLog(version: string, seed: number, changes: readonly { afterS: number; share: number }[]): TrafficLog {
  const log = logOf(version, seed, 0.2)
  let at = T0
  for (const { afterS, share } of changes) {
    at += afterS * second
    log.record(share === 0 ? [] : [flowOf(version, share)], at)
  }
  return log
}

describe('the counters of a version', () => {
  it('never fall, whatever it does and however its share changes', () => {
    const property = fc.property(fc.constantFrom(...words), seeds, splits, moments, (version, seed, changes, asked) => {
      for (const series of seriesFor(splitLog(version, seed, changes))) {
        const values = asked.flatMap((moment) => series.at(moment) ?? [])
        for (const [index, value] of values.entries())
          expect(value).toBeGreaterThanOrEqual((values[index - 1] ?? 0) - 1e-6)
      }
    })
    fc.assert(property, { seed: 1, numRuns: 60 })
  })

  it('grow in two spans together as in both at once', () => {
    const property = fc.property(fc.constantFrom(...words), seeds, splits, moments, (version, seed, changes, asked) => {
      const [a = 0, b = 0, c = 0] = asked
      for (const series of seriesFor(splitLog(version, seed, changes))) {
        const parts = (series.increase(a, b) ?? 0) + (series.increase(b, c) ?? 0)
        expect(parts).toBeCloseTo(series.increase(a, c) ?? 0, 5)
      }
    })
    fc.assert(property, { seed: 2, numRuns: 60 })
  })

  it('have every request in one bucket, and in one code', () => {
    const property = fc.property(fc.constantFrom(...words), seeds, moments, (version, seed, [, , at = 0]) => {
      const series = seriesFor(logOf(version, seed))
      const valueOf = (name: string, more: (labels: Readonly<Record<string, string>>) => boolean) =>
        series
          .filter(({ labels }) => labels['__name__'] === name && more(labels))
          .reduce((sum, each) => sum + (each.at(at) ?? 0), 0)
      const count = valueOf('http_request_duration_seconds_count', () => true)
      expect(valueOf('http_request_duration_seconds_bucket', ({ le }) => le === '+Inf')).toBeCloseTo(count, 5)
      expect(valueOf('http_requests_total', () => true)).toBeCloseTo(count, 5)
    })
    fc.assert(property, { seed: 3, numRuns: 100 })
  })
})

describe('a version by its word', () => {
  it.each([1, 2, 3, 4, 5])('has its burst of errors for a minute, after twenty seconds (seed %i)', (seed) => {
    const errorRate = (from: number, to: number) => answersOf('2-burst', from, to, seed).errorRate
    expect(errorRate(0, 20)).toBeLessThan(0.01)
    expect(errorRate(20, 80)).toBeGreaterThan(0.1)
    expect(errorRate(80, 600)).toBeLessThan(0.01)
  })

  it('is good and bad by turns, also after days', () => {
    for (const start of [0, 60, 600, 86_400, 864_000]) {
      expect(answersOf('2-flapping', start, start + 30).errorRate).toBeLessThan(0.01)
      expect(answersOf('2-flapping', start + 30, start + 60).errorRate).toBeGreaterThan(0.08)
    }
  })

  it('leaks: is slower and slower, and no more after four minutes', () => {
    const slower = (from: number, to: number) =>
      answersOf('2-leak', from, to).meanSeconds / answersOf('2', from, to).meanSeconds
    expect(slower(0, 10)).toBeCloseTo(1, 6)
    expect(slower(10, 20)).toBeCloseTo(1.5, 6)
    expect(slower(100, 110)).toBeCloseTo(6, 6)
    expect(slower(210, 220)).toBeCloseTo(11.5, 6)
    expect(slower(230, 600)).toBeCloseTo(12, 6)
  })

  it('has two modes of latency: most as ever, a part far slower', () => {
    const [fine, two] = [answersOf('2', 0, 600), answersOf('2-bimodal', 0, 600)]
    expect(fine.over('0.5')).toBeLessThan(0.02)
    expect(two.over('0.5')).toBeGreaterThan(0.13)
    expect(two.over('0.5')).toBeLessThan(0.2)
  })

  it('without metrics has no series, and takes none from the others', () => {
    const log = new TrafficLog(demand, 1)
    log.record([flowOf('1', 0.5), flowOf('2-no-metrics', 0.5)], T0)
    const versions = seriesFor(log).flatMap(({ labels }) => labels['version'] ?? [])
    expect(new Set(versions)).toEqual(new Set(['1']))
    expect(log.at(T0 + second).get('2-no-metrics')?.totals.requests).toBeGreaterThan(10)
  })

  it('goes by its own age: what another version had before it, or a change of its share, does not move its burst', () => {
    const log = new TrafficLog(demand, 1)
    log.record([flowOf('1', 1)], T0)
    log.record([flowOf('1', 0.8), flowOf('2-burst', 0.2)], T0 + 100 * second)
    log.record([flowOf('1', 0.5), flowOf('2-burst', 0.5)], T0 + 130 * second)
    const errors = (from: number, to: number) => {
      const at = (age: number) => log.at(T0 + age * second).get('2-burst')?.totals
      return ((at(to)?.errors ?? 0) - (at(from)?.errors ?? 0)) / ((at(to)?.requests ?? 0) - (at(from)?.requests ?? 0))
    }
    expect(errors(100, 120)).toBeLessThan(0.01)
    expect(errors(120, 180)).toBeGreaterThan(0.1)
    expect(errors(180, 300)).toBeLessThan(0.01)
  })
})
