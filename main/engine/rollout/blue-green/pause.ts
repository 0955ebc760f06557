import type { EpochMs } from '#lib/clock.ts'
import { parseTime } from '#lib/rfc3339.ts'
import { isPrePromotionPassed } from '../analysis/blue-green.ts'
import { isHalted } from '../halt.ts'
import { isFullPromotionWanted } from '../promotion.ts'
import { podHashOf } from '../replica-set/facts.ts'
import { isFastRollback } from '../rollback.ts'
import { selectedHash, serviceNamed } from '../services.ts'
import type { Release, Situation } from '../situation.ts'
import { isAutoPromoted } from '../spec-defaults.ts'
import { isReady } from './replica-sets.ts'

/** What the pause before the cut-over needs in this round (BG-30). */
export type PauseDecision =
  | { readonly kind: 'leave' }
  | { readonly kind: 'add' }
  | { readonly kind: 'remove' }
  /** Until then it pauses; absent when only a person can end it. */
  | { readonly kind: 'wait'; readonly until?: EpochMs }

interface Row {
  readonly when: (release: Release) => boolean
  readonly then: (release: Release) => PauseDecision
}

const leave = (): PauseDecision => ({ kind: 'leave' })
const remove = (): PauseDecision => ({ kind: 'remove' })

/** BG-30, first match. */
const rows: readonly Row[] = [
  { when: ({ status }) => status.abort === true, then: leave },
  { when: (release) => !isReady(release), then: leave },
  { when: isHalted, then: leave },
  { when: isFastTracked, then: remove },
  { when: hasCheckpoint, then: remove },
  { when: (release) => !needsPause(release), then: remove },
  { when: (release) => !isPrePromotionPassed(release), then: leave },
  { when: (release) => isPausing(release) && isPauseComplete(release), then: remove },
  { when: isPausing, then: (release) => waiting(release) },
  { when: ({ status }) => status.controllerPause !== true, then: () => ({ kind: 'add' }) },
]

export const decidePause = (release: Release): PauseDecision =>
  rows.find(({ when }) => when(release))?.then(release) ?? { kind: 'leave' }

/** Nothing to wait for: going back, fully promoted by hand, or the active Service is free or there already (BG-30, row 4). */
export function isFastTracked(release: Release): boolean {
  const activeHash = selectedHash(serviceNamed(release, release.spec.strategy?.blueGreen?.activeService))
  return (
    isFastRollback(release) ||
    isFullPromotionWanted(release) ||
    activeHash === '' ||
    activeHash === podHashOf(release.currentRS)
  )
}

/**
 * BG-31. A timed pause that someone cleared is not complete: it starts over (BG-33). Nor has anybody resumed while a pause of the
 * canary strategy, in force until a moment ago, still stands there.
 */
export function isPauseComplete(release: Release): boolean {
  const { status, spec, now } = release
  const blueGreen = spec.strategy?.blueGreen
  if (hasCheckpoint(release)) return true
  if (blueGreen !== undefined && !isAutoPromoted(blueGreen))
    return status.controllerPause === true && (status.pauseConditions ?? []).length === 0
  if ((blueGreen?.autoPromotionSeconds ?? 0) === 0) return true
  const expiresAt = promotesAt(release)
  return expiresAt !== undefined && now > expiresAt
}

export function hasCheckpoint({ status }: Situation): boolean {
  return status.blueGreen?.scaleUpPreviewCheckPoint === true
}

function needsPause({ spec }: Release): boolean {
  const blueGreen = spec.strategy?.blueGreen
  return blueGreen !== undefined && (!isAutoPromoted(blueGreen) || (blueGreen.autoPromotionSeconds ?? 0) > 0)
}

const pauseOf = ({ status }: Situation) =>
  (status.pauseConditions ?? []).find(({ reason }) => reason === 'BlueGreenPause')

function isPausing(release: Release): boolean {
  return pauseOf(release) !== undefined
}

function promotesAt(release: Release): EpochMs | undefined {
  const seconds = release.spec.strategy?.blueGreen?.autoPromotionSeconds ?? 0
  const startedAt = parseTime(pauseOf(release)?.startTime)
  return seconds > 0 && startedAt !== undefined ? startedAt + seconds * 1000 : undefined
}

function waiting(release: Release): PauseDecision {
  const expiresAt = promotesAt(release)
  // Strictly after (REC-93); past it the round above has removed the pause, unless only a person may end it.
  return expiresAt === undefined || expiresAt < release.now ? { kind: 'wait' } : { kind: 'wait', until: expiresAt + 1 }
}
