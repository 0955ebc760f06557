import type { CanaryStep, Rollout, RolloutStrategy } from '#api/rollout.ts'
import { normaliseRollout } from '#engine/normalise/normalise-rollout.ts'
import { stepHash } from '#engine/pod-hash/pod-template-hash.ts'
import { stepsOf } from '#engine/rollout/spec-defaults.ts'
import { findCondition } from '#engine/rollout/status/condition-list.ts'
import { unsupportedFeature } from '#engine/rollout/validation/unsupported.ts'
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
  const cutAt = isRefused ? undefined : firstOpenStep(rollout)
  const playable = isRefused ? world : { ...world, rollout: withoutOpenEnds(rollout), analysisErrors: [] }
  const feature = isRefused ? undefined : unsupportedFeature(normaliseRollout(playable.rollout).rollout.spec)
  if (feature !== undefined) return { kind: 'notForeseen', feature: feature.path }
  const foreseen = forecast(playable, now, startMs, { untilStep: cutAt })
  const timeline = timelineOf(playable.rollout, now, foreseen)
  const isCut = cutAt !== undefined && timeline.end.step === cutAt
  return { kind: 'foreseen', timeline, writes: foreseen.writes, cutAt: isCut ? cutAt : undefined }
}

/** Nobody can tell how long these take, or how they end. */
const openKinds = ['analysis', 'experiment', 'plugin'] as const
const isOpen = (step: CanaryStep): boolean => openKinds.some((kind) => step[kind] !== undefined)

/** The first one that is still to be done. */
function firstOpenStep(rollout: Rollout): number | undefined {
  const from = unobservedChange(rollout) === undefined ? (rollout.status?.currentStepIndex ?? 0) : 0
  const index = stepsOf(rollout).findIndex((step, each) => each >= from && isOpen(step))
  return index < 0 ? undefined : index
}

/**
 * Such steps are pauses to the engine then; their hash is taken along, or it would start over (REC-41). Analyses beside the steps
 * count as passed.
 */
function withoutOpenEnds(rollout: Rollout): Rollout {
  const steps = stepsOf(rollout)
  const played = steps.map((step) => (isOpen(step) ? { pause: {} } : step))
  const { spec, status = {} } = rollout
  const isCurrent = status.currentStepHash === stepHash(steps)
  return {
    ...rollout,
    spec: { ...spec, strategy: withoutAnalyses(spec.strategy ?? {}, played) },
    status: { ...status, ...(isCurrent && { currentStepHash: stepHash(played) }) },
  }
}

function withoutAnalyses({ canary, blueGreen }: RolloutStrategy, steps: readonly CanaryStep[]): RolloutStrategy {
  const { analysis: _background, ...plainCanary } = canary ?? {}
  const { prePromotionAnalysis: _pre, postPromotionAnalysis: _post, ...plainBlueGreen } = blueGreen ?? {}
  return {
    ...(canary !== undefined && { canary: { ...plainCanary, ...(canary.steps !== undefined && { steps }) } }),
    ...(blueGreen !== undefined && { blueGreen: plainBlueGreen }),
  }
}
