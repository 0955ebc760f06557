import type { BlueGreenStrategy, RolloutSpec } from '#api/rollout.ts'
import { revisionHistoryLimitOf } from '../spec-defaults.ts'
import { antiAffinityError } from './anti-affinity.ts'
import { invalid, type SpecRule } from './spec-error.ts'

/** API-99d…99g. */
export const blueGreenRules: readonly SpecRule<{
  readonly spec: RolloutSpec
  readonly blueGreen: BlueGreenStrategy
}>[] = [
  ({ blueGreen: { activeService = '', previewService = '' } }) =>
    activeService === previewService
      ? invalid(
          'spec.strategy.activeService',
          activeService,
          'This rollout uses the same service for the active and preview services, but two different services are required.',
        )
      : undefined,
  ({ spec, blueGreen: { scaleDownDelayRevisionLimit: limit } }) =>
    limit !== undefined && limit > revisionHistoryLimitOf(spec)
      ? invalid(
          'spec.strategy.scaleDownDelayRevisionLimit',
          limit,
          `This rollout's revision history limit can not be smaller than the rollout's scale down limit`,
        )
      : undefined,
  ({ blueGreen }) => antiAffinityError(blueGreen.antiAffinity),
]
