import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeJson } from '#lib/decode-json.ts'

describe('JSON of a server', () => {
  it.each([
    ['', 'unexpected end of JSON input'],
    ['  ', 'unexpected end of JSON input'],
    ['{"a": [1, ', 'unexpected end of JSON input'],
    ['"secret', 'unexpected end of JSON input'],
    ['<html>', "invalid character '<' looking for beginning of value"],
    ["'", "invalid character '\\'' looking for beginning of value"],
    ['{"a": secret}', "invalid character 's' in a JSON value"],
    ['{} secret', "invalid character 's' in a JSON value"],
    ['[1e999]', 'json: cannot unmarshal number into Go value of type float64'],
    [`{"a": ${'['.repeat(501)}${']'.repeat(501)}}`, 'exceeded max depth'],
    ['['.repeat(1_000_000), 'unexpected end of JSON input'],
    [`${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}`, 'exceeded max depth'],
    ['nope', "invalid character 'o' in a JSON value"],
  ])('PRV-106: %.20j is none, and no more than a character of it is told', (text, error) => {
    expect(decodeJson(text)).toEqual({ ok: false, error })
  })

  it('PRV-106: any other text is an error too, and JSON is read', () => {
    const seeded = { seed: 20260115 }
    fc.assert(
      fc.property(fc.json(), (text) => decodeJson(text).ok),
      seeded,
    )
    fc.assert(
      fc.property(fc.string(), (text) => {
        const decoded = decodeJson(text)
        expect(decoded.ok || /^(unexpected end of JSON input|invalid character )/.test(decoded.error)).toBe(true)
      }),
      seeded,
    )
  })
})
