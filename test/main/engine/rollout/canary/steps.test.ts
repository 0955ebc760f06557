import { expect, it } from 'vitest'
import { pauseSeconds } from '#engine/rollout/canary/steps.ts'

it.each<[string, number | string | undefined, number | undefined]>([
  ['API-78', undefined, undefined],
  ['API-78', 0, 0],
  ['API-78', 90, 90],
  ['API-78', '90', 90],
  ['API-78', '90s', 90],
  ['API-78', '1h30m', 5400],
  ['API-78', '1.5m', 90],
  ['API-78', '2h3m4.9s', 7384],
  ['API-78', '100ms', 0],
  ['API-78', '1999ms', 1],
  ['API-78', '1500000us', 1],
  ['API-78', '1500000µs', 1],
  ['API-78', '2000000000ns', 2],
  ['API-78', '2147483647', 2_147_483_647],
  ['API-78', '2147483648', -1],
  ['API-78', '1d', -1],
  ['API-78', '', -1],
  ['API-78', 'soon', -1],
])('%s: a pause of %j lasts %s seconds', (_rule, duration, seconds) => {
  expect(pauseSeconds(duration)).toBe(seconds)
})
