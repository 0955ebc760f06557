import type { Write } from '#engine/decision.ts'
import type { Situation } from './situation.ts'
import { type Conditions, findCondition, setCondition, type Wanted } from './status/condition-list.ts'
import { persistConditions } from './status/persist.ts'
import { isCompleted } from './status/progress.ts'

/**
 * Tells in the conditions that a pause or an abort began or ended, before anything is decided from them (REC-70). This also
 * renews the progress deadline after a pause and on a retry (REC-71). Skipped while the spec has not been observed.
 */
export function planPausedCondition(situation: Situation): readonly Write[] {
  const { rollout, status, now } = situation
  if (status.observedGeneration !== String(rollout.metadata.generation ?? 0)) return []
  const before = status.conditions ?? []
  const after = wantedConditions(situation, before).reduce<Conditions>(
    (all, each) => setCondition(all, each, now),
    before,
  )
  return after === before ? [] : persistConditions(situation, after, 'REC-70')
}

function wantedConditions({ spec, status }: Situation, conditions: Conditions): readonly Wanted[] {
  const isPaused = (status.pauseConditions ?? []).length > 0 || spec.paused === true
  const reason = findCondition(conditions, 'Progressing')?.reason
  const showsAbort = reason === 'RolloutAborted'
  const showsPause = findCondition(conditions, 'Paused')?.status === 'True'
  return [
    ...(isPaused !== (reason === 'RolloutPaused') && !showsAbort && !isCompleted(status)
      ? [
          isPaused
            ? progressing('RolloutPaused', 'Rollout is paused')
            : progressing('RolloutResumed', 'Rollout is resumed'),
        ]
      : []),
    ...(status.abort !== true && showsAbort ? [progressing('RolloutRetry', 'Retrying Rollout after abort')] : []),
    ...(isPaused !== showsPause && !showsAbort ? [paused(isPaused)] : []),
  ]
}

const progressing = (reason: string, message: string): Wanted => ({
  type: 'Progressing',
  status: 'Unknown',
  reason,
  message,
})

const paused = (isPaused: boolean): Wanted => ({
  type: 'Paused',
  status: isPaused ? 'True' : 'False',
  reason: 'RolloutPaused',
  message: 'Rollout is paused',
})
