import type { Clock } from '#lib/clock.ts'

/**
 * A wait within a request, which ends early when `signal` is aborted. It keeps the process alive as the request's socket would:
 * timers of the clock alone do not.
 */
export function heldWait(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const hold = setInterval(() => undefined, 2 ** 31 - 1)
    const end = (): void => {
      clearInterval(hold)
      cancel()
      signal?.removeEventListener('abort', end)
      resolve()
    }
    const cancel = clock.after(ms, end)
    signal?.addEventListener('abort', end)
  })
}
