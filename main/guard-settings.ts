import * as v from 'valibot'
import type { Freeze, Rails } from '#engine/actions/guard-rails.ts'
import type { Clock } from '#lib/clock.ts'
import { railSettingsOf, readOwnJson, readSettings } from './cluster-settings.ts'
import { freezes } from './freeze-shape.ts'

/**
 * What people set for all their clusters together: it is in the data folder, beside clusters.json, in which every name at the top is a
 * context of theirs and none can be kept for anything else.
 */
const fileName = 'settings.json'

const shape = v.strictObject({
  maxConcurrentChanges: v.exactOptional(v.pipe(v.number(), v.integer(), v.minValue(1))),
  freezes: v.exactOptional(freezes),
})

/** Of clusters that are made up. */
export const noRails: Rails = { isProtected: false, freezes: [], changesMax: undefined, problem: undefined }

/** Contexts are protected when it is said of them, else when their name says production. */
const soundsProtected = (context: string): boolean => /prod/i.test(context)

/** The rails of one context as the files say now. Where they cannot be read, it is protected and shut. */
export function railsFor(context: string, folder: string): Rails {
  const clusters = readSettings(folder)
  const fleet = readOwnJson(folder, { file: fileName, name: 'settings', shape }, {})
  const own = clusters.ok ? railSettingsOf(clusters.value, context) : { protected: true, freezes: [] }
  const all: readonly Freeze[] = fleet.ok ? (fleet.value.freezes ?? []) : []
  return {
    isProtected: own.protected ?? soundsProtected(context),
    freezes: [...own.freezes, ...all],
    changesMax: fleet.ok ? fleet.value.maxConcurrentChanges : undefined,
    problem: !clusters.ok ? clusters.error : fleet.ok ? undefined : fleet.error,
  }
}

const keptMs = 1000

/** The same, read again no sooner than after a second, for those who ask often. */
export function createRails(folder: string, clock: Clock): (context: string) => Rails {
  const known = new Map<string, { readonly rails: Rails; readonly at: number }>()
  return (context) => {
    const before = known.get(context)
    if (before !== undefined && clock.elapsed() - before.at < keptMs) return before.rails
    const rails = railsFor(context, folder)
    known.set(context, { rails, at: clock.elapsed() })
    return rails
  }
}
