import type { IntOrString } from '#api/meta.ts'
import type { CanaryStep, Rollout, RolloutStatus, SetCanaryScale } from '#api/rollout.ts'
import { parseGoDuration } from '#lib/go-duration.ts'
import { parseInteger } from '#lib/int-or-string.ts'
import { stepsOf } from '../spec-defaults.ts'

/** The step the update stands at; `undefined` without steps and after the last one. A missing index is 0. */
export const currentStep = (rollout: Rollout, status: RolloutStatus): CanaryStep | undefined =>
  stepsOf(rollout)[status.currentStepIndex ?? 0]

/**
 * A pause in whole seconds (API-78): a number or numeric text is seconds, other text a Go duration, truncated.
 * `undefined` pauses until someone promotes; -1 marks text that cannot be read, which validation refuses.
 */
export function pauseSeconds(duration: IntOrString | undefined): number | undefined {
  if (duration === undefined || typeof duration === 'number') return duration
  const seconds = parseInteger(duration)
  if (seconds !== undefined && Math.abs(seconds) < 2 ** 31) return seconds
  const parsed = parseGoDuration(duration)
  return parsed.ok ? Math.trunc(parsed.value / 1000) : -1
}

/** The step as events and screens spell it (CAN-56). */
export function describeStep(step: CanaryStep): string {
  if (step.setWeight !== undefined) return `setWeight: ${step.setWeight}`
  if (step.pause !== undefined) return step.pause.duration === undefined ? 'pause' : `pause: ${step.pause.duration}`
  if (step.experiment !== undefined) return 'experiment'
  if (step.analysis !== undefined) return 'analysis'
  if (step.setCanaryScale !== undefined) return describeScale(step.setCanaryScale)
  if (step.plugin !== undefined) return `plugin: ${step.plugin.name ?? ''}`
  if (step.setHeaderRoute !== undefined) return `setHeaderRoute: ${step.setHeaderRoute.name ?? ''}`
  if (step.setMirrorRoute !== undefined) return `setMirrorRoute: ${step.setMirrorRoute.name ?? ''}`
  return 'invalid'
}

function describeScale({ weight, matchTrafficWeight, replicas }: SetCanaryScale): string {
  if (weight !== undefined) return `setCanaryScale{weight: ${weight}}`
  if (matchTrafficWeight === true) return 'setCanaryScale{matchTrafficWeight: true}'
  return replicas === undefined ? 'invalid' : `setCanaryScale{replicas: ${replicas}}`
}
