import { expect, it } from 'vitest'
import { followSleep } from '#main/app/follow-sleep.ts'
import type { ContextGap } from '#main/history/context-gaps.ts'
import { T0, VirtualClock } from '#test/support/virtual-clock.ts'

/** Its own time stands still while that on the wall goes on. */
class SleepyClock extends VirtualClock {
  #slept = 0

  override now(): number {
    return super.now() + this.#slept
  }

  sleep(ms: number): void {
    this.#slept += ms
  }
}

it('UI-HIST-4: a sleep is told once, from the last look before it; a short one is not', async () => {
  const clock = new SleepyClock()
  const gaps: ContextGap[] = []
  const { look, stop } = followSleep(clock, (gap) => gaps.push(gap))
  await clock.advance(25_000)
  clock.sleep(29_000)
  await clock.advance(20_000)
  expect(gaps).toEqual([])
  clock.sleep(3_600_000)
  look()
  await clock.advance(20_000)
  expect(gaps).toEqual([{ at: T0 + 69_000, until: T0 + 3_674_000, why: 'the machine slept' }])
  stop()
  expect(clock.pending).toBe(0)
})
