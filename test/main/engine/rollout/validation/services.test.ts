import { expect, it } from 'vitest'
import type { Service } from '#api/core.ts'
import { assess } from '#engine/rollout/situation.ts'
import { validationError } from '#engine/rollout/validation/validate.ts'
import { aRollout } from '#test/support/builders/rollout.ts'
import { aService } from '#test/support/builders/service.ts'
import { aWorld } from '#test/support/builders/world.ts'
import { T0 } from '#test/support/virtual-clock.ts'

const blueGreen = { activeService: 'one', previewService: 'two' }
const canary = { stableService: 'one', canaryService: 'two' }
const pingPong = { pingPong: { pingService: 'one', pongService: 'two' } }

const judge = (strategy: Parameters<typeof aRollout>[0], services: Readonly<Record<string, Service>>) =>
  validationError(assess(aWorld({ rollout: aRollout(strategy), services }), T0))

it.each<[string, Parameters<typeof aRollout>[0], string, string]>([
  ['API-120', { blueGreen }, 'one', 'blueGreen.activeService'],
  ['API-120', { blueGreen }, 'two', 'blueGreen.previewService'],
  ['API-120', { canary }, 'one', 'canary.stableService'],
  ['API-120', { canary }, 'two', 'canary.canaryService'],
  ['API-120', { canary: pingPong }, 'one', 'canary.pingPong.pingService'],
  ['API-120', { canary: pingPong }, 'two', 'canary.pingPong.pongService'],
])('%s: of %j, %s must exist: %s', (_rule, strategy, missing, path) => {
  const both = { one: aService('one'), two: aService('two') }
  expect(judge(strategy, both)).toBeUndefined()
  const { [missing]: _gone, ...left } = both as Readonly<Record<string, Service>>
  expect(judge(strategy, left)).toBe(
    `spec.strategy.${path}: Invalid value: "${missing}": service "${missing}" not found`,
  )
})

it('API-120, API-90: all are looked up before any is looked at, in order', () => {
  expect(judge({ blueGreen }, {})).toContain('activeService')
  expect(judge({ canary }, {})).toContain('stableService')
  const foreign = { ...aService('one'), spec: { selector: { app: 'shop' } } }
  expect(judge({ blueGreen }, { one: foreign })).toContain('service "two" not found')
})

it('API-121: a Service that selects other pods is refused; the hash it selects is nothing to compare', () => {
  const wrong = { ...aService('two'), spec: { selector: { app: 'web', tier: 'back' } } }
  expect(judge({ blueGreen }, { one: aService('one', 'abc'), two: wrong })).toBe(
    'spec.strategy.blueGreen.previewService: Invalid value: "two": Service "two" has unmatch label "tier" in rollout',
  )
})

it('API-122: a Service of another Rollout is refused', () => {
  const owned = (name: string, rollout: string) =>
    aService(name, undefined, { 'argo-rollouts.argoproj.io/managed-by-rollouts': rollout })
  expect(judge({ canary }, { one: owned('one', 'web'), two: owned('two', 'other') })).toBe(
    'spec.strategy.canary.canaryService: Invalid value: "two": Service "two" is managed by another Rollout',
  )
})
