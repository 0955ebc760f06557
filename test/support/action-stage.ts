import { resources } from '#api/resources.ts'
import type { Rollout, RolloutSpec, RolloutStatus } from '#api/rollout.ts'
import type { ActionName } from '#contract/views.ts'
import type { Failure } from '#lib/failure.ts'
import type { ActionRequest } from '#main/controller/action-request.ts'
import { aRollout, pause, setWeight } from './builders/rollout.ts'
import { FakeApi, type FakeRequest } from './fake-api.ts'
import { VirtualClock } from './virtual-clock.ts'

const at = { namespace: 'shop', name: 'web' }

/** A canary `v1` → `v2` whose controller holds it at its second step. */
export const held: RolloutStatus = {
  currentPodHash: 'v2',
  stableRS: 'v1',
  currentStepIndex: 1,
  controllerPause: true,
  pauseConditions: [{ reason: 'CanaryPauseStep', startTime: '2026-01-15T10:00:00Z' }],
}

/** That canary on a fake API server and, so that promote takes two requests, paused by hand as well. */
export function anActionStage(spec: Partial<RolloutSpec> = { paused: true }, status: RolloutStatus = held) {
  const api = new FakeApi()
  const clock = new VirtualClock()
  const steps = [setWeight(20), pause(), setWeight(60)]
  api.put(resources.rollouts, aRollout({ image: 'web:2', steps, spec, status }))
  const stored = () => api.read(resources.rollouts, at) as Rollout
  const change = (to: (rollout: Rollout) => Rollout) => api.put(resources.rollouts, to(stored()))
  const request = (action: ActionName, more: Partial<ActionRequest> = {}): ActionRequest => ({
    cluster: { context: 'harbor-1', client: api.client() },
    clock,
    action,
    ...at,
    parameters: {},
    ...more,
  })
  return { api, clock, stored, change, request }
}

/** Runs `before` ahead of the first `times` requests that match; a failure it returns is their answer. */
export function disturb(
  api: FakeApi,
  matches: (request: FakeRequest) => boolean,
  before: () => Failure | undefined,
  times = 1,
): void {
  let left = times
  api.intercept = (request) => (matches(request) && left-- > 0 ? before() : undefined)
}
