import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { memoryAnnotation, memoryKey, memoryOf, memoryText } from '#engine/notifications/memory.ts'
import { sha1Text } from '#engine/notifications/sha1.ts'
import { aRollout } from '#test/support/builders/rollout.ts'

const withMemory = (text: string) => ({
  ...aRollout(),
  metadata: { name: 'shop', annotations: { [memoryAnnotation]: text } },
})

describe('what a Rollout was told about', () => {
  it.each([
    '',
    'a',
    'true',
    "rollout.status.phase in ['Paused']",
    'ü'.repeat(27),
    'x'.repeat(55),
    'x'.repeat(56),
    'x'.repeat(1000),
  ])('OPS-155: the SHA-1 of %j is that of anybody', (text) => {
    expect(sha1Text(text)).toBe(createHash('sha1').update(text).digest('base64url'))
  })

  it('OPS-155: a key names trigger, condition and recipient; what it is once per stands before it', () => {
    const condition = { at: 1, when: "rollout.status.phase == 'Healthy'" }
    const to = { service: 'slack', recipient: 'ops' }
    const expected = `on-healthy:[1].${createHash('sha1').update(condition.when).digest('base64url')}:slack:ops`
    expect(memoryKey('on-healthy', condition, to, '')).toBe(expected)
    expect(memoryKey('on-healthy', condition, to, 'abc')).toBe(`abc:${expected}`)
  })

  it('OPS-146: keeps the hundred newest, in the order of their keys', () => {
    const many = new Map(Array.from({ length: 120 }, (_, at) => [`k${String(at).padStart(3, '0')}`, at] as const))
    const kept = memoryOf(withMemory(memoryText(many) ?? ''))
    expect([...kept.keys()]).toEqual([...many.keys()].slice(20))
  })

  it('OPS-146: nothing to remember is no annotation', () => {
    expect(memoryText(new Map())).toBeUndefined()
  })

  it.each(['{', '[]', '"x"', '{"a":"b"}', 'null'])('what cannot be read is no memory: %s', (text) => {
    expect(memoryOf(withMemory(text))).toEqual(new Map())
  })
})
