import type { KubeObject } from '#api/meta.ts'
import { isRecord } from '#engine/normalise/typed-value.ts'
import { goJson } from '#lib/go-json.ts'
import type { Destination } from './services/service.ts'
import { sha1Text } from './sha1.ts'

/** What a Rollout was told about, and when, in seconds: shared by all engines that drive it one after the other (OPS-43, OPS-146). */
export const memoryAnnotation = 'notified.notifications.argoproj.io'

const entriesMax = 100

/** By key, seconds since 1970. */
export type Memory = ReadonlyMap<string, number>

/** What cannot be read is no memory. */
export function memoryOf({ metadata }: KubeObject): Memory {
  try {
    const value: unknown = JSON.parse(metadata.annotations?.[memoryAnnotation] ?? '{}')
    const entries = isRecord(value) ? Object.entries(value) : []
    return new Map(entries.filter((each): each is [string, number] => Number.isSafeInteger(each[1])))
  } catch {
    return new Map()
  }
}

/** The text of the annotation, the newest entries alone; `undefined` when there is nothing to remember. */
export function memoryText(memory: Memory): string | undefined {
  if (memory.size === 0) return undefined
  const newest = [...memory].toSorted(([, a], [, b]) => b - a).slice(0, entriesMax)
  return goJson(Object.fromEntries(newest.toSorted(([a], [b]) => (a < b ? -1 : 1))))
}

/** OPS-155, byte for byte. @param oncePer the value of it, when it has one */
export function memoryKey(
  trigger: string,
  { at, when }: { readonly at: number; readonly when: string },
  { service, recipient }: Destination,
  oncePer: string,
): string {
  const key = `${trigger}:[${at}].${sha1Text(when)}:${service}:${recipient}`
  return oncePer === '' ? key : `${oncePer}:${key}`
}
