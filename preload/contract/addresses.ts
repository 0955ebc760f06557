import type { RolloutKey } from './views.ts'

/** Pages of the window, for who opens it from outside. */
export const fleetAddress = '#/fleet'
export const rolloutAddress = (key: RolloutKey): string => `#/rollout/${key}`
export const planAddress = (id: string): string => `#/plans?${new URLSearchParams({ id }).toString()}`
