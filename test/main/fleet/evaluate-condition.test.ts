import { describe, expect, it } from 'vitest'
import type { AnalysisArgument } from '#api/analysis.ts'
import { evaluateCondition } from '#main/fleet/evaluate-condition.ts'
import { aMetric, anAnalysisRun, secretArgument } from '#test/support/builders/analysis.ts'
import { T0 } from '#test/support/virtual-clock.ts'

interface Given {
  readonly values?: readonly string[]
  readonly args?: readonly AnalysisArgument[]
  readonly provider?: Readonly<Record<string, unknown>>
  readonly elapsed?: () => number
}

function verdictsOf(expression: string, { values = ['[0.9]'], args = [], provider, elapsed = () => 0 }: Given = {}) {
  const metric = aMetric(provider && { provider })
  const measurements = values.map((value, index) => ({
    phase: 'Successful' as const,
    startedAt: new Date(T0 + index * 1000).toISOString(),
    value,
  }))
  const metricResults = [{ name: 'rate', phase: 'Running' as const, measurements }]
  const run = anAnalysisRun({ metrics: [metric], args }, { status: { metricResults } })
  return evaluateCondition({ run, metric, expression, now: T0, elapsed })
}

const said = (expression: string, given?: Given) =>
  verdictsOf(expression, given).verdicts.map(({ says, type, text }) => [says, type, text])

describe('what a condition would have said', () => {
  it('of each value that is kept, oldest first; one without a value says nothing', () => {
    const { verdicts } = verdictsOf('result[0] >= 0.95', { values: ['[0.99]', '', '[0.9]'] })
    expect(verdicts).toEqual([
      { at: T0, says: 'true', type: 'bool', text: 'true' },
      { at: T0 + 2000, says: 'false', type: 'bool', text: 'false' },
    ])
  })

  it.each<[string, Given, readonly unknown[]]>([
    ['result.p99 < 300', { values: ['{"p99":250}'], provider: { web: {} } }, ['true', 'bool', 'true']],
    ['result == "ok"', { values: ['ok'], provider: { web: {} } }, ['true', 'bool', 'true']],
    ['isNaN(result[0])', { values: ['[NaN]'] }, ['true', 'bool', 'true']],
    ['isInf(result[1])', { values: ['[1,+Inf]'] }, ['true', 'bool', 'true']],
    ['isInf(result)', { values: ['-Inf'] }, ['true', 'bool', 'true']],
    ['result[0]', {}, ['error', 'float64', 'expected bool, but got float64: 0.9']],
    ['result[5] > 1', {}, ['error', '', expect.stringMatching(/out of range/)]],
    ['len(result) > 0', { values: ['{"a":[1,2,…'] }, ['error', '', expect.stringMatching(/too long/)]],
  ])('ANA-1301: %s of %j', (expression, given, expected) => {
    expect(said(expression, given)).toEqual([expected])
  })

  it('ANA-703: one that cannot be read says why, and nothing else', () => {
    expect(verdictsOf('result >')).toEqual({ problem: expect.stringMatching(/unexpected token/), verdicts: [] })
  })

  it('arguments are filled in, but not those from Secrets', () => {
    const args = [
      { name: 'min', value: '0.5' },
      { ...secretArgument('token'), value: 'hunter2' },
    ]
    expect(said('result[0] > {{args.min}}', { args })).toEqual([['true', 'bool', 'true']])
    expect(said('"{{args.token}}" == "•••"', { args })).toEqual([['true', 'bool', 'true']])
  })

  it('ANA-1315: what takes too long ends, and the rest is not tried', () => {
    let now = 0
    const elapsed = () => (now += 200)
    const texts = said('result[0] > 0', { values: ['[1]', '[2]', '[3]'], elapsed }).map(([says]) => says)
    expect(texts).toEqual(['true', 'error', 'error'])
  })
})
