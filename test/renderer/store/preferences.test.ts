import { describe, expect, it } from 'vitest'
import { createPreferences } from '#renderer/store/preferences.ts'

function shelfWith(kept: string | null) {
  const written: string[] = []
  return { written, shelf: { getItem: () => kept, setItem: (_key: string, text: string) => void written.push(text) } }
}

describe('notifications of the desktop', () => {
  it('are on until somebody switches them off', () => {
    for (const kept of [null, '{}', '{"notify":"no"}', 'not json'])
      expect(createPreferences(shelfWith(kept).shelf, ['en']).getState().notify).toBe(true)
    expect(createPreferences(shelfWith('{"notify":false}').shelf, ['en']).getState().notify).toBe(false)
  })

  it('are kept with the other preferences', () => {
    const { shelf, written } = shelfWith('{"theme":"dark","notify":true}')
    createPreferences(shelf, ['en']).setState({ notify: false })
    expect(JSON.parse(written.at(-1) ?? '')).toMatchObject({ theme: 'dark', notify: false })
  })
})
