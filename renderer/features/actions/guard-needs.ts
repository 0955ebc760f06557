import type { GuardView } from '#contract/guard-views.ts'
import type { RolloutKey } from '#contract/views.ts'

/** A preview, as far as rails are concerned; one that is shut has none. */
export interface Guarded {
  readonly key: RolloutKey
  readonly guard?: GuardView | undefined
}

/** What all chosen targets together take besides a name. */
export interface Rails {
  readonly isClosed: boolean
  readonly needsAgain: boolean
  /** A written reason. */
  readonly needsReason: boolean
}

export function railsOf(previews: readonly Guarded[]): Rails {
  const guards = previews.flatMap(({ guard }) => guard ?? [])
  const isClosed = guards.some(({ closed }) => closed !== undefined)
  return {
    isClosed,
    needsAgain: guards.some(({ again }) => again),
    needsReason: isClosed || guards.some(({ reasonFor }) => reasonFor !== undefined),
  }
}

interface Given {
  readonly again: boolean
  readonly breakGlass: boolean
  readonly reason: string
}

export type Missing = 'breakGlass' | 'reason' | 'again'

/** The first thing that is not given yet. */
export function missingOf({ isClosed, needsAgain, needsReason }: Rails, given: Given): Missing | undefined {
  if (isClosed && !given.breakGlass) return 'breakGlass'
  if (needsReason && given.reason.trim() === '') return 'reason'
  return needsAgain && !given.again ? 'again' : undefined
}
