import type { Clock } from '#lib/clock.ts'
import { heldWait } from './held-wait.ts'

/** A client-side limit on requests per second (OPS-4). Waiters are served in order. */
export interface TokenBucket {
  /** Resolves when the request may go. `false`: the queue is longer than `waitMaxMs`, so it may not go at all. */
  take(): Promise<boolean>
}

/** @param options `qps` tokens flow in per second, up to `burst`. */
export function createTokenBucket(options: {
  readonly qps: number
  readonly burst: number
  readonly waitMaxMs: number
  readonly clock: Clock
}): TokenBucket {
  const { qps, burst, waitMaxMs, clock } = options
  let tokens = burst
  let filledAt = clock.now()
  return {
    take() {
      const now = clock.now()
      tokens = Math.min(burst, tokens + (Math.max(0, now - filledAt) * qps) / 1000)
      filledAt = now
      // Below zero: tokens promised to those who wait already.
      const waitMs = tokens >= 1 ? 0 : ((1 - tokens) * 1000) / qps
      if (waitMs > waitMaxMs) return Promise.resolve(false)
      tokens -= 1
      if (waitMs === 0) return Promise.resolve(true)
      return heldWait(clock, waitMs).then(() => true)
    },
  }
}
