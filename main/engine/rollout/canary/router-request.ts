import type { TrafficWeight } from '#api/rollout.ts'
import type { Router, RouterRequest } from '#engine/traffic/router.ts'
import { podHashOf } from '../replica-set/facts.ts'
import type { Release } from '../situation.ts'
import { maxWeightOf } from '../spec-defaults.ts'
import { servicePair } from './service-pair.ts'
import { isRollingBackToStable } from './wanted-weight.ts'

interface Asked {
  /** 0…`maxTrafficWeight`. */
  readonly weight: number
  readonly canaryHash: string
  readonly destinations: readonly TrafficWeight[]
}

/** What a router is asked for. ALB and Istio go by ping and pong where these take turns, the others by the Services of the spec (SVC-13). */
export function routerRequest(router: Router, release: Release, asked: Asked): RouterRequest {
  const { rollout, spec, status, stableRS, replicaSets, isAborted, now } = release
  const pair = servicePair(rollout, status, router.type === 'ALB')
  const isByRole = router.type === 'ALB' || router.type === 'Istio'
  const { stableService = '', canaryService = '' } = spec.strategy?.canary ?? {}
  return {
    rollout,
    canaryService: isByRole ? pair.canary : canaryService,
    stableService: isByRole ? pair.stable : stableService,
    canaryHash: asked.canaryHash,
    stableHash: podHashOf(stableRS),
    weight: asked.weight,
    maxWeight: maxWeightOf(spec),
    destinations: asked.destinations,
    replicaSets,
    isAborted,
    isRollingBackToStable: isRollingBackToStable(release),
    now,
  }
}
