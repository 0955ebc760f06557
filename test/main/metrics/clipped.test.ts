import { expect, it } from 'vitest'
import { clipped } from '#main/metrics/clipped.ts'

it('PRV-104: a text that fits stays as it is', () => {
  expect(clipped('one two', 7)).toBe('one two')
})

it('PRV-104: a longer one ends before a word', () => {
  expect(clipped('one two', 6)).toBe('one …')
  expect(clipped('token "s3cr3t"', 10)).toBe('token "…')
  expect(clipped('[1,2,345]', 7)).toBe('[1,2,…')
  expect(clipped('s3cr3t', 3)).toBe('…')
})
