import { expect, it } from 'vitest'
import type { BlueGreenStrategy, RolloutSpec } from '#api/rollout.ts'
import { assess } from '#engine/rollout/situation.ts'
import { validationError } from '#engine/rollout/validation/validate.ts'
import { aRollout } from '#test/support/builders/rollout.ts'
import { aService } from '#test/support/builders/service.ts'
import { aWorld } from '#test/support/builders/world.ts'
import { T0 } from '#test/support/virtual-clock.ts'

const services = { active: aService('active'), preview: aService('preview') }

function errorOf(strategy: BlueGreenStrategy, spec: Partial<RolloutSpec> = {}): string | undefined {
  const blueGreen = { activeService: 'active', ...strategy }
  return validationError(assess(aWorld({ rollout: aRollout({ blueGreen, spec }), services }), T0))
}

const sameService =
  'This rollout uses the same service for the active and preview services, but two different services are required.'
const oneAffinity = (preferred: boolean, required: boolean) =>
  `antiAffinity: Invalid value: "antiAffinity.PreferredDuringSchedulingIgnoredDuringExecution: ${preferred} antiAffinity.RequiredDuringSchedulingIgnoredDuringExecution: ${required}": AntiAffinity must have exactly one strategy listed`
const preferred = (weight: number) => ({ preferredDuringSchedulingIgnoredDuringExecution: { weight } })
const required = { requiredDuringSchedulingIgnoredDuringExecution: {} }

it.each<[string, BlueGreenStrategy, string]>([
  ['VAL-10, API-99d', { previewService: 'active' }, `activeService: Invalid value: "active": ${sameService}`],
  ['VAL-10, API-99d', { activeService: '' }, `activeService: Invalid value: "": ${sameService}`],
  [
    'API-99e',
    { scaleDownDelayRevisionLimit: 11 },
    `scaleDownDelayRevisionLimit: Invalid value: 11: This rollout's revision history limit can not be smaller than the rollout's scale down limit`,
  ],
  ['API-99f', { antiAffinity: {} }, oneAffinity(false, false)],
  ['API-99f', { antiAffinity: { ...preferred(1), ...required } }, oneAffinity(true, true)],
  [
    'API-99g',
    { antiAffinity: preferred(0) },
    'antiAffinity.weight: Invalid value: 0: AntiAffinity weight must be between 1-100',
  ],
  [
    'API-99g',
    { antiAffinity: preferred(101) },
    'antiAffinity.weight: Invalid value: 101: AntiAffinity weight must be between 1-100',
  ],
])('%s: %j is refused', (_rule, strategy, message) => {
  expect(errorOf(strategy)).toBe(`spec.strategy.${message}`)
})

it.each<[string, BlueGreenStrategy]>([
  ['VAL-10, API-99d', { previewService: 'preview' }],
  ['VAL-10, API-99d', {}],
  ['API-99e', { scaleDownDelayRevisionLimit: 10 }],
  ['API-99f', { antiAffinity: required }],
  ['API-99g', { antiAffinity: preferred(100) }],
])('%s: %j is in order', (_rule, strategy) => {
  expect(errorOf(strategy)).toBeUndefined()
})

it('API-99e: the limit is compared with the one of the spec', () => {
  expect(errorOf({ scaleDownDelayRevisionLimit: 11 }, { revisionHistoryLimit: 11 })).toBeUndefined()
  expect(errorOf({ scaleDownDelayRevisionLimit: 3 }, { revisionHistoryLimit: 2 })).toContain('Invalid value: 3')
})
