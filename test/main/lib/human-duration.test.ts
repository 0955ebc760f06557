import { expect, it } from 'vitest'
import { humanDuration } from '#lib/human-duration.ts'

const [second, minute, hour, day] = [1_000, 60_000, 3_600_000, 86_400_000]

it.each([
  [-1, '0s'],
  [119 * second, '119s'],
  [2 * minute, '2m'],
  [5 * minute + 30 * second, '5m30s'],
  [12 * minute + 30 * second, '12m'],
  [179 * minute, '179m'],
  [7 * hour + 5 * minute, '7h5m'],
  [12 * hour, '12h'],
  [2 * day + 3 * hour, '2d3h'],
  [30 * day, '30d'],
  [729 * day, '729d'],
  [2 * 365 * day + 3 * day, '2y3d'],
  [9 * 365 * day, '9y'],
])('%d ms read as %s', (ms, text) => {
  expect(humanDuration(ms)).toBe(text)
})
