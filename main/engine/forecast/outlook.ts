import type { Rollout } from '#api/rollout.ts'
import { normaliseRollout } from '#engine/normalise/normalise-rollout.ts'
import { stepHash } from '#engine/pod-hash/pod-template-hash.ts'
import { stepsOf } from '#engine/rollout/spec-defaults.ts'
import { findCondition } from '#engine/rollout/status/condition-list.ts'
import { isSupportedStep, unsupportedFeature } from '#engine/rollout/validation/unsupported.ts'
import { unobservedChange } from '#engine/status/phase.ts'
import type { RolloutWorld } from '#engine/world.ts'
import type { EpochMs } from '#lib/clock.ts'
import { type ForeseenWrite, forecast } from './forecast.ts'
import type { StartMs } from './pod-start.ts'
import { type Timeline, timelineOf } from './timeline.ts'

export type Outlook =
  | {
      readonly kind: 'foreseen'
      readonly timeline: Timeline
      readonly writes: readonly ForeseenWrite[]
      /** The step at which it ends because nobody can tell how long that takes: an analysis, an experiment, a plugin. */
      readonly cutAt: number | undefined
    }
  /** It uses what this engine does not carry out, from the start on: nothing can be said. */
  | { readonly kind: 'notForeseen'; readonly feature: string }

/** What will happen, as far as this engine can tell and no further. */
export function outlook(world: RolloutWorld, now: EpochMs, startMs: StartMs): Outlook {
  const { rollout } = normaliseRollout(world.rollout)
  // This engine has refused it already, and says so again.
  const isRefused = findCondition(rollout.status?.conditions ?? [], 'InvalidSpec') !== undefined
  const cutAt = isRefused ? undefined : firstUnsupportedStep(rollout)
  const isPlain = isRefused || stepsOf(rollout).every(isSupportedStep)
  const playable = isPlain ? world : { ...world, rollout: withoutUnsupportedSteps(rollout) }
  const feature = isRefused ? undefined : unsupportedFeature(normaliseRollout(playable.rollout).rollout.spec)
  if (feature !== undefined) return { kind: 'notForeseen', feature: feature.path }
  const foreseen = forecast(playable, now, startMs, { untilStep: cutAt })
  const timeline = timelineOf(playable.rollout, now, foreseen)
  const isCut = cutAt !== undefined && timeline.end.step === cutAt
  return { kind: 'foreseen', timeline, writes: foreseen.writes, cutAt: isCut ? cutAt : undefined }
}

/** The first one that is still to be done. */
function firstUnsupportedStep(rollout: Rollout): number | undefined {
  const steps = stepsOf(rollout)
  const from = unobservedChange(rollout) === undefined ? (rollout.status?.currentStepIndex ?? 0) : 0
  const index = steps.findIndex((step, each) => each >= from && !isSupportedStep(step))
  return index < 0 ? undefined : index
}

/** They are pauses to the engine then. Their hash is taken along, or the engine would start over (REC-41). */
function withoutUnsupportedSteps(rollout: Rollout): Rollout {
  const steps = stepsOf(rollout)
  const played = steps.map((step) => (isSupportedStep(step) ? step : { pause: {} }))
  const { spec, status = {} } = rollout
  const isCurrent = status.currentStepHash === stepHash(steps)
  return {
    ...rollout,
    spec: { ...spec, strategy: { canary: { ...spec.strategy?.canary, steps: played } } },
    status: { ...status, ...(isCurrent && { currentStepHash: stepHash(played) }) },
  }
}
