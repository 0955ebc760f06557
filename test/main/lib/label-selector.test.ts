import { describe, expect, it } from 'vitest'
import type { LabelSelector } from '#api/meta.ts'
import { formatSelector, matchesSelector, parseSelector } from '#lib/label-selector.ts'
import { success } from '#lib/outcome.ts'

const tier = (operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist', ...values: string[]): LabelSelector => ({
  matchExpressions: [{ key: 'tier', operator, ...(values.length > 0 && { values }) }],
})

describe('matchesSelector', () => {
  it.each<[LabelSelector | undefined, Record<string, string> | undefined, boolean]>([
    [{}, undefined, true],
    [undefined, { app: 'web' }, false],
    [{ matchLabels: { app: 'web' } }, { app: 'web', x: 'y' }, true],
    [{ matchLabels: { app: 'web' } }, { app: 'api' }, false],
    [tier('In', 'a', 'b'), { tier: 'b' }, true],
    [tier('In', 'a'), {}, false],
    [tier('NotIn', 'a'), {}, true],
    [tier('NotIn', 'a'), { tier: 'a' }, false],
    [tier('Exists'), { tier: '' }, true],
    [tier('DoesNotExist'), { tier: '' }, false],
    [{ matchLabels: { constructor: 'x' } }, {}, false],
  ])('%j on %j is %s', (selector, labels, expected) => {
    expect(matchesSelector(selector, labels)).toBe(expected)
  })
})

describe('formatSelector', () => {
  it.each<[LabelSelector | undefined, string]>([
    [undefined, '<none>'],
    [{}, '<none>'],
    [{ matchLabels: { b: '2', a: '1' } }, 'a=1,b=2'],
    [{ matchLabels: { z: '1' }, ...tier('In', 'b', 'a') }, 'tier in (a,b),z=1'],
    [tier('NotIn', 'b', 'a'), 'tier notin (a,b)'],
    [tier('Exists'), 'tier'],
    [tier('DoesNotExist'), '!tier'],
    [tier('In'), '<error>'],
    [tier('Exists', 'x'), '<error>'],
    [{ matchLabels: { 'not a key': 'x' } }, '<error>'],
    [{ matchLabels: { a: 'not a value' } }, '<error>'],
  ])('REC-66: writes %j as %s', (selector, text) => {
    expect(formatSelector(selector)).toBe(text)
  })
})

describe('parseSelector', () => {
  it.each<[string, LabelSelector]>([
    ['', {}],
    ['app=web', { matchLabels: { app: 'web' } }],
    ['app==web, x.io/y=', { matchLabels: { app: 'web', 'x.io/y': '' } }],
    ['tier!=a', tier('NotIn', 'a')],
    ['tier in (a, b),app=web', { matchLabels: { app: 'web' }, ...tier('In', 'a', 'b') }],
    ['tier notin (a)', tier('NotIn', 'a')],
    ['tier', tier('Exists')],
    ['!tier', tier('DoesNotExist')],
    ['a=1,a=2', { matchLabels: { a: '1' }, matchExpressions: [{ key: 'a', operator: 'In', values: ['2'] }] }],
  ])('reads %j', (text, selector) => {
    expect(parseSelector(text)).toEqual(success(selector))
  })

  it.each(['a b', '=x', 'a in b', 'a=b c', 'a,,b', '-bad=x'])('refuses %j', (text) => {
    expect(parseSelector(text)).toMatchObject({ ok: false, error: expect.stringContaining('unable to parse') })
  })
})
