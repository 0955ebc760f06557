import { describe, expect, it } from 'vitest'
import { holds } from '#engine/expr/condition.ts'
import { compiled, matcher } from '#engine/expr/regex.ts'
import { T0 } from '#test/support/virtual-clock.ts'

const found = (pattern: string, text: string): boolean | string => {
  const matches = matcher(pattern)
  return matches.ok ? matches.value(text) : matches.error
}

describe('regular expressions', () => {
  it.each([
    ['b', 'abc', true],
    ['^b', 'abc', false],
    ['B', 'abc', false],
    ['(?i)B', 'abc', true],
    ['a(?i)B', 'aab', true],
    ['^.$', '😀', true],
    ['\\d', '٣', false],
    ['\\w', 'é', false],
    ['é\\b', 'é', false],
    ['\\pL', 'é', true],
    ['[[:upper:]]', 'aB', true],
    ['(?P<name>a)', 'a', true],
    ['\\Qa.b\\E', 'a.b', true],
    ['a$', 'a\n', false],
    ['(?m)^b$', 'a\nb\nc', true],
    ['(?s)a.b', 'a\nb', true],
    ['', '', true],
  ] as const)('ANA-1313: %j in %j: %s', (pattern, text, outcome) => {
    expect(found(pattern, text)).toBe(outcome)
  })

  it.each([
    ['a(?=b)', 'error parsing regexp: invalid or unsupported Perl syntax: `(?=`'],
    ['(a)\\1', 'error parsing regexp: invalid escape sequence: `\\1`'],
    ['(a', 'error parsing regexp: missing closing ): `(a`'],
    ['a{1001}', 'error parsing regexp: invalid repeat count: `{1001}`'],
    ['a'.repeat(1_001), 'error parsing regexp: expression too large'],
    ['\\pL{1000}'.repeat(110), 'error parsing regexp: expression too large'],
  ])('ANA-1313: %.20s is refused', (pattern, words) => {
    expect(found(pattern, 'a')).toBe(words)
  })

  it('ANA-605: what was compiled is the same function again', () => {
    expect(compiled('^latency-')).toBe(compiled('^latency-'))
  })

  it('ANA-1313: only so many are kept, and those that were not used for longest go', () => {
    const [used, unused] = [compiled('used'), compiled('unused')]
    for (let at = 0; at < 150; at++) compiled(`a${at}`)
    expect(compiled('used')).toBe(used)
    for (let at = 0; at < 150; at++) compiled(`b${at}`)
    expect(compiled('used')).toBe(used)
    expect(compiled('unused')).not.toBe(unused)
  })

  it('ANA-1313: a constant pattern is looked at before anything runs, any other when it is needed', () => {
    expect(holds('false && "a" matches "("', 5, T0)).toMatchObject({ error: expect.stringMatching(/missing closing/) })
    expect(holds('false && "a" matches ("(" + "")', 5, T0)).toEqual({ ok: true, value: false })
    expect(holds('"a" matches ("(" + "")', 5, T0)).toMatchObject({ error: expect.stringMatching(/missing closing/) })
  })

  it('ANA-1313: what would make JavaScript try for ever is answered at once', () => {
    const text = 'a'.repeat(50_000)
    expect(holds('result matches "(a+)+$"', `${text}b`, T0)).toEqual({ ok: true, value: false })
    expect(holds('result matches "(a|aa)+$"', `${text}b`, T0)).toEqual({ ok: true, value: false })
  })

  it('ANA-1315: a large pattern is not looked for in a long text', () => {
    const tooMuch = { ok: false, error: 'evaluation takes too many steps' }
    expect(holds('result matches "(x|y){900}"', 'x'.repeat(80_000), T0)).toEqual(tooMuch)
    expect(holds('none(1..1000, "x" matches ("a{900}" + string(#)))', 5, T0)).toEqual(tooMuch)
    expect(holds('all(1..1000, "x" matches "^x$")', 5, T0)).toEqual({ ok: true, value: true })
  })
})
