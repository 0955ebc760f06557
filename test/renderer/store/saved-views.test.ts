import { expect, it } from 'vitest'
import { createPreferences } from '#renderer/store/preferences.ts'

const preferencesOf = (savedViews: unknown) =>
  createPreferences({ getItem: () => JSON.stringify({ savedViews }), setItem: () => {} }, ['en']).getState()

it('what the shelf holds is used as far as it can be', () => {
  const good = { name: 'Payments', filter: 'ns:payments', tab: 'needsYou', kinds: 'rollouts' }
  expect(preferencesOf([good]).savedViews).toEqual([good])
  expect(preferencesOf('x').savedViews).toEqual([])
  expect(preferencesOf([null, 7, { name: ' ', filter: '' }, { name: 'A', filter: 'x', tab: '?' }]).savedViews).toEqual([
    { name: 'A', filter: 'x', tab: 'all', kinds: 'all' },
  ])
  expect(preferencesOf(Array.from({ length: 20 }, (_, n) => ({ ...good, name: `v${n}` }))).savedViews).toHaveLength(9)
})
