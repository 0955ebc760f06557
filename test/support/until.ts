import type { VirtualClock } from './virtual-clock.ts'

/** Real time; a machine that does many things at once takes seconds for what takes milliseconds alone. */
const patienceMs = 15_000
const clusterPatienceMs = 60_000

const neverHappened = (what: string) => new Error(`Did not happen within ${patienceMs / 1000} s: ${what}`)

/** Waits for real I/O: resolves once `condition` holds, throws when patience ends. Give it words for the message. */
export async function until(what: string, condition: () => boolean): Promise<void> {
  const deadline = performance.now() + patienceMs
  while (!condition()) {
    if (performance.now() > deadline) throw neverHappened(what)
    await ioTurn()
  }
}

/** As `until`, for what takes a question to a real cluster, and as long as that takes. */
export async function eventually(what: string, condition: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + clusterPatienceMs
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`Did not happen within ${clusterPatienceMs / 1000} s: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}

/** As `until`, for code that also waits on a clock: moves it on step by step and lets real I/O happen in between. */
export async function advanceUntil(
  clock: VirtualClock,
  what: string,
  condition: () => boolean,
  stepMs = 500,
): Promise<void> {
  const deadline = performance.now() + patienceMs
  while (!condition()) {
    if (performance.now() > deadline) throw neverHappened(what)
    await clock.advance(stepMs)
    await ioTurn()
  }
}

const ioTurn = () => new Promise((resolve) => setTimeout(resolve, 2))
