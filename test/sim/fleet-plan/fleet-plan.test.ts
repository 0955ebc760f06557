import { expect, it } from 'vitest'
import { Random } from '../random.ts'
import { History } from './history.ts'

const told = (seed: number, isLarge = false) => new History(new Random(seed, 'fleet-plan'), isLarge).tell()
/** Further on there were faults at these. */
const found = [1696, 2837, 3681, 4214, 5225, 8813]
const seeds = [...Array.from({ length: 250 }, (_, index) => index + 1), ...found]

it('I1…I12, W3, W16: plans keep their invariants over whatever goes wrong, and write nothing while they wait', () => {
  const all = seeds.map((seed) => ({ seed, ...told(seed) }))
  const broken = all.flatMap(({ seed, violation }) =>
    violation === undefined ? [] : [`${seed}: ${violation.checker}: ${violation.text}`],
  )
  expect(broken).toEqual([])
  const idle = all.flatMap(({ idleWrites, plan }) =>
    idleWrites === undefined ? [] : [{ idleWrites, hasBudget: plan.spec.maxErrorBudgetMinutes !== undefined }],
  )
  expect(idle.length).toBeGreaterThan(3)
  expect(idle.filter(({ idleWrites, hasBudget }) => idleWrites > (hasBudget ? 6 : 0))).toEqual([])
}, 120_000)

it('W1, I8: twenty members that are ready minutes apart go step by step together, and fall together at once', () => {
  const all = seeds.slice(0, 25).map((seed) => told(seed, true))
  expect(all.flatMap(({ violation }) => violation ?? [])).toEqual([])
  const delays = all.flatMap(({ abortDelays }) => abortDelays).toSorted((a, b) => a - b)
  expect(delays.length).toBeGreaterThan(10)
  expect(delays[Math.floor(delays.length * 0.95)]).toBeLessThanOrEqual(5_000)
}, 120_000)
