import { describe, expect, it } from 'vitest'
import {
  bandsOf,
  nearest,
  scaleOf,
  stretchesOf,
  timeFrom,
  timeTicks,
  valueTicks,
} from '#renderer/format/chart-scale.ts'
import { formatNumber } from '#renderer/format/number-words.ts'
import { aMetricView, measured } from '#test/support/fixture-analysis.ts'
import { T0 } from '#test/support/virtual-clock.ts'

const below = (value: number, from: 'success' | 'failure' = 'failure') =>
  ({ value, good: 'below', inclusive: true, from, key: undefined }) as const

describe('the axes of a chart', () => {
  it('UI-CH-5: cover data and limit with 15% of air, from 0 where they come near it', () => {
    const metric = aMetricView({ name: 'm', thresholds: [below(300)], measurements: measured([200, 240], T0) })
    expect(scaleOf(metric)).toEqual({ from: T0 - 60_000, until: T0, low: 185, high: 315 })
    const rate = aMetricView({ name: 'm', thresholds: [below(1)], measurements: measured([0.2, 0.4], T0) })
    expect(scaleOf(rate)).toMatchObject({ low: 0, high: 1.12 })
    expect(scaleOf(aMetricView({ name: 'm', measurements: measured(['no such host'], T0) }))).toBeUndefined()
  })

  it.each([
    [600_000, ['10:00', '10:05', '10:10']],
    [119_000, ['10:00:00', '10:00:59', '10:01:59']],
  ])('UI-CH-5: three times over %d ms, to the second where minutes would repeat: %s', (span, ticks) => {
    expect(timeTicks({ from: T0, until: T0 + span })).toEqual(ticks)
  })

  it('UI-CH-4: a place on the plot is a time, and a time has a measurement nearest to it', () => {
    const scale = { from: T0, until: T0 + 100_000, low: 0, high: 1 }
    expect([-5, 0, 25, 100, 130].map((percent) => timeFrom(scale, percent) - T0)).toEqual([
      0, 0, 25_000, 100_000, 100_000,
    ])
    const measurements = measured([1, 2, 3], T0)
    expect(nearest(measurements, T0 - 70_000)?.numbers).toEqual([2])
    expect(nearest([], T0)).toBeUndefined()
  })

  it('one measurement, or many of the same, still have room', () => {
    const scale = scaleOf(aMetricView({ name: 'm', measurements: measured([0], T0) }))
    expect(scale).toMatchObject({ low: 0, high: 0.15 })
    expect((scale?.until ?? 0) - (scale?.from ?? 0)).toBe(60_000)
  })

  it.each([
    [{ low: 0, high: 1.15 }, [0, 0.5, 1]],
    [{ low: 185, high: 315 }, [200, 250, 300]],
    [{ low: 2.52, high: 3.19 }, [2.6, 2.8, 3]],
    [{ low: -5, high: 5 }, [-5, 0, 5]],
    [{ low: 0, high: 9e11 }, [0, 5e11]],
  ])('UI-CH-5: at most three round ticks within %j', (scale, ticks) => {
    expect(valueTicks(scale).map((each) => Number(each.toPrecision(6)))).toEqual(ticks)
  })
})

describe('UI-CH-2: bands', () => {
  it('one condition decides alone; beside a failure condition there is something between', () => {
    const scale = { from: 0, until: 1, low: 0, high: 10 }
    const one = aMetricView({ name: 'm', successCondition: 'x', thresholds: [below(4, 'success')] })
    expect(bandsOf(one, scale)).toEqual([{ kind: 'failing', from: 4, to: 10 }])
    const thresholds = [below(4, 'success'), below(8)]
    const two = aMetricView({ name: 'm', successCondition: 'x', failureCondition: 'y', thresholds })
    expect(bandsOf(two, scale)).toEqual([
      { kind: 'inconclusive', from: 4, to: 8 },
      { kind: 'failing', from: 8, to: 10 },
    ])
  })
})

it('UI-ERR-8: what could not be measured is a gap', () => {
  const stretches = stretchesOf(measured([1, 2, 'refused', 3], T0), 0)
  expect(stretches.map((each) => each.map(({ value }) => value))).toEqual([[1, 2], [3]])
})

it.each([
  [0.991234, '0.9912'],
  [241, '241'],
  [12_345, '12.35k'],
  [998_877_665_544, '998.9G'],
  [1.234e-7, '1.2e-7'],
  [-0.5, '-0.5'],
  [0, '0'],
])('a number in four digits: %d is %s', (value, words) => {
  expect(formatNumber(value)).toBe(words)
})
