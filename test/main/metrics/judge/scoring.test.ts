import { describe, expect, it } from 'vitest'
import { scoringOf } from '#main/metrics/judge/scoring.ts'

const names = ['p99', 'errors', 'restarts']
const scoringIn = (score: string | undefined, judge?: string) =>
  scoringOf({
    annotations: {
      ...(judge !== undefined && { 'argosy.dev/judge': judge }),
      ...(score !== undefined && { 'argosy.dev/judge-score': score }),
    },
    metrics: names.map((name) => ({ name })),
  })
const judge = 'errors: {baselineQuery: e, groups: [quality, speed]}\np99: {baselineQuery: q, group: speed}'

describe('how judged metrics make one score', () => {
  it('none is asked for by who declares none', () => {
    expect(scoringIn(undefined)).toEqual({ ok: true, value: undefined })
    expect(scoringIn(undefined, judge)).toEqual({ ok: true, value: undefined })
    expect(scoringOf({ annotations: undefined, metrics: [] })).toEqual({ ok: true, value: undefined })
  })

  it('SCORE-1: of those that are not muted, in the order of the spec, with their groups', () => {
    const declared = scoringIn('groupWeights: {speed: 60}', `${judge}\nrestarts: {baselineQuery: r, muted: true}`)
    expect(declared).toEqual({
      ok: true,
      value: {
        config: { groupWeights: { speed: 60 }, pass: 95, marginal: 75 },
        groups: new Map([
          ['p99', ['speed']],
          ['errors', ['quality', 'speed']],
        ]),
      },
    })
    const [first] = declared.ok ? [...(declared.value?.groups.keys() ?? [])] : []
    expect(first).toBe('p99')
  })

  it('SCORE-3: a metric without a group is in one of that name', () => {
    const declared = scoringIn('groupWeights: {metrics: 100}', 'p99: {baselineQuery: q}')
    expect(declared.ok && declared.value?.groups.get('p99')).toEqual(['metrics'])
  })

  it.each([
    ['pass: no', judge, 'argosy.dev/judge-score.pass: expected a number from 0 to 100, and not "no"'],
    ['{}', 'p99: {}', 'argosy.dev/judge: p99.baselineQuery: is needed'],
    [undefined, 'p98: {baselineQuery: q}', 'argosy.dev/judge: p98: there is no metric of that name'],
    [
      '{}',
      undefined,
      'argosy.dev/judge-score: there is nothing to score, as no metric is judged, or all that are are muted',
    ],
    ['{}', 'p99: {baselineQuery: q, muted: true}', expect.stringContaining('there is nothing to score')],
    [
      'groupWeights: {sped: 60}',
      judge,
      'argosy.dev/judge-score.groupWeights.sped: no metric that counts is in this group',
    ],
    [
      'groupWeights: {speed: 60, quality: 20}',
      judge,
      'argosy.dev/judge-score.groupWeights: they add up to 80, and not to 100',
    ],
  ])('a score that can only come out wrong is refused: %s', (score, declared, error) => {
    expect(scoringIn(score, declared)).toEqual({ ok: false, error })
  })

  it('weights that only rounding keeps from 100 are good', () => {
    const three =
      'p99: {baselineQuery: q, group: a}\nerrors: {baselineQuery: q, group: b}\nrestarts: {baselineQuery: q, group: c}'
    expect(scoringIn('groupWeights: {a: 33.3, b: 33.3, c: 33.3}', three).ok).toBe(true)
  })
})
