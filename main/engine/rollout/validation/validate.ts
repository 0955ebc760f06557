import type { RolloutSpec } from '#api/rollout.ts'
import { remembered } from '#lib/remembered.ts'
import type { Situation } from '../situation.ts'
import { analysisError, missingTemplate } from './analysis.ts'
import { blueGreenRules } from './blue-green.ts'
import { canaryRules } from './canary.ts'
import { missingRoute, routeError } from './routes.ts'
import { missingService, serviceError } from './services.ts'
import { specRules } from './spec.ts'
import { firstError, formatSpecError, type SpecError } from './spec-error.ts'
import { unsupportedFeature } from './unsupported.ts'

/**
 * What is wrong with the Rollout, worded as the reference words it; `undefined` when it may be driven (API-90). The first
 * error wins: the workload reference, the spec, what this engine cannot drive, the Services, templates and route objects that are missing, those
 * that do not fit, what cannot be measured from here.
 */
export function validationError(situation: Situation): string | undefined {
  if (situation.workload.error !== undefined) return situation.workload.error
  const error =
    specError(situation.spec) ??
    missingService(situation) ??
    missingTemplate(situation) ??
    missingRoute(situation) ??
    serviceError(situation) ??
    analysisError(situation) ??
    routeError(situation) ??
    situation.world.analysisErrors?.[0]
  return error && formatSpecError(error)
}

const specError = remembered((spec: RolloutSpec): SpecError | undefined => {
  const { canary, blueGreen } = spec.strategy ?? {}
  return (
    firstError(specRules, spec) ??
    (blueGreen && firstError(blueGreenRules, { spec, blueGreen })) ??
    (canary && firstError(canaryRules, { spec, canary })) ??
    unsupportedFeature(spec)
  )
})
