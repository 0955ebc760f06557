import type { VirtualClock } from './virtual-clock.ts'

/** Waits for real I/O: resolves once `condition` holds, throws after 5 s. Give it words for the message. */
export async function until(what: string, condition: () => boolean): Promise<void> {
  const deadline = performance.now() + 5000
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`Did not happen within 5 s: ${what}`)
    await ioTurn()
  }
}

/** As `until`, for code that also waits on a clock: moves it on step by step and lets real I/O happen in between. */
export async function advanceUntil(
  clock: VirtualClock,
  what: string,
  condition: () => boolean,
  stepMs = 500,
): Promise<void> {
  const deadline = performance.now() + 5000
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`Did not happen within 5 s: ${what}`)
    await clock.advance(stepMs)
    await ioTurn()
  }
}

const ioTurn = () => new Promise((resolve) => setTimeout(resolve, 2))
