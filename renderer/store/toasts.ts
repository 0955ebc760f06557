import { createStore, type StoreApi } from 'zustand/vanilla'
import type { EpochMs } from '#lib/clock.ts'

export interface Toast {
  readonly id: string
  readonly tone: 'waiting' | 'done' | 'failed' | 'info'
  readonly title: string
  readonly detail: string
  /** Waiting: when it is sent unless taken back. */
  readonly sendsAt?: EpochMs
  readonly takeBack?: () => void
}

export type ToastsStore = StoreApi<{ readonly toasts: readonly Toast[] }>

/** More than this and the oldest go: a window full of news tells nothing. */
const limit = 5

export const createToasts = (): ToastsStore => createStore(() => ({ toasts: [] as readonly Toast[] }))

/** Adds it, or replaces the one with the same id. */
export function showToast(store: ToastsStore, toast: Toast): void {
  const others = store.getState().toasts.filter((each) => each.id !== toast.id)
  store.setState({ toasts: [...others, toast].slice(-limit) })
}

export const hideToast = (store: ToastsStore, id: string): void =>
  store.setState({ toasts: store.getState().toasts.filter((toast) => toast.id !== id) })
