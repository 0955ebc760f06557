import type { FleetPatch, RolloutKey, RolloutView } from '#contract/views.ts'
import { jsonEqual } from '#lib/json-patch.ts'

/** The fleet board as one value. */
export type Fleet = Readonly<Record<RolloutKey, RolloutView>>

/** What changed between two fleets, before it has a place in the sequence. */
export type FleetChange = Pick<FleetPatch, 'upserted' | 'removed'>

export const noChange: FleetChange = { upserted: {}, removed: [] }

export const isEmpty = (change: FleetChange): boolean =>
  change.removed.length === 0 && Object.keys(change.upserted).length === 0

/** Law: `apply(from, diff(from, to))` equals `to`, and `diff(a, a)` is empty. */
export function diff(from: Fleet, to: Fleet): FleetChange {
  const upserted = Object.fromEntries(Object.entries(to).filter(([key, view]) => !jsonEqual(from[key], view)))
  return { upserted, removed: Object.keys(from).filter((key) => !Object.hasOwn(to, key)) }
}

export function apply(fleet: Fleet, change: FleetChange): Fleet {
  if (isEmpty(change)) return fleet
  const removed = new Set(change.removed)
  const kept = Object.entries(fleet).filter(([key]) => !removed.has(key))
  return { ...Object.fromEntries(kept), ...change.upserted }
}

/** One change that does what `first` and then `second` do. Law: `apply(apply(a, p), q)` equals `apply(a, squash(p, q))`. */
export function squash(first: FleetChange, second: FleetChange): FleetChange {
  const goneLater = new Set(second.removed)
  const survivors = Object.entries(first.upserted).filter(([key]) => !goneLater.has(key))
  const backAgain = (key: RolloutKey) => Object.hasOwn(second.upserted, key)
  return {
    upserted: { ...Object.fromEntries(survivors), ...second.upserted },
    removed: [...first.removed.filter((key) => !goneLater.has(key) && !backAgain(key)), ...second.removed],
  }
}
