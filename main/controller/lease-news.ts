import type { Dispose } from '#lib/clock.ts'
import type { Engine } from './engine.ts'

/** What happened to the lease of an engine that is to drive. */
export interface LeaseNews {
  readonly action: 'leaseTaken' | 'leaseLost'
  /** What is known of it, in words. */
  readonly reason: string
}

/** Tells of a lease that was taken, and of one that was lost while it was still wanted; who gives it back knows of it. */
export function followLease(
  engine: Pick<Engine, 'lease' | 'isWanted' | 'onChange'>,
  tell: (news: LeaseNews) => void,
): Dispose {
  let isHeld = engine.lease.state === 'held'
  return engine.onChange(() => {
    const { lease, isWanted } = engine
    const wasHeld = isHeld
    isHeld = lease.state === 'held'
    if (isHeld && !wasHeld) tell({ action: 'leaseTaken', reason: '' })
    if (!isHeld && wasHeld && isWanted) {
      const reason = lease.state === 'other' ? `${lease.holder} has it` : 'it was not renewed in time'
      tell({ action: 'leaseLost', reason })
    }
  })
}
