import type { EpochMs } from '#lib/clock.ts'
import { humanDuration } from '#lib/human-duration.ts'
import { parseTime } from '#lib/rfc3339.ts'

/** A duration as Kubernetes prints it (VIEW-128). More than a second of clock difference is not an age. */
export const shownDuration = (ms: number): string => (Math.trunc(ms / 1000) < -1 ? '<invalid>' : humanDuration(ms))

/** Empty when there is no time, or none that can be read. */
export function shownAge(time: string | undefined, now: EpochMs): string {
  const at = parseTime(time)
  return at === undefined ? '' : shownDuration(now - at)
}

/** `delay:<d>` of a ReplicaSet that is to be scaled down (VIEW-94). */
export function shownDelay(deadline: string, now: EpochMs): string {
  const at = parseTime(deadline)
  if (at === undefined) return 'delay:'
  return `delay:${at < now ? 'passed' : shownDuration(at - now)}`
}
