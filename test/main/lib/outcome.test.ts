import { expect, it } from 'vitest'
import { collected, failure, success } from '#lib/outcome.ts'

it('collected: all values in order, or the first error', () => {
  expect(collected([])).toEqual(success([]))
  expect(collected([success(1), success(2)])).toEqual(success([1, 2]))
  expect(collected([success(1), failure('first'), failure('second')])).toEqual(failure('first'))
})
