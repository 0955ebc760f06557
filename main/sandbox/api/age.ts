import type { EpochMs } from '#lib/clock.ts'
import { humanDuration } from '#lib/human-duration.ts'
import { parseTime } from '#lib/rfc3339.ts'

/** How long ago, as kubectl writes it. */
export function age(time: string | undefined, now: EpochMs): string {
  const at = parseTime(time)
  return at === undefined ? '<unknown>' : humanDuration(now - at)
}
