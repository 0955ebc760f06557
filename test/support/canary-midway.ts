import type { CanaryStep, RolloutStatus } from '#api/rollout.ts'
import { aReplicaSet } from './builders/replica-set.ts'
import { aRollout, pause, setWeight } from './builders/rollout.ts'
import { aWorld } from './builders/world.ts'
import { RolloutJourney } from './rollout-journey.ts'

const exact = { maxSurge: 1, maxUnavailable: 0 }

interface Midway {
  readonly replicas: number
  readonly steps?: readonly CanaryStep[]
  readonly status?: RolloutStatus
  readonly stable?: number
  readonly current?: number
  readonly others?: { readonly size: number; readonly deadline?: string }
}

/**
 * `web:3` is on its way over `web:1`, and `web:2` was replaced by it; as another controller may have left it.
 * Surge 1, nothing unavailable, every pod available; the status stands at the first step.
 */
export function midway({
  replicas,
  steps = [setWeight(25), pause()],
  status,
  stable = 4,
  current = 0,
  others,
}: Midway) {
  const canary = { ...exact, steps }
  const journey = new RolloutJourney(aWorld({ rollout: aRollout({ replicas, canary }) })).settle()
  journey.isReady = (rs) => rs.spec.template.spec?.containers[0]?.image === 'web:1'
  journey.setImage('web:3').settle().isReady = () => true
  const [v1, v3] = [journey.replicaSet('web:1'), journey.replicaSet('web:3')]
  const sized = (rs: typeof v1, size: number) => ({
    ...rs,
    spec: { ...rs.spec, replicas: size },
    status: { ...rs.status, replicas: size, readyReplicas: size, availableReplicas: size },
  })
  const v2 = aReplicaSet({
    hash: 'v2',
    image: 'web:2',
    desired: replicas,
    createdAt: '2026-01-14T00:00:00Z',
    ...others,
  })
  journey.patchStatus({ pauseConditions: null, controllerPause: null, currentStepIndex: 0, ...status })
  journey.world = {
    ...journey.world,
    replicaSets: [sized(v1, stable), sized(v3, current), ...(others === undefined ? [] : [v2])],
  }
  return journey
}
