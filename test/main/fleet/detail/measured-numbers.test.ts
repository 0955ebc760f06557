import { describe, expect, it } from 'vitest'
import { jsonOf, numbersOf, seriesOf, stableCounterpart } from '#main/fleet/detail/measured-numbers.ts'

const numbersIn = (text: string, keys: readonly string[] = []) => {
  const value = jsonOf(text)
  const series = seriesOf([value], keys)
  return [series.map(({ key }) => key), numbersOf(value, series)]
}

describe('VIEW-196: the numbers of a value', () => {
  it.each<[string, readonly string[], readonly string[], readonly (number | null)[]]>([
    ['0.5', [], [''], [0.5]],
    ['0.5', ['0'], [''], [0.5]],
    ['[0.5]', [], ['0'], [0.5]],
    ['[0.5,2,3]', ['1'], ['1'], [2]],
    ['[1,2,3,4,5,6,7]', [], ['0', '1', '2', '3', '4'], [1, 2, 3, 4, 5]],
    ['[NaN, 0.25]', [], ['0', '1'], [null, 0.25]],
    ['+Inf', [], [''], [null]],
    ['NaN', [], [''], [null]],
    ['-1e-7', [], [''], [-1e-7]],
    ['[]', [], [''], [null]],
    ['null', [], [''], [null]],
    ['"ok"', [], [''], [null]],
    ['all good', [], [''], [null]],
    ['007', [], [''], [null]],
    ['{"p99":250,"p50":"x"}', ['p99', 'p50', 'p10'], ['p99', 'p50', 'p10'], [250, null, null]],
    ['{"p99":250}', [], [''], [null]],
    ['{"a":1}', ['toString'], ['toString'], [null]],
  ])('%s with the keys %j', (text, keys, names, numbers) => {
    expect(numbersIn(text, keys)).toEqual([names, numbers])
  })

  it('UI-ROLE: a series that says so is the canary or the stable version', () => {
    const series = seriesOf([{}], ['canary', 'stable', 'p99', 'unstable'])
    expect(series.map(({ role }) => role)).toEqual(['canary', 'stable', undefined, undefined])
  })
})

describe('the metric that measures the stable version', () => {
  const names = ['latency-canary', 'latency-stable', 'errors', 'errors_baseline', 'stable-cpu', 'mem']
  it.each([
    ['latency-canary', 'latency-stable'],
    ['errors', 'errors_baseline'],
    ['cpu', 'stable-cpu'],
    ['latency-stable', undefined],
    ['mem', undefined],
  ])('of %s is %s', (name, other) => {
    expect(stableCounterpart(name, names)).toBe(other)
  })
})
