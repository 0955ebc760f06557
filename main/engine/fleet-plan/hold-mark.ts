import { annotations } from '#api/keys.ts'
import type { Rollout } from '#api/rollout.ts'
import type { EpochMs } from '#lib/clock.ts'
import { decodeJson } from '#lib/decode-json.ts'
import { formatSeconds, parseTime } from '#lib/rfc3339.ts'

/** Who pauses a Rollout for a plan and why, kept on it with what `spec.paused` was before (W12). */
export interface HoldMark {
  readonly plan: string
  /** A person; `plan` when its wave has not begun. */
  readonly by: string
  readonly reason: string
  readonly since: EpochMs
  readonly until?: EpochMs
  /** As it stood: `null` where it did not. */
  readonly paused: boolean | null
}

/** `unreadable`: there is one, and nobody can tell what it says; it is left as it is. */
export function holdMarkOf({ metadata }: Rollout): HoldMark | 'unreadable' | undefined {
  const text = metadata.annotations?.[annotations.hold]
  if (text === undefined) return undefined
  const decoded = decodeJson(text)
  const mark: unknown = decoded.ok ? decoded.value : undefined
  if (typeof mark !== 'object' || mark === null) return 'unreadable'
  const { plan, by, reason, since, until, paused } = mark as Readonly<Record<string, unknown>>
  const from = typeof since === 'string' ? parseTime(since) : undefined
  const to = typeof until === 'string' ? parseTime(until) : undefined
  const isWhole = typeof plan === 'string' && typeof by === 'string' && typeof reason === 'string' && from !== undefined
  if (!isWhole || !(typeof paused === 'boolean' || paused === null)) return 'unreadable'
  return { plan, by, reason, since: from, paused, ...(to !== undefined && { until: to }) }
}

export const holdMarkText = ({ since, until, ...mark }: HoldMark): string =>
  JSON.stringify({ ...mark, since: formatSeconds(since), ...(until !== undefined && { until: formatSeconds(until) }) })

/** As a merge patch: the pause, and beside it all that gives it back. */
export const holdPatch = (
  rollout: Rollout,
  mark: Omit<HoldMark, 'paused'>,
  more: Readonly<Record<string, string>>,
) => ({
  metadata: {
    annotations: { ...more, [annotations.hold]: holdMarkText({ ...mark, paused: rollout.spec.paused ?? null }) },
  },
  spec: { paused: true },
})

/** As a merge patch. Where somebody ended the pause meanwhile it stays ended. */
export const releasePatch = (rollout: Rollout, { paused }: HoldMark) => ({
  metadata: { annotations: { [annotations.hold]: null } },
  ...(rollout.spec.paused === true && { spec: { paused } }),
})
