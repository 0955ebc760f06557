import { describe, expect, it } from 'vitest'
import { type Case, caseOf, tryCase } from './fuzz.ts'
import { trap } from './words.ts'

const cases = 500

describe('conditions that were made up', () => {
  it('ANA-1308, ANA-1315: nothing happens that must not', { timeout: 120_000 }, () => {
    const tried = Array.from({ length: cases }, (_, at) => ({ seed: at + 1, ...tryCase(caseOf(at + 1)) }))
    expect(tried.filter(({ violation }) => violation !== undefined)).toEqual([])
    // Many of them make sense, so that more than the parser is tried.
    const answers = tried.filter(({ outcome }) => typeof outcome === 'boolean')
    expect(answers.length / cases).toBeGreaterThan(0.1)
    expect(new Set(tried.map(({ outcome }) => outcome)).size).toBeGreaterThan(100)
  })

  it('the same seed is the same case', () => {
    expect(caseOf(7)).toEqual(caseOf(7))
    expect(caseOf(7)).not.toEqual(caseOf(8))
  })

  it('sees what must not happen', () => {
    const answering = (get: (key: string) => unknown): Case => {
      const value = new Map([['a', 1]])
      return {
        seed: 0,
        expression: `result.${trap} == result`,
        value: Object.defineProperty(value, 'get', { value: get }),
      }
    }
    expect(tryCase(answering((key) => Reflect.get({}, key) ?? null)).violation).toBe('reached a prototype')
    expect(tryCase({ ...answering(() => () => 1), expression: 'result.a' }).violation).toBe('gave what is no value')
    expect(tryCase(answering(() => JSON.parse('{'))).violation).toMatch(/^threw SyntaxError/)
    let times = 0
    expect(tryCase({ ...answering(() => times++), expression: 'result.a < 2' }).violation).toMatch(/another outcome/)
  })
})
