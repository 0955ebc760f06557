import type { Clock, EpochMs } from './clock.ts'

/** A moment by both times of a clock. */
export interface ClockReading {
  readonly at: EpochMs
  readonly elapsed: number
}

export const readClock = (clock: Clock): ClockReading => ({ at: clock.now(), elapsed: clock.elapsed() })

/** How long the machine stood still between two readings: the clock on the wall went on, and the one of this process did not. */
export const sleptMs = (before: ClockReading, now: ClockReading): number =>
  now.at - before.at - (now.elapsed - before.elapsed)
