import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { mutations } from './mutation-table.ts'
import { tryMutations } from './mutations.ts'

const source = (file: string): string => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8')

it.each(mutations)('the mutation "$name" fits its source', ({ file, find, replace }) => {
  expect(source(file).split(find)).toHaveLength(2)
  expect(replace).not.toBe(find)
})

it('each has a name of its own', () => {
  expect(new Set(mutations.map(({ name }) => name)).size).toBe(mutations.length)
  expect(mutations.length).toBeGreaterThanOrEqual(20)
})

/** A few, for each kind of checker; `node test/sim/mutations.ts` tries all of them. */
const sample = [
  'the step index is off by one',
  'the weight is not reset on abort',
  'a manual promotion does not wait for anybody',
  'the availability check is skipped when draining',
]

it('catches bugs that are put in on purpose', async () => {
  const caught = await tryMutations(mutations.filter(({ name }) => sample.includes(name)))
  expect(caught).toHaveLength(sample.length)
  expect(caught.filter(({ caughtBy }) => caughtBy === undefined).map(({ mutation }) => mutation.name)).toEqual([])
}, 300_000)
