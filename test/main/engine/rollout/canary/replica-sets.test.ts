import { expect, it } from 'vitest'
import { hasEnoughAvailable } from '#engine/rollout/canary/replica-sets.ts'
import { aReplicaSet } from '#test/support/builders/replica-set.ts'

it.each([
  ['API-64', undefined, 4, 3, false],
  ['API-64', undefined, 4, 4, true],
  ['API-64', { type: 'Percent', value: 75 }, 4, 2, false],
  ['API-64', { type: 'Percent', value: 75 }, 4, 3, true],
  ['API-64', { type: 'Percent', value: 0 }, 4, 0, true],
  ['API-64', { type: 'Pods', value: 2 }, 4, 1, false],
  ['API-64', { type: 'Pods', value: 2 }, 4, 2, true],
  ['API-64', { type: 'percent', value: 75 }, 4, 3, false],
  ['API-64', { type: '', value: 1 }, 4, 1, true],
  ['API-64', { type: 'Pods', value: -1 }, 4, 3, false],
  ['API-64', { type: 'Percent', value: -1 }, 4, 4, true],
])('%s: with the threshold %j, of %i pods %i are enough: %s', (_rule, threshold, size, available, expected) => {
  expect(hasEnoughAvailable(threshold, aReplicaSet({ size, available }), size)).toBe(expected)
})
