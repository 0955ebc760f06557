import { describe, expect, it } from 'vitest'
import { assessValue } from '#engine/analysis/assess-value.ts'
import type { Value } from '#engine/expr/values.ts'
import { T0 } from '#test/support/virtual-clock.ts'

const conditions = (successCondition?: string, failureCondition?: string) => ({
  ...(successCondition !== undefined && { successCondition }),
  ...(failureCondition !== undefined && { failureCondition }),
})
const [yes, no, broken] = ['result > 1', 'result > 9', 'result.x > 1']

describe('what a value means', () => {
  it.each([
    [undefined, undefined, 'Successful'],
    [yes, undefined, 'Successful'],
    [no, undefined, 'Failed'],
    [undefined, yes, 'Failed'],
    [undefined, no, 'Successful'],
    [yes, no, 'Successful'],
    [yes, yes, 'Failed'],
    [no, yes, 'Failed'],
    [no, no, 'Inconclusive'],
    [broken, yes, 'Error'],
    [yes, broken, 'Error'],
    ['', '', 'Successful'],
  ] as const)('ANA-701, ANA-1501: success %j and failure %j: %s', (success, fail, phase) => {
    expect(assessValue(5, conditions(success, fail), T0).phase).toBe(phase)
  })

  it('ANA-702: an error names the condition and its cause, and success is looked at first', () => {
    expect(assessValue(5, conditions('nope', 'nope either'), T0)).toEqual({
      phase: 'Error',
      message: 'could not evaluate successCondition "nope": unknown name nope',
    })
    expect(assessValue(5, conditions(yes, 'result'), T0).message).toBe(
      'could not evaluate failureCondition "result": expected bool, but got float64',
    )
  })

  it.each<[string, Value]>([
    ['nil', null],
    ['an empty list', []],
    ['an empty vector', new Float64Array()],
  ])('ANA-702: %s is told as no data', (_name, value) => {
    expect(assessValue(value, conditions('result[0] > 1'), T0).message).toBe(
      'could not evaluate successCondition "result[0] > 1": metric result is nil or empty: no data returned from the metric provider',
    )
  })

  it('ANA-705: NaN is neither good nor bad', () => {
    const value = Float64Array.of(Number.NaN)
    expect(assessValue(value, conditions('result[0] >= 0.95'), T0).phase).toBe('Failed')
    expect(assessValue(value, conditions('result[0] >= 0.95', 'result[0] < 0.95'), T0).phase).toBe('Inconclusive')
  })
})
