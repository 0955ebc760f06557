import { describe, expect, it } from 'vitest'
import { replayed } from './replayed.ts'

/** Stories in which the record once differed from what was seen: late pods, routes that name others, lists under way. */
const found = [18, 19, 30, 36, 51]

describe('a record that is replayed', () => {
  it.each([1, 2, 3, ...found])(
    'W9, UI-HIST-4: shows what was to be seen, or that it does not know: story %i',
    async (seed) => {
      const { problem, compared } = await replayed(seed)
      expect(problem).toBeUndefined()
      expect(compared).toBeGreaterThan(0)
    },
  )
})
