import type { EpochMs } from './clock.ts'

/** `2026-01-15T10:00:00Z`: how Kubernetes stores times, in UTC and whole seconds. */
export const formatSeconds = (at: EpochMs): string => `${new Date(at).toISOString().slice(0, 19)}Z`

/** Reads an RFC 3339 time; `undefined` for absent or unreadable text. */
export function parseTime(text: string | undefined): EpochMs | undefined {
  if (text === undefined || !/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/.test(text))
    return undefined
  const at = Date.parse(text)
  return Number.isNaN(at) ? undefined : at
}

/** Two texts name the same whole second; an absent text equals only an absent one. */
export function sameSecond(a: string | undefined, b: string | undefined): boolean {
  const [left, right] = [parseTime(a), parseTime(b)]
  if (left === undefined || right === undefined) return left === right
  return Math.trunc(left / 1000) === Math.trunc(right / 1000)
}
