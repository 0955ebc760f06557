import { expect, it } from 'vitest'
import { triggerOfReason } from '#engine/notifications/event-trigger.ts'

it.each([
  ['RolloutStepCompleted', 'on-rollout-step-completed'],
  ['ScalingReplicaSet', 'on-scaling-replica-set'],
  ['AnalysisRunError', 'on-analysis-run-error'],
  ['PatchingALBIngress', 'on-patching-alb-ingress'],
  ['RolloutPaused', 'on-rollout-paused'],
])('OPS-151: %s fires %s', (reason, trigger) => {
  expect(triggerOfReason(reason)).toBe(trigger)
})
