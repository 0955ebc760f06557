import { expect, it } from 'vitest'
import { resolveAmount } from '#lib/int-or-string.ts'

it.each<[string, number | string, number | undefined, number | undefined]>([
  ['API-65', 2, 2, 2],
  ['API-65', 200, 200, 200],
  ['API-65', '25', 3, 2],
  ['API-65', '25%', 3, 2],
  ['API-65', '%2%5', 3, 2],
  ['API-65', '2', 1, 0],
  ['API-65', '0', 0, 0],
  ['API-65', '100%', 10, 10],
  ['API-65', '2.5%', undefined, undefined],
  ['API-65', 'many', undefined, undefined],
  ['API-65', '', undefined, undefined],
])('%s: of ten, %j is %s rounded up and %s rounded down', (_rule, amount, up, down) => {
  expect([resolveAmount(amount, 10, 'up'), resolveAmount(amount, 10, 'down')]).toEqual([up, down])
})
