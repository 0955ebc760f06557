import type { GuardView } from '#contract/guard-views.ts'
import type { ActionPreview } from '#contract/views.ts'

/** What all chosen targets together take besides a name. */
export interface Rails {
  readonly isClosed: boolean
  readonly needsAgain: boolean
  /** A written reason. */
  readonly needsReason: boolean
}

const guardOf = (preview: ActionPreview): GuardView | undefined => (preview.open ? preview.guard : undefined)

export function railsOf(previews: readonly ActionPreview[]): Rails {
  const guards = previews.flatMap((preview) => guardOf(preview) ?? [])
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
