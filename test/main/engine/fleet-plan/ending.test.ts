import { describe, expect, it } from 'vitest'
import { planEnding } from '#engine/fleet-plan/ending.ts'
import { aFleet, aPlan, aWave, done, looking, memberStatus, minute } from '#test/support/builders/fleet-plan.ts'
import { T0 } from '#test/support/virtual-clock.ts'

const id = (context: string) => `${context}/shop/web`
const ahead = (minutes: Readonly<Record<string, number | undefined>>) =>
  Object.fromEntries(Object.entries(minutes).map(([context, each]) => [id(context), each && each * minute]))
const now = T0 + 60 * minute
const waves = (...states: readonly ('Waiting' | 'Active' | 'WaveSoak' | 'Gate' | 'Passed' | 'Breached')[]) =>
  states.map((state) => ({ state, since: T0 }))
const fleet = aFleet({})

describe('UI-CH: when a plan is done', () => {
  it('members under way, those that wait as slots get free, and the bakes of both', () => {
    const plan = aPlan([aWave(['a', 'b', 'c'], { maxConcurrent: 2, minSoakMs: minute, waveSoakMs: 10 * minute })], {
      status: {
        waves: waves('Active'),
        members: { [id('a')]: memberStatus('Progressing'), [id('b')]: memberStatus('Soaking') },
      },
    })
    // a: 5 + 1 = 6; b bakes 1; then c: 8 + 1 = 10.
    expect(planEnding(plan, ahead({ a: 5, c: 8 }), fleet, now)).toEqual({
      how: 'done',
      at: now + 20 * minute,
      wave: 0,
      isAtLeast: false,
    })
  })

  it('W3: what is proven of a bake counts, also the time since it was noted', () => {
    const soaking = memberStatus('Soaking', { soak: { provenMs: 3 * minute, seenAt: now - minute } })
    const plan = aPlan([aWave(['a'], { minSoakMs: 10 * minute }), aWave(['b'], { waveSoakMs: 5 * minute })], {
      status: { waves: waves('Active', 'Waiting'), members: { [id('a')]: soaking } },
    })
    const seen = aFleet(looking(now, { a: done() }))
    expect(planEnding(plan, ahead({ b: 2 }), seen, now)?.at).toBe(now + (6 + 2 + 5) * minute)
    const baking = aPlan([aWave(['a'], { waveSoakMs: 5 * minute })], {
      status: { waves: [{ state: 'WaveSoak', since: T0, soak: { provenMs: 2 * minute, seenAt: now - minute } }] },
    })
    expect(planEnding(baking, {}, fleet, now)?.at).toBe(now + 2 * minute)
  })

  it('a gate without a timer ends the forecast: then it waits for a person', () => {
    const wavesOf = [aWave(['a'], { gate: 'manual', waveSoakMs: minute }), aWave(['b'])]
    const plan = aPlan(wavesOf, { status: { waves: waves('Active', 'Waiting') } })
    // What comes after it need not be known.
    expect(planEnding(plan, ahead({ a: 4 }), fleet, now)).toEqual({
      how: 'person',
      at: now + 5 * minute,
      wave: 0,
      isAtLeast: false,
    })
    const opened = { by: 'ann', at: T0, reason: 'fine' }
    const open = aPlan(wavesOf, { status: { waves: [{ state: 'Gate', since: T0, opened }, ...waves('Waiting')] } })
    expect(planEnding(open, ahead({ b: 7 }), fleet, now)).toMatchObject({ how: 'done', at: now + 7 * minute })
  })

  it('a gate that measures, and a window that shuts before, make it the earliest time', () => {
    const plan = aPlan([aWave(['a'], { gate: 'analysis' })])
    expect(planEnding(plan, ahead({ a: 4 }), fleet, now)).toMatchObject({ how: 'done', isAtLeast: true })
    const shuts = (inMs: number) => aFleet({}, { window: { isOpen: true, text: '', changesAt: now + inMs } })
    const free = aPlan([aWave(['a'])])
    expect(planEnding(free, ahead({ a: 4 }), shuts(3 * minute), now)).toMatchObject({ isAtLeast: true })
    expect(planEnding(free, ahead({ a: 4 }), shuts(5 * minute), now)).toMatchObject({ isAtLeast: false })
  })

  it('W1: members that go step by step begin together', () => {
    const plan = aPlan([aWave(['a', 'b', 'c', 'd'], { maxConcurrent: 2, sync: 'step' })])
    expect(planEnding(plan, ahead({ a: 2, b: 7, c: 4, d: 1 }), fleet, now)?.at).toBe(now + 11 * minute)
  })

  it('nothing is foreseen of what is held, breached, goes back, or has a member of which nothing is known', () => {
    const wavesOf = [aWave(['a'])]
    const ending = (status: Parameters<typeof aPlan>[1], minutes: number | undefined = 4) =>
      planEnding(aPlan(wavesOf, status), ahead({ a: minutes }), fleet, now)
    expect(ending({})).toBeDefined()
    expect(planEnding(aPlan(wavesOf), {}, fleet, now)).toBeUndefined()
    const hold = { reason: 'Manual', since: T0, text: 'lunch', by: 'ann' } as const
    expect(ending({ status: { holds: [hold] } })).toBeUndefined()
    expect(ending({ status: { waves: waves('Breached') } })).toBeUndefined()
    expect(ending({ status: { phase: 'RollingBack' } })).toBeUndefined()
    expect(
      planEnding(aPlan(wavesOf), ahead({ a: 4 }), aFleet({}, { window: { isOpen: false, text: '' } }), now),
    ).toBeUndefined()
  })

  it('failures that are borne and members that are left out take no time', () => {
    const plan = aPlan([aWave(['a', 'b', 'c'], { maxFailures: 1 })], {
      status: {
        waves: waves('Active'),
        members: { [id('a')]: memberStatus('Failed'), [id('b')]: memberStatus('Skipped') },
      },
    })
    expect(planEnding(plan, ahead({ c: 3 }), fleet, now)?.at).toBe(now + 3 * minute)
  })
})
