import type { Service } from '#api/core.ts'
import type { Write } from '#engine/decision.ts'
import { noAws } from '#engine/traffic/alb/aws-answers.ts'
import { verifyTargets } from '#engine/traffic/alb/verify-targets.ts'
import { noRoutes } from '#engine/traffic/routes.ts'
import type { EpochMs } from '#lib/clock.ts'
import { podHashOf } from './replica-set/facts.ts'
import type { Release } from './situation.ts'
import { rolloutEvent } from './write.ts'

/** Whether load balancers of AWS have taken notice of the pods that a Service selects now. */
export interface TargetsOutcome {
  /** True as well where there is nothing to verify (SVC-24). */
  readonly isVerified: boolean
  readonly writes: readonly Write[]
  /** ARNs of target groups that AWS is to be asked about. */
  readonly targetGroups: readonly string[]
  readonly requeueAt: EpochMs | undefined
}

export const noTargets: TargetsOutcome = { isVerified: true, writes: [], targetGroups: [], requeueAt: undefined }

const verifyAgainMs = 10_000

/**
 * SVC-20…22, BG-36. Differs from the reference where AWS cannot be asked: that ends its pass, with all that comes after; here only what
 * waits for the targets waits longer.
 */
export function targetsOf(release: Release, service: Service | undefined): TargetsOutcome {
  const { rollout, world, currentRS, now } = release
  if (service === undefined) return noTargets
  const subject = { rollout, currentHash: podHashOf(currentRS), service }
  const said = verifyTargets(subject, world.routes ?? noRoutes, world.aws ?? noAws)
  const isVerified = said.verified !== false
  return {
    isVerified,
    writes: said.events.map(({ reason, message, type }) => rolloutEvent(rollout, reason, message, 'SVC-22', type)),
    targetGroups: said.unanswered,
    requeueAt: isVerified || said.unanswered.length > 0 ? undefined : now + verifyAgainMs,
  }
}
