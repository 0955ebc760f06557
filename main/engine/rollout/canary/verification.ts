import type { Write } from '#engine/decision.ts'
import { noAws } from '#engine/traffic/alb/aws-answers.ts'
import { verifyWeight, type WeightVerification } from '#engine/traffic/alb/verify-weight.ts'
import type { Router, RouterRequest } from '#engine/traffic/router.ts'
import type { Routes } from '#engine/traffic/routes.ts'
import type { Release } from '../situation.ts'
import { rolloutEvent } from '../write.ts'

/** Whether the weights have arrived, of all routers so far. */
export interface Verification {
  /** `undefined`: no router can tell. */
  readonly verified: boolean | undefined
  /** AWS could not be asked: routers after this one are not looked at (TR-26). */
  readonly isFailed: boolean
  readonly writes: readonly Write[]
  /** Host names AWS is to be asked about. */
  readonly hostNames: readonly string[]
  /** `status.alb` and `status.albs` from now on, or `null` for neither. Absent: as they are. */
  readonly status?: WeightVerification['status']
}

export const unverified: Verification = { verified: undefined, isFailed: false, writes: [], hostNames: [] }

/**
 * Adds what one router says. Any that denies it counts for all of them, and one that confirms it for those that cannot tell; the reference
 * goes by the last router alone (TR-5).
 */
export function verifiedBy(
  before: Verification,
  release: Release,
  router: Router,
  request: RouterRequest,
  routes: Routes,
): Verification {
  const { rollout, world } = release
  const said = sayOf(router, request, routes, world.aws ?? noAws)
  const failed =
    said.error === undefined
      ? []
      : [rolloutEvent(rollout, 'WeightVerifyError', `Failed to verify weight: ${said.error}`, 'TR-26', 'Warning')]
  const told = said.events.map(({ reason, message, type }) => rolloutEvent(rollout, reason, message, 'ALB-21', type))
  const verdicts = [before.verified, said.error === undefined ? said.verified : false]
  return {
    verified: verdicts.includes(false) ? false : verdicts.includes(true) ? true : undefined,
    isFailed: said.error !== undefined,
    writes: [...before.writes, ...told, ...failed],
    hostNames: [...before.hostNames, ...said.unanswered],
    ...(said.status === undefined ? before.status !== undefined && { status: before.status } : { status: said.status }),
  }
}

function sayOf(
  { type, verifies }: Router,
  request: RouterRequest,
  routes: Routes,
  aws: NonNullable<Release['world']['aws']>,
): WeightVerification {
  if (type === 'ALB') return verifyWeight(request, routes, aws)
  return { events: [], unanswered: [], ...(verifies === 'always' && { verified: true }) }
}
