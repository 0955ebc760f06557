import { describe, expect, it } from 'vitest'
import { type KnownNames, suggestionsFor, withTerm } from '#renderer/format/search-suggestions.ts'

const known: KnownNames = { app: ['cart', 'checkout'], cluster: ['prod-eu'], actor: ['Ada L'] }
const texts = (draft: string, caret = draft.length) => {
  const { from, choices } = suggestionsFor(draft, caret, known)
  return [draft.slice(from, caret), ...choices.map(({ text }) => text)]
}

describe('suggestionsFor', () => {
  it('offers every term where nothing stands, and those that begin so', () => {
    expect(texts('')).toEqual([
      '',
      'app:',
      'cluster:',
      'namespace:',
      'image:',
      'actor:',
      'outcome:',
      'since:',
      'before:',
    ])
    expect(texts('cart ')).toEqual([''])
    expect(texts('cart A')).toEqual(['A', 'app:', 'actor:'])
    expect(texts('checkout')).toEqual(['checkout'])
  })

  it('offers names that are known, the outcomes and times, after a comma once more', () => {
    expect(texts('app:')).toEqual(['', 'cart ', 'checkout '])
    expect(texts('x app:CHECK')).toEqual(['CHECK', 'checkout '])
    expect(texts('app:cart,che')).toEqual(['che', 'checkout '])
    expect(texts('actor:a')).toEqual(['a', '"Ada L" '])
    expect(texts('outcome:ro')).toEqual(['ro', 'rolled-back '])
    expect(texts('since:')).toEqual(['', '24h ', '7d ', '30d ', '90d '])
    expect(texts('namespace:')).toEqual([''])
    expect(texts('web:2')).toEqual(['2'])
  })

  it('goes by the word before the caret, and not by one that is complete', () => {
    expect(texts('app:che outcome:aborted', 7)).toEqual(['che', 'checkout '])
    expect(texts('app:cart')).toEqual(['cart'])
  })
})

describe('withTerm', () => {
  it('asks for one more thing, in place of what was asked of the same kind', () => {
    expect(withTerm('', 'app', 'cart')).toBe('app:cart')
    expect(withTerm('app:checkout "in order" x', 'app', 'cart')).toBe('"in order" x app:cart')
    expect(withTerm('app:cart', 'cluster', 'a b')).toBe('app:cart cluster:"a b"')
  })
})
