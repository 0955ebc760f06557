import type { Clock, Dispose } from '#lib/clock.ts'
import { readClock, sleptMs } from '#lib/sleep.ts'
import { type ContextGap, gapShortestMs } from '#main/history/context-gaps.ts'

/** How sure it is when a sleep began. */
const lookEveryMs = 10_000

export interface SleepWatch {
  /** To be called before what may come after a sleep is used. */
  readonly look: () => void
  readonly stop: Dispose
}

/** Tells of each sleep of the machine. */
export function followSleep(clock: Clock, onSlept: (gap: ContextGap) => void): SleepWatch {
  let last = readClock(clock)
  let alarm: Dispose = () => {}
  const look = (): void => {
    const before = last
    last = readClock(clock)
    if (sleptMs(before, last) > gapShortestMs) onSlept({ at: before.at, until: last.at, why: 'the machine slept' })
  }
  const lookAgain = (): void => {
    look()
    alarm = clock.after(lookEveryMs, lookAgain)
  }
  lookAgain()
  return { look, stop: () => alarm() }
}
