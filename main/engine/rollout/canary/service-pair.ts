import type { Rollout, RolloutStatus } from '#api/rollout.ts'

/** The two Services a router splits between; `''` for one that is not named. */
export interface ServicePair {
  readonly stable: string
  readonly canary: string
}

/**
 * Which Services are stable and canary (SVC-13, CAN-95). With ping-pong they take turns; before the first promotion ping is the canary.
 * @param prefersPingPong the router goes by ping and pong even where there are a stable and a canary Service too
 */
export function servicePair({ spec }: Rollout, status: RolloutStatus, prefersPingPong: boolean): ServicePair {
  const { stableService = '', canaryService = '', pingPong } = spec.strategy?.canary ?? {}
  const isTurned = pingPong !== undefined && (prefersPingPong || (stableService === '' && canaryService === ''))
  if (!isTurned) return { stable: stableService, canary: canaryService }
  const { pingService: ping = '', pongService: pong = '' } = pingPong
  return status.canary?.stablePingPong === 'ping' ? { stable: ping, canary: pong } : { stable: pong, canary: ping }
}

/** Who is stable after a promotion (SVC-15, CAN-96). */
export const nextStablePingPong = (status: RolloutStatus): 'ping' | 'pong' =>
  status.canary?.stablePingPong === 'ping' ? 'pong' : 'ping'
