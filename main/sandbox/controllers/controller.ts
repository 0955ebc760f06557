import type { Status } from '#api/meta.ts'
import type { EpochMs } from '#lib/clock.ts'
import { type Outcome, success } from '#lib/outcome.ts'
import type { StoreChange } from '../store.ts'

/** When to look again although nothing changed; `undefined` when only a change can matter. */
export type Reconciled = Outcome<EpochMs | undefined, Status>

/** A level-triggered loop of one sandbox cluster. It never learns which change woke it. */
export interface Controller {
  readonly name: string
  /** Keys that this change may concern. Called inside a store listener: reads, never writes. */
  wakes(change: StoreChange): Iterable<string>
  /** Brings the world nearer to what the object of `key` asks. A failure is tried again after a back-off. */
  reconcile(key: string, now: EpochMs): Reconciled
}

export const settled: Reconciled = success(undefined)

/** The earliest of some wished moments. */
export function earliest(...moments: readonly (EpochMs | undefined)[]): EpochMs | undefined {
  const wished = moments.filter((each) => each !== undefined)
  return wished.length === 0 ? undefined : Math.min(...wished)
}
