import { describe, expect, it } from 'vitest'
import { keysOf, thresholdsOf } from '#main/fleet/detail/thresholds.ts'

const words = (conditions: Parameters<typeof thresholdsOf>[0]) =>
  thresholdsOf(conditions).map(
    ({ value, good, inclusive, key }) => `${key ?? 'each'} ${good}${inclusive ? ' or at' : ''} ${value}`,
  )

describe('VIEW-195: the lines a success condition draws', () => {
  it.each<[string, readonly string[]]>([
    ['result[0] >= 0.95', ['0 above or at 0.95']],
    ['result < 5 && result > 1', ['each below 5', 'each above 1']],
    ['result < 5 and result > 1', ['each below 5', 'each above 1']],
    ['all(result, # < 0.01)', ['each below 0.01']],
    ['all(result, {# < 0.01})', ['each below 0.01']],
    ['none(result, # >= 0.01)', ['each below 0.01']],
    ['default(result, 0) < 0.05', ['each below 0.05']],
    ['(result[0] ?? 0) < 0.05', ['0 below 0.05']],
    ['asFloat(result.p99) <= 300', ['p99 below or at 300']],
    ['result["p 99"] <= 300', ['p 99 below or at 300']],
    ['0.95 <= result[0]', ['0 above or at 0.95']],
    ['0.2 < result <= 0.4', ['each above 0.2', 'each below or at 0.4']],
    ['not (result > 10)', ['each below or at 10']],
    ['!(result > 10 || result < -1)', ['each below or at 10', 'each above or at -1']],
    ['isNaN(result[0]) || result[0] < 0.05', ['0 below 0.05']],
    ['len(result) == 0 || result[0] < 0.05', ['0 below 0.05']],
    ['result == nil || result < 5', ['each below 5']],
    ['len(result) > 0 && result[0] < 0.05', ['0 below 0.05']],
  ])('%s', (successCondition, lines) => {
    expect(words({ successCondition })).toEqual(lines)
  })

  it.each([
    'result < 5 || result > 10',
    'result == 5',
    'result[0] >= result[1]',
    'any(result, # < 0.01)',
    'len(result) > 3',
    'result.a.b > 1',
    'result > 1 ? true : false',
    'true',
    'result >',
    '',
  ])('none where it cannot be told: %s', (successCondition) => {
    expect(thresholdsOf({ successCondition })).toEqual([])
  })
})

describe('UI-CH-2: the lines a failure condition draws', () => {
  it.each<[string, readonly string[]]>([
    ['result[0] > 1', ['0 below or at 1']],
    ['result < 1 || result > 5', ['each above or at 1', 'each below or at 5']],
    ['any(result, # >= 0.01)', ['each below 0.01']],
    ['!isNaN(result) && result > 3', ['each below or at 3']],
    ['len(result) > 0 && result[0] > 3', ['0 below or at 3']],
    ['result > 1 && result < 5', []],
    ['all(result, # > 5)', []],
  ])('%s', (failureCondition, lines) => {
    expect(words({ failureCondition })).toEqual(lines)
  })

  it('says which condition a line is from', () => {
    const both = thresholdsOf({ successCondition: 'result < 2', failureCondition: 'result > 5' })
    expect(both.map(({ from }) => from)).toEqual(['success', 'failure'])
  })
})

describe('what the conditions look at', () => {
  it.each<[string, readonly string[]]>([
    ['result[0] >= 0.95 && result[2] < 1 && result[0] < 2', ['0', '2']],
    ['result.p99 < 300 || isNaN(result["p50"])', ['p99', 'p50']],
    ['result > 1', []],
    ['result[', []],
  ])('VIEW-196: %s', (successCondition, keys) => {
    expect(keysOf({ successCondition })).toEqual(keys)
  })
})
