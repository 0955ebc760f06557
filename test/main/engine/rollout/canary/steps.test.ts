import { expect, it } from 'vitest'
import type { CanaryStep } from '#api/rollout.ts'
import { describeStep, pauseSeconds } from '#engine/rollout/canary/steps.ts'

it.each<[string, number | string | undefined, number | undefined]>([
  ['API-78', undefined, undefined],
  ['API-78', 0, 0],
  ['API-78', 90, 90],
  ['API-78', '90', 90],
  ['API-78', '90s', 90],
  ['API-78', '1h30m', 5400],
  ['API-78', '1.5m', 90],
  ['API-78', '2h3m4.9s', 7384],
  ['API-78', '100ms', 0],
  ['API-78', '1999ms', 1],
  ['API-78', '1500000us', 1],
  ['API-78', '1500000µs', 1],
  ['API-78', '2000000000ns', 2],
  ['API-78', '2147483647', 2_147_483_647],
  ['API-78', '2147483648', -1],
  ['API-78', '1d', -1],
  ['API-78', '', -1],
  ['API-78', 'soon', -1],
])('%s: a pause of %j lasts %s seconds', (_rule, duration, seconds) => {
  expect(pauseSeconds(duration)).toBe(seconds)
})

it.each<[CanaryStep, string]>([
  [{ setWeight: 20 }, 'setWeight: 20'],
  [{ setWeight: 0 }, 'setWeight: 0'],
  [{ pause: {} }, 'pause'],
  [{ pause: { duration: 10 } }, 'pause: 10'],
  [{ pause: { duration: '10s' } }, 'pause: 10s'],
  [{ experiment: {} }, 'experiment'],
  [{ analysis: {} }, 'analysis'],
  [{ setCanaryScale: { weight: 25 } }, 'setCanaryScale{weight: 25}'],
  [{ setCanaryScale: { matchTrafficWeight: true } }, 'setCanaryScale{matchTrafficWeight: true}'],
  [{ setCanaryScale: { replicas: 3 } }, 'setCanaryScale{replicas: 3}'],
  [{ setCanaryScale: { replicas: 3, weight: 25 } }, 'setCanaryScale{weight: 25}'],
  [{ plugin: { name: 'acme/gate' } }, 'plugin: acme/gate'],
  [{ setHeaderRoute: { name: 'beta' } }, 'setHeaderRoute: beta'],
  [{ setMirrorRoute: { name: 'shadow' } }, 'setMirrorRoute: shadow'],
  [{}, 'invalid'],
])('CAN-56: %j reads %j', (step, text) => {
  expect(describeStep(step)).toBe(text)
})
