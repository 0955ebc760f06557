import { describe, expect, it } from 'vitest'
import type { AnalysisArgument, Metric } from '#api/analysis.ts'
import { substituteMetric, withoutSecrets } from '#engine/analysis/substitute.ts'

const aMetric = (query: string, more: Partial<Metric> = {}): Metric => ({
  name: 'rate',
  provider: { prometheus: { query } },
  ...more,
})
const args = (values: Readonly<Record<string, string>>): readonly AnalysisArgument[] =>
  Object.entries(values).map(([name, value]) => ({ name, value }))
const queryOf = (metric: Metric) => (metric.provider['prometheus'] as { readonly query: string }).query
const filled = (query: string, values: Readonly<Record<string, string>>) => {
  const result = substituteMetric(aMetric(query), args(values))
  return result.ok ? queryOf(result.value) : result.error
}

describe('arguments of a metric', () => {
  it.each<[string, string, Readonly<Record<string, string>>, string]>([
    ['ANA-402: where it stands', 'up{job="{{args.job}}"}', { job: 'web' }, 'up{job="web"}'],
    ['ANA-403: white space around the name', '{{ args.job }}', { job: 'web' }, 'web'],
    ['ANA-402: a brace that follows belongs to the text', '{service:{{args.svc}}}', { svc: 'a' }, '{service:a}'],
    ['ANA-405: quotes, backslashes and line breaks', '{{args.a}}', { a: '"\\\n\t' }, '"\\\n\t'],
    ['ANA-405: control characters', '{{args.a}}', { a: '\x01' }, '\x01'],
    ['ANA-405: inserted text is not read again', '{{args.a}}', { a: '{{args.b}}', b: 'x' }, '{{args.b}}'],
    ['ANA-404: an empty value is a value', 'x{{args.a}}y', { a: '' }, 'xy'],
    ['ANA-403: a tag that nobody knows', '{{args.other}}', { a: '' }, 'failed to resolve {{args.other}}'],
    ['ANA-403: of several the last', '{{ .Values.x }} {{ y }}', {}, 'failed to resolve {{ y }}'],
  ])('%s', (_rule, query, values, result) => {
    expect(filled(query, values)).toBe(result)
  })

  it('ANA-401: in every text of the metric, and in no number', () => {
    const metric = aMetric('q', {
      name: '{{args.name}}',
      interval: '{{args.interval}}',
      count: '{{args.count}}',
      failureLimit: 2,
      successCondition: 'result[0] >= {{args.limit}}',
    })
    const values = args({ name: 'success', interval: '1m', count: '5', limit: '0.95' })
    expect(substituteMetric(metric, values)).toEqual({
      ok: true,
      value: {
        ...metric,
        name: 'success',
        interval: '1m',
        count: '5',
        successCondition: 'result[0] >= 0.95',
      },
    })
  })

  it('ANA-404: an argument without a value is refused, used or not; of two of one name the last counts', () => {
    const result = substituteMetric(aMetric('q'), [{ name: 'a', value: 'x' }, { name: 'token' }])
    expect(result).toEqual({ ok: false, error: 'argument "token" was not supplied' })
    const twice = [...args({ a: 'first' }), ...args({ a: 'last' })]
    const filledTwice = substituteMetric(aMetric('{{args.a}}'), twice)
    expect(filledTwice.ok && queryOf(filledTwice.value)).toBe('last')
  })

  it('ANA-402: a tag without an end is told', () => {
    expect(filled('{{args.a', { a: 'x' })).toMatch(/^(Cannot find end tag="}}"|failed to resolve)/)
    const flat = substituteMetric({ ...aMetric('q'), provider: {}, successCondition: '{{args.a' }, args({ a: 'x' }))
    expect(flat).toMatchObject({
      ok: false,
      error: expect.stringMatching(/^Cannot find end tag="}}" in the template=/),
    })
  })

  it('ANA-406: what is planned with holds no secret', () => {
    const secret = { name: 'token', value: 'open sesame', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } }
    expect(withoutSecrets([secret, ...args({ a: 'x' })])).toEqual([
      { ...secret, value: 'temp-for-secret' },
      { name: 'a', value: 'x' },
    ])
  })
})
