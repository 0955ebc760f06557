import type { Situation } from './situation.ts'
import { revisionOfRollout } from './status/conditions.ts'
import { type Draft, released, withEvent, withFields } from './status/draft.ts'
import { stepCountOf } from './update.ts'

/** Someone asked to skip everything that is left (REC-99). */
export const isFullPromotionWanted = ({ status }: Situation): boolean => status.promoteFull === true

/**
 * Makes the current ReplicaSet the stable one (REC-98). Runs on every full round of a promoted rollout too, where it
 * changes nothing and announces nothing.
 */
export function promoted(draft: Draft, situation: Situation, reason: string): Draft {
  const { currentPodHash = '', stableRS, duration } = draft.fields
  const steps = stepCountOf(situation)
  const settled = withFields(released(draft), {
    promoteFull: undefined,
    currentStepIndex: situation.spec.strategy?.canary !== undefined && steps > 0 ? steps : undefined,
    blueGreen: { ...draft.fields.blueGreen, scaleUpPreviewCheckPoint: undefined },
  })
  if (stableRS === currentPodHash) return settled
  const completionStatus =
    duration?.completionStatus ?? (isFullPromotionWanted(situation) ? 'FastPromoted' : 'Promoted')
  const flipped = withFields(settled, {
    stableRS: currentPodHash,
    duration: duration === undefined ? undefined : { ...duration, completionStatus },
  })
  const text = `Rollout completed update to revision ${revisionOfRollout(situation)} (${currentPodHash}): ${reason}`
  return withEvent(flipped, situation, 'RolloutCompleted', text, 'REC-98')
}

/** The update starts from the beginning (REC-96); a restart that was still pending is dropped. */
export function reset(draft: Draft, situation: Situation): Draft {
  const steps = stepCountOf(situation)
  return withFields(released(draft), {
    restartedAt: situation.spec.restartAt,
    promoteFull: undefined,
    currentStepIndex: steps > 0 ? 0 : undefined,
  })
}
