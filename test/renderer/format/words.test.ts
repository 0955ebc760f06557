import { describe, expect, it } from 'vitest'
import type { ActionRefusal } from '#contract/views.ts'
import { formatAge, formatClockSpan, formatDuration } from '#renderer/format/duration.ts'
import { refusalWords } from '#renderer/format/failure-words.ts'
import { shortName } from '#renderer/format/short-name.ts'
import { cellName, statusWords, stepCount } from '#renderer/format/status-words.ts'
import { createTexts, textOf } from '#renderer/format/text.ts'
import { formatPercent, percentOf } from '#renderer/format/weight.ts'
import { aRollout, checkoutPaused } from '#test/support/fixture-fleet.ts'
import { T0 } from '#test/support/virtual-clock.ts'

const text = textOf(await createTexts('en'))
const paused = aRollout(T0, { context: 'prod-eu-west', name: 'checkout-api', ...checkoutPaused(T0) })

describe('times', () => {
  it.each([
    [0, '0s'],
    [59_999, '59s'],
    [60_000, '1m'],
    [3_599_999, '59m'],
    [22 * 3_600_000, '22h'],
    [6 * 86_400_000, '6d'],
    [-5, '0s'],
  ])('section 10: an age is one unit, rounded down: %d → %s', (ms, words) => {
    expect(formatAge(ms)).toBe(words)
  })

  it('section 10: a countdown is m:ss, from one hour h:mm:ss, and never ends early', () => {
    expect(formatClockSpan(408_000)).toBe('6:48')
    expect(formatClockSpan(3_661_000)).toBe('1:01:01')
    expect(formatClockSpan(1, 'up')).toBe('0:01')
    expect(formatClockSpan(-1, 'up')).toBe('0:00')
  })

  it.each([
    [600_000, '10 min'],
    [5_400_000, '1 h 30 min'],
    [45_000, '45 s'],
    [0, '0 s'],
  ])('a configured duration: %d → %s', (ms, words) => {
    expect(formatDuration(ms)).toBe(words)
  })
})

describe('weights', () => {
  it.each([
    [40, 100, '40%'],
    [39.2, 100, '39.2%'],
    [400, 1000, '40%'],
    [1, 3, '33.3%'],
    [5, 0, '0%'],
    [120, 100, '100%'],
  ])('%d of %d is %s', (weight, max, words) => {
    expect(formatPercent(weight, max)).toBe(words)
    expect(percentOf(weight, max)).toBeLessThanOrEqual(100)
  })
})

describe('names', () => {
  it.each([
    ['prod-eu-west', 'EW'],
    ['dev', 'DE'],
    ['arn:aws:eks:eu-central-1:123:cluster/shop-blue', 'SB'],
    ['生产环境', '生产'],
    ['--', '--'],
  ])('UI-GRID-5: %s is %s', (context, letters) => {
    expect(shortName(context)).toBe(letters)
  })
})

describe('a rollout in words', () => {
  it('UI-A11Y-4: a cell says application, cluster, status, time left, share and steps', () => {
    expect(cellName(text, paused, T0)).toBe(
      'checkout-api, prod-eu-west: Paused, 6:48 left, 40% canary, 4 of 8 steps done',
    )
  })

  it('ACT-52, UI-STAT-4: of an aborted update, which is back at its first step, no count of steps', () => {
    const aborted = { ...paused, status: 'Aborted', stepIndex: 0, pause: undefined } as const
    expect(stepCount(paused)).toBe('4/8')
    expect(stepCount(aborted)).toBeUndefined()
    expect(cellName(text, aborted, T0)).toBe('checkout-api, prod-eu-west: Aborted, 40% canary')
  })

  it('UI-STAT-3: a pause without a timer has a name of its own', () => {
    const pause = { reason: 'CanaryPauseStep', startedAt: T0, resumesAt: undefined }
    expect(statusWords(text, { ...paused, pause })).toBe('Paused, no timer')
    expect(statusWords(text, paused)).toBe('Paused')
  })
})

describe('a refused action', () => {
  it.each<[ActionRefusal, string]>([
    [{ kind: 'notOpen', reason: 'Retry is open after an abort.' }, 'Retry is open after an abort.'],
    [{ kind: 'movedOn', changed: ['step', 'revision'] }, 'step, revision'],
    [
      {
        kind: 'failed',
        failure: { kind: 'Forbidden', message: '', verb: 'patch', resource: 'rollouts', namespace: 'shop' },
      },
      'Missing verb patch on rollouts in namespace shop.',
    ],
    [
      {
        kind: 'failed',
        failure: {
          kind: 'Forbidden',
          message: '',
          verb: 'patch',
          resource: 'rollouts',
          namespace: 'shop',
          user: 'sre',
        },
      },
      'Account sre lacks verb patch on rollouts in namespace shop.',
    ],
    [
      {
        kind: 'failed',
        failure: { kind: 'Forbidden', message: '', verb: 'list', resource: 'nodes', namespace: undefined, user: 'sre' },
      },
      'Account sre lacks verb list on nodes.',
    ],
    [
      { kind: 'failed', failure: { kind: 'Conflict', message: 'the object has been modified' } },
      'the object has been modified',
    ],
    [{ kind: 'failed', failure: { kind: 'Throttled', message: '', retryAfterMs: 2500 } }, '3 s'],
    [{ kind: 'failed', failure: { kind: 'Unauthorized', message: 'the token ended.' } }, 'the token ended.'],
  ])('UI-COPY-2: %j says why', (refusal, words) => {
    expect(refusalWords(text, refusal)).toContain(words)
    expect(refusalWords(text, refusal)).not.toContain('..')
  })
})
