import { describe, expect, it } from 'vitest'
import { parseLabelSelector } from '#engine/traffic/gateway-api/parse-label-selector.ts'

const expression = (key: string, operator: string, values?: readonly string[]) => ({
  matchExpressions: [{ key, operator, ...(values !== undefined && { values }) }],
})

describe('parseLabelSelector', () => {
  it('GW-1: reads labels and conditions', () => {
    const selector = { matchLabels: { app: 'web' }, ...expression('tier', 'Exists') }
    expect(parseLabelSelector(selector)).toEqual({
      ok: true,
      value: { matchLabels: { app: 'web' }, matchExpressions: [{ key: 'tier', operator: 'Exists', values: [] }] },
    })
  })

  it.each([
    [expression('app', 'in', ['a']), '"in" is not a valid label selector operator'],
    [expression('app', 'In'), "values: Invalid value: []: for 'in', 'notin' operators, values set can't be empty"],
    [
      expression('app', 'NotIn', []),
      "values: Invalid value: []: for 'in', 'notin' operators, values set can't be empty",
    ],
    [
      expression('app', 'Exists', ['a']),
      'values: Invalid value: ["a"]: values set must be empty for exists and does not exist',
    ],
    [expression('', 'Exists'), 'key: Invalid value: "": name part must be non-empty'],
  ])('GW-3: %j is none', (selector, error) => {
    expect(parseLabelSelector(selector)).toEqual({ ok: false, error })
  })

  it.each([
    [{ matchLabels: { 'a b': 'x' } }, 'key: Invalid value: "a b": name part must consist of'],
    [{ matchLabels: { app: 'a b' } }, 'values[0][app]: Invalid value: "a b": a valid label must be an empty string'],
    [expression('app', 'In', ['a', '-']), 'values[1][app]: Invalid value: "-": a valid label must be'],
    [{ matchLabels: { zz: '-', aa: '-' } }, 'values[0][aa]'],
  ])('GW-3: %j has a label that cannot be one', (selector, error) => {
    const parsed = parseLabelSelector(selector)
    expect(parsed.ok ? 'no error' : parsed.error).toContain(error)
  })
})
