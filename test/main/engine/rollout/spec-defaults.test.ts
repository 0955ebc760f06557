import { describe, expect, it } from 'vitest'
import type { BlueGreenStrategy, CanaryStrategy, RolloutSpec } from '#api/rollout.ts'
import {
  abortScaleDownDelayOf,
  defaultSurge,
  defaultUnavailable,
  isAutoPromoted,
  maxWeightOf,
  progressDeadlineSecondsOf,
  replicasOf,
  revisionHistoryLimitOf,
  scaleDownDelayRevisionLimitOf,
  scaleDownDelaySecondsOf,
} from '#engine/rollout/spec-defaults.ts'
import { resolveAmount } from '#lib/int-or-string.ts'

const blueGreen = (fields: BlueGreenStrategy): RolloutSpec => ({ strategy: { blueGreen: fields } })
const canary = (fields: CanaryStrategy): RolloutSpec => ({ strategy: { canary: fields } })
const routed = (fields: CanaryStrategy): RolloutSpec => canary({ trafficRouting: { nginx: {} }, ...fields })

describe('an absent field', () => {
  it('API-240, API-10, API-17, API-19: is 1 replica, 10 old ReplicaSets, 600 seconds without progress', () => {
    expect([replicasOf({}), revisionHistoryLimitOf({}), progressDeadlineSecondsOf({})]).toEqual([1, 10, 600])
    expect(replicasOf({ replicas: 0 })).toBe(0)
    expect(revisionHistoryLimitOf({ revisionHistoryLimit: 0 })).toBe(0)
    expect(progressDeadlineSecondsOf({ progressDeadlineSeconds: 5 })).toBe(5)
  })

  it('API-242, API-53, API-54: is a quarter more and a quarter less, rounded to the side of more pods', () => {
    expect([defaultSurge, defaultUnavailable]).toEqual(['25', '25'])
    expect([resolveAmount(defaultSurge, 10, 'up'), resolveAmount(defaultUnavailable, 10, 'down')]).toEqual([3, 2])
  })

  it.each([
    ['API-244', {}, true],
    ['API-33', { autoPromotionEnabled: true }, true],
    ['API-33', { autoPromotionEnabled: false }, false],
  ])('%s: %j is promoted without asking: %s', (_rule, fields, expected) => {
    expect(isAutoPromoted(fields)).toBe(expected)
  })

  it('API-81: weights are out of 100', () => {
    expect(maxWeightOf(canary({}))).toBe(100)
    expect(maxWeightOf(routed({}))).toBe(100)
    expect(maxWeightOf(canary({ trafficRouting: { maxTrafficWeight: 1000 } }))).toBe(1000)
  })

  it.each([
    ['API-243', blueGreen({}), 30],
    ['API-36', blueGreen({ scaleDownDelaySeconds: 5 }), 5],
    ['API-36', blueGreen({ scaleDownDelaySeconds: 0 }), 0],
    ['API-58', routed({}), 30],
    ['API-58', routed({ scaleDownDelaySeconds: 7 }), 7],
    ['API-58', routed({ scaleDownDelaySeconds: 0 }), 0],
    ['API-256', canary({}), 0],
    ['API-256', canary({ scaleDownDelaySeconds: 7 }), 0],
  ])('%s: the old ReplicaSet of %j waits %s seconds', (_rule, spec, expected) => {
    expect(scaleDownDelaySecondsOf(spec)).toBe(expected)
  })

  it.each<[string, RolloutSpec, number | 'never']>([
    ['API-243', blueGreen({}), 30],
    ['API-38', blueGreen({ abortScaleDownDelaySeconds: 0 }), 'never'],
    ['API-38', blueGreen({ abortScaleDownDelaySeconds: 9 }), 9],
    ['API-60', routed({}), 30],
    ['API-60', routed({ abortScaleDownDelaySeconds: 0 }), 'never'],
    ['API-256', routed({ abortScaleDownDelaySeconds: 9 }), 9],
  ])('%s: the aborted ReplicaSet of %j waits: %s', (_rule, spec, expected) => {
    expect(abortScaleDownDelayOf(spec)).toBe(expected)
  })

  it.each([
    ['API-37', blueGreen({}), 2_147_483_647],
    ['API-37', blueGreen({ scaleDownDelayRevisionLimit: 1 }), 1],
    ['API-59', canary({}), 2_147_483_647],
    ['API-59', canary({ scaleDownDelayRevisionLimit: 0 }), 0],
  ])('%s: of %j, so many old ReplicaSets may wait: %s', (_rule, spec, expected) => {
    expect(scaleDownDelayRevisionLimitOf(spec)).toBe(expected)
  })
})
