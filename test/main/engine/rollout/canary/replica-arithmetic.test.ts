import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { IntOrString } from '#api/meta.ts'
import { nextCounts, type Side } from '#engine/rollout/canary/next-counts.ts'
import { type Split, splitPods } from '#engine/rollout/canary/split-pods.ts'
import { podBudget } from '#engine/rollout/pod-budget.ts'

/** The arithmetic of sizes over whole walks, and over states that nobody thought of. */

type Amounts = readonly [maxSurge: IntOrString, maxUnavailable: IntOrString]

const budgetOf = (replicas: number, [maxSurge, maxUnavailable]: Amounts) =>
  podBudget({ replicas, strategy: { canary: { maxSurge, maxUnavailable } } })

const none: Side = { size: 0, available: 0 }
const full = (size: number): Side => ({ size, available: size })

interface Leg {
  readonly replicas: number
  readonly weight: number
  /** Does the canary get ready? All pods do unless this says otherwise. */
  readonly isCanaryReady?: boolean
}

/** The sizes from `at` on, `canary/stable`, one change of one ReplicaSet each, stable before canary (CAN-35). */
function walk(amounts: Amounts, at: Split, { replicas, weight, isCanaryReady = true }: Leg): readonly Split[] {
  const budget = budgetOf(replicas, amounts)
  const wanted = splitPods({ replicas, weight, maxWeight: 100, surge: budget.surge })
  const path: Split[] = [at]
  for (let i = 0; i < 500; i++) {
    const { canary, stable } = path.at(-1) ?? at
    const sides = { canary: isCanaryReady ? full(canary) : { size: canary, available: 0 }, stable: full(stable) }
    const next = nextCounts({ ...sides, others: none, wanted, budget })
    if (next.stable !== stable) path.push({ canary, stable: next.stable })
    else if (next.canary !== canary) path.push({ canary: next.canary, stable })
    else return path
  }
  throw new Error('the walk does not end')
}

const text = (path: readonly Split[]): string => path.map(({ canary, stable }) => `${canary}/${stable}`).join(' → ')

/** Walks through the legs, each from where the one before ended. */
function walkAll(amounts: Amounts, start: Split, legs: readonly Leg[]): string {
  let at = start
  const parts = legs.map((leg, index) => {
    const path = walk(amounts, at, leg)
    at = path.at(-1) ?? at
    return text(index === 0 ? path : path.slice(1))
  })
  return parts.filter((part) => part !== '').join(' ‖ ')
}

const on = (stable: number): Split => ({ canary: 0, stable })
const legs = (replicas: number, ...weights: readonly number[]): readonly Leg[] =>
  weights.map((weight) => ({ replicas, weight }))
const unready = (weight: number, ...replicas: readonly number[]): readonly Leg[] =>
  replicas.map((each) => ({ replicas: each, weight, isCanaryReady: false }))

describe('walks of the sizes', () => {
  it.each<[string, Amounts, Split, readonly Leg[], string]>([
    ['E37', ['25%', '25%'], on(10), legs(10, 20, 50, 100), '0/10 → 0/8 → 2/8 ‖ 2/6 → 5/6 → 5/5 ‖ 5/3 → 10/3 → 10/0'],
    ['E38', [1, 0], on(10), legs(10, 10, 20), '0/10 → 1/10 → 1/9 ‖ 2/9 → 2/8'],
    ['E39', [1, 0], on(4), legs(4, 100), '0/4 → 1/4 → 1/3 → 2/3 → 2/2 → 3/2 → 3/1 → 4/1 → 4/0'],
    ['E40', [1, 0], { canary: 4, stable: 0 }, legs(4, 0), '4/0 → 4/1 → 3/1 → 3/2 → 2/2 → 2/3 → 1/3 → 1/4 → 0/4'],
    [
      'E41',
      ['25%', '25%'],
      on(5),
      legs(5, 20, 40, 60, 80, 100),
      '0/5 → 0/4 → 1/4 ‖ 1/3 → 2/3 ‖ 2/2 → 3/2 ‖ 3/1 → 4/1 ‖ 4/0 → 5/0',
    ],
    ['E42', [2, 0], on(3), legs(3, 100, 0), '0/3 → 2/3 → 2/1 → 3/1 → 3/0 ‖ 3/2 → 1/2 → 1/3 → 0/3'],
    [
      'E43',
      ['25%', '25%'],
      { canary: 1, stable: 1 },
      [...legs(8, 25), ...legs(4, 25)],
      '1/1 → 1/6 → 2/6 ‖ 2/4 → 1/4 → 1/3',
    ],
    ['E44', [2, 0], on(4), unready(100, 4, 8, 4), '0/4 → 2/4 ‖ 6/4 ‖ 2/4'],
    ['E45', ['100%', '25%'], { canary: 4, stable: 3 }, unready(100, 4, 8), '4/3 ‖ 8/3'],
  ])('CAN-33, %s: surge and unavailable %j', (_example, amounts, start, route, expected) => {
    expect(walkAll(amounts, start, route)).toBe(expected)
  })
})

const amounts: fc.Arbitrary<Amounts> = fc.tuple(
  fc.oneof(fc.integer({ min: 0, max: 12 }), fc.constantFrom('0%', '10%', '25%', '33%', '100%')),
  fc.oneof(fc.integer({ min: 0, max: 12 }), fc.constantFrom('0%', '10%', '25%', '50%', '100%')),
)
const side: fc.Arbitrary<Side> = fc.record({
  size: fc.integer({ min: 0, max: 25 }),
  available: fc.integer({ min: 0, max: 25 }),
})
const states = fc
  .record({
    replicas: fc.integer({ min: 0, max: 40 }),
    weight: fc.integer({ min: 0, max: 100 }),
    amounts,
    canary: side,
    stable: side,
    others: fc.oneof(fc.constant(none), side).map(({ size, available }) => ({
      size,
      available: Math.min(size, available),
    })),
  })
  .map(({ replicas, weight, amounts: chosen, ...sides }) => {
    const budget = budgetOf(replicas, chosen)
    return { ...sides, budget, wanted: splitPods({ replicas, weight, maxWeight: 100, surge: budget.surge }) }
  })

const runs = { seed: 20260115, numRuns: 6000 }
const serving = ({ size, available }: Side, next = size): number => Math.min(available, size, next)

describe('any state', () => {
  it('CAN-33: sizes are whole numbers, never negative', () => {
    fc.assert(
      fc.property(states, (state) => {
        const { canary, stable } = nextCounts(state)
        expect([canary, stable].every((size) => Number.isInteger(size) && size >= 0)).toBe(true)
      }),
      runs,
    )
  })

  it('CAN-34: nothing grows beyond maxPods, and no more pods are there than were, if they were too many', () => {
    fc.assert(
      fc.property(states, (state) => {
        const { canary, stable } = nextCounts(state)
        const before = state.canary.size + state.stable.size + state.others.size
        expect(canary + stable + state.others.size).toBeLessThanOrEqual(Math.max(before, state.budget.maxPods))
      }),
      runs,
    )
  })

  it('CAN-34: no step takes available pods below minAvailable, or lower than they were', () => {
    fc.assert(
      fc.property(states, (state) => {
        const next = nextCounts(state)
        const others = serving(state.others)
        const had = serving(state.canary) + serving(state.stable) + others
        const has = serving(state.canary, next.canary) + serving(state.stable, next.stable) + others
        expect(has).toBeGreaterThanOrEqual(Math.min(had, state.budget.minAvailable))
      }),
      runs,
    )
  })

  it('CAN-33: no side grows beyond what it should have, or shrinks below it but where there are too many pods', () => {
    fc.assert(
      fc.property(states, ({ canary, stable, others, wanted, budget }) => {
        const next = nextCounts({ canary, stable, others, wanted, budget })
        expect(next.canary).toBeLessThanOrEqual(Math.max(canary.size, wanted.canary))
        expect(next.stable).toBeLessThanOrEqual(Math.max(stable.size, wanted.stable))
        if (canary.size + stable.size + others.size > budget.maxPods) return
        expect(next.canary).toBeGreaterThanOrEqual(Math.min(canary.size, wanted.canary))
        expect(next.stable).toBeGreaterThanOrEqual(Math.min(stable.size, wanted.stable))
      }),
      runs,
    )
  })

  it('CAN-33: where pods become available the walk ends, and it ends where it should', () => {
    fc.assert(
      fc.property(states, ({ canary, stable, wanted, budget }) => {
        let sizes: Split = { canary: canary.size, stable: stable.size }
        for (let i = 0; i < 200 && !isAt(sizes, wanted); i++) {
          const next = nextCounts({
            canary: full(sizes.canary),
            stable: full(sizes.stable),
            others: none,
            wanted,
            budget,
          })
          expect(next).not.toEqual(sizes)
          sizes = next.stable === sizes.stable ? next : { ...sizes, stable: next.stable }
        }
        expect(sizes).toEqual(wanted)
      }),
      runs,
    )
  })
})

const isAt = (sizes: Split, wanted: Split): boolean => sizes.canary === wanted.canary && sizes.stable === wanted.stable

describe('the split', () => {
  const wishes = fc.record({
    replicas: fc.integer({ min: 2, max: 500 }),
    percent: fc.integer({ min: 0, max: 100 }),
    maxWeight: fc.constantFrom(100, 1000),
    surge: fc.integer({ min: 0, max: 3 }),
  })

  it('CAN-31: whole numbers that sum to the replicas or one more, no side empty between the ends, within a pod of the weight', () => {
    fc.assert(
      fc.property(wishes, ({ replicas, percent, maxWeight, surge }) => {
        const weight = (percent * maxWeight) / 100
        const { canary, stable } = splitPods({ replicas, weight, maxWeight, surge })
        expect([canary, stable].every((size) => Number.isInteger(size) && size >= 0)).toBe(true)
        expect([replicas, ...(surge > 0 ? [replicas + 1] : [])]).toContain(canary + stable)
        expect([canary > 0, stable > 0]).toEqual([percent > 0, percent < 100])
        expect(Math.abs((canary * maxWeight) / (canary + stable) - weight)).toBeLessThan(maxWeight / replicas)
      }),
      runs,
    )
  })
})
