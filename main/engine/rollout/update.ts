import { stepHash } from '#engine/pod-hash/pod-template-hash.ts'
import { podHashOf } from './replica-set/facts.ts'
import type { Situation } from './situation.ts'
import { stepsOf } from './spec-defaults.ts'

/** Has the spec asked for something else than the status speaks of (REC-97). */

export const currentStepHash = ({ spec }: Situation): string | undefined =>
  spec.strategy?.canary === undefined ? undefined : stepHash(spec.strategy.canary.steps)

/** Another template than the recorded one. The first template ever is not a change. */
export const isTemplateChanged = ({ status, currentRS }: Situation): boolean =>
  (status.currentPodHash ?? '') !== '' && status.currentPodHash !== podHashOf(currentRS)

export const areStepsChanged = (situation: Situation): boolean =>
  situation.spec.strategy?.canary !== undefined && situation.status.currentStepHash !== currentStepHash(situation)

/** The update begins again from its first step. */
export const isReset = (situation: Situation): boolean => isTemplateChanged(situation) || areStepsChanged(situation)

/** An attempt to roll out begins here: a reset, or the very first deploy. */
export const isUpdateNew = (situation: Situation): boolean =>
  isReset(situation) || (situation.status.currentPodHash ?? '') === ''

export const stepCountOf = ({ rollout }: Situation): number => stepsOf(rollout).length
