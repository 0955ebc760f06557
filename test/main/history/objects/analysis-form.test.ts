import { expect, it } from 'vitest'
import type { AnalysisRun } from '#api/analysis.ts'
import { analysisForm, withoutQueries } from '#main/history/objects/analysis-form.ts'
import { aMetric, anAnalysisRun, secretArgument } from '#test/support/builders/analysis.ts'

const query = 'up{token="s3cr3t-value"}'
const asking = (name: string, argument: string) =>
  aMetric({ name, provider: { prometheus: { query: `up{token="{{args.${argument}}}"}` } } })

const run = (args: AnalysisRun['spec']['args'], message = ''): AnalysisRun => ({
  ...anAnalysisRun({ args: args ?? [], metrics: [asking('uses', 'key'), asking('other', 'plain')] }),
  status: {
    phase: 'Running',
    message,
    metricResults: ['uses', 'other'].map((name) => ({
      name,
      phase: 'Running' as const,
      metadata: { ResolvedPrometheusQuery: query, note: 'kept' },
    })),
  },
})

const toldOf = ({ status }: AnalysisRun) => status?.metricResults?.map(({ metadata }) => metadata)

it('ANA-309: what a metric asked is not kept where it used an argument from a Secret; of others it is', () => {
  const kept = analysisForm(run([secretArgument('key'), { name: 'plain', value: 'x' }]))
  expect(toldOf(kept)).toEqual([
    { ResolvedPrometheusQuery: '[redacted]', note: 'kept' },
    { ResolvedPrometheusQuery: query, note: 'kept' },
  ])
})

it('ANA-309: an argument that is called as a secret is quoted nowhere in the status', () => {
  const kept = analysisForm(run([{ name: 'client-secret', value: 's3cr3t-value' }], 'asked for s3cr3t-value'))
  expect(JSON.stringify(kept.status)).not.toContain('s3cr3t')
  expect(kept.status?.message).toBe('asked for [redacted]')
})

it('a run without such arguments is the same', () => {
  const plain = run([{ name: 'plain', value: 's3cr3t-value' }])
  expect(analysisForm(plain)).toBe(plain)
})

it('ACT-15: of what is written to a run no query is kept', () => {
  const body = { status: { metricResults: [{ name: 'a', metadata: { ResolvedPrometheusQuery: query } }] } }
  expect(withoutQueries(body)).toEqual({
    status: { metricResults: [{ name: 'a', metadata: { ResolvedPrometheusQuery: '[redacted]' } }] },
  })
})
