import type { Clock } from '#lib/clock.ts'

/** The window's own clock: the only place of the renderer that asks for the time. */
export const browserClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  after(delayMs, task) {
    const timer = setTimeout(task, delayMs)
    return () => clearTimeout(timer)
  },
}
