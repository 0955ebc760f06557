import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Clock, Dispose, EpochMs } from '#lib/clock.ts'

export interface TickerState {
  readonly now: EpochMs
}

export type TickerStore = StoreApi<TickerState>

export const createTicker = (clock: Clock): TickerStore => createStore<TickerState>(() => ({ now: clock.now() }))

/** Advances the one clock all ages and countdowns read, once a second, and only while the window is seen (UI-VIRT-4). */
export function runTicker(ticker: TickerStore, clock: Clock, page: Pick<Document, 'hidden'> & EventTarget): Dispose {
  let cancel: Dispose = () => {}
  const tick = () => {
    cancel()
    ticker.setState({ now: clock.now() })
    if (!page.hidden) cancel = clock.after(1000 - (clock.now() % 1000), tick)
  }
  page.addEventListener('visibilitychange', tick)
  tick()
  return () => {
    page.removeEventListener('visibilitychange', tick)
    cancel()
  }
}
