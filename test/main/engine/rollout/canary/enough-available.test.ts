import { expect, it } from 'vitest'
import { hasEnoughAvailable } from '#engine/rollout/canary/enough-available.ts'
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

it.each([
  ['E63', { type: 'Percent', value: 90 }, [10, 9, 10], true],
  ['E64', { type: 'Percent', value: 90 }, [10, 8, 10], false],
  ['E65', { type: 'Pods', value: 8 }, [10, 7, 10], false],
  ['E66', undefined, [5, 10, 10], false],
  ['E67', { type: 'Percent', value: 90 }, [0, 0, 0], true],
  ['E68', { type: 'Pods', value: -100 }, [10, 10, 10], true],
  ['with a threshold the size is not compared', { type: 'Percent', value: 50 }, [3, 5, 10], true],
  ['29 of 100 are 29 percent', { type: 'Percent', value: 29 }, [100, 29, 100], true],
] as const)('CAN-40: %s: %j, size, available and wanted %j: %s', (_example, threshold, counts, expected) => {
  const [size, available, wanted] = counts
  expect(hasEnoughAvailable(threshold, aReplicaSet({ size, available }), wanted)).toBe(expected)
})
