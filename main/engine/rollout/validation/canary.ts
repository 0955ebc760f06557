import type { IntOrString } from '#api/meta.ts'
import type { CanaryStep, CanaryStrategy, RolloutSpec } from '#api/rollout.ts'
import { parseInteger } from '#lib/int-or-string.ts'
import { pauseSeconds } from '../canary/steps.ts'
import { defaultSurge, defaultUnavailable, maxWeightOf } from '../spec-defaults.ts'
import { antiAffinityError } from './anti-affinity.ts'
import { experimentStepRules } from './experiment-steps.ts'
import { routeStepRules } from './route-steps.ts'
import { firstError, invalid, required, type SpecRule } from './spec-error.ts'
import { trafficRoutingRules } from './traffic-routing.ts'

interface Subject {
  readonly spec: RolloutSpec
  readonly canary: CanaryStrategy
}

/** API-100…116, in the order in which they are judged. */
export const canaryRules: readonly SpecRule<Subject>[] = [
  ({ canary: { maxSurge = defaultSurge, maxUnavailable = defaultUnavailable } }) =>
    isZero(maxSurge) && isZero(maxUnavailable)
      ? invalid('spec.strategy.maxSurge', maxSurge, 'MaxSurge and MaxUnavailable both can not be zero')
      : undefined,
  ({ canary: { canaryService = '', stableService = '' } }) =>
    canaryService !== '' && canaryService === stableService
      ? invalid(
          'spec.strategy.stableService',
          stableService,
          'This rollout uses the same service for the stable and canary services, but two different services are required.',
        )
      : undefined,
  ...trafficRoutingRules,
  ({ canary, spec }) => {
    for (const [i, step] of (canary.steps ?? []).entries()) {
      const error = firstError(stepRules, { step, path: `spec.strategy.steps[${i}]`, canary, spec })
      if (error !== undefined) return error
    }
    return undefined
  },
  ({ canary }) => antiAffinityError(canary.antiAffinity),
]

const onlyOne = 'Step must have one of the following set: experiment, setWeight, setCanaryScale, plugin or pause'

/** API-106…109, then those of routes (API-110…113) and of analyses (API-114, API-115). */
const stepRules: readonly SpecRule<Subject & { readonly step: CanaryStep; readonly path: string }>[] = [
  ({ step, path }) => {
    const [experiment, pause, weight, analysis] = exclusive.map((kind) => step[kind] !== undefined)
    if ([experiment, pause, weight, analysis].filter(Boolean).length <= 1) return undefined
    const value = `step.Experiment: ${experiment} step.Pause: ${pause} step.SetWeight: ${weight} step.Analysis: ${analysis}`
    return invalid(path, value, onlyOne)
  },
  ({ step, path }) => {
    if (stepKinds.some((kind) => step[kind] !== undefined)) return undefined
    const value = stepKinds.map((kind) => `step.${kind.charAt(0).toUpperCase()}${kind.slice(1)}: true`).join(' ')
    return invalid(path, value, onlyOne)
  },
  ({ step: { setWeight }, path, spec }) => {
    const max = maxWeightOf(spec)
    return setWeight !== undefined && (setWeight < 0 || setWeight > max)
      ? invalid(`${path}.setWeight`, setWeight, `SetWeight needs to be between 0 and ${max}`)
      : undefined
  },
  ({ step: { pause }, path }) =>
    pause !== undefined && (pauseSeconds(pause.duration) ?? 0) < 0
      ? invalid(`${path}.pause.duration`, pauseSeconds(pause.duration), 'Duration needs to be greater than 0')
      : undefined,
  ({ step, canary }) =>
    step.setCanaryScale !== undefined && canary.trafficRouting === undefined
      ? required('spec.strategy.trafficRouting', 'SetCanaryScale requires TrafficRouting to be set')
      : undefined,
  ...routeStepRules,
  ...experimentStepRules,
]

const exclusive = ['experiment', 'pause', 'setWeight', 'analysis'] as const
const stepKinds = [...exclusive, 'setCanaryScale', 'setHeaderRoute', 'setMirrorRoute', 'plugin'] as const

/** Unlike the arithmetic, validation reads text without `%` as a plain count (API-65), and unreadable text as 0. */
const isZero = (amount: IntOrString): boolean =>
  typeof amount === 'number' ? amount === 0 : (parseInteger(amount.replace(/^(\d+)%$/, '$1')) ?? 0) === 0
