import { describe, expect, it } from 'vitest'
import type { TrafficWeight } from '#api/rollout.ts'
import { areWeightsModified, weightsMessage, weightsStatus } from '#engine/rollout/canary/weights-status.ts'

const sent = {
  weight: 20,
  maxWeight: 100,
  canaryHash: 'h2',
  stableHash: 'h1',
  canaryService: 'web-canary',
  stableService: 'web-stable',
  destinations: [] as readonly TrafficWeight[],
}
const exp = { weight: 10, serviceName: 'exp', podTemplateHash: 'hx' }
const before = weightsStatus(sent)

describe('status.canary.weights', () => {
  it('TR-22, TR-30, CAN-94: says what each side gets, by the Services of the spec', () => {
    expect(before).toEqual({
      canary: { weight: 20, serviceName: 'web-canary', podTemplateHash: 'h2' },
      stable: { weight: 80, serviceName: 'web-stable', podTemplateHash: 'h1' },
    })
  })

  it('TR-22: leaves out what is empty, and what an Experiment gets is taken from stable, however much it is', () => {
    const without = weightsStatus({
      ...sent,
      canaryService: '',
      stableService: '',
      canaryHash: '',
      destinations: [exp],
    })
    expect(without).toEqual({
      canary: { weight: 20 },
      stable: { weight: 70, podTemplateHash: 'h1' },
      additional: [exp],
    })
    expect(weightsStatus({ ...sent, weight: 95, destinations: [exp] }).stable.weight).toBe(-5)
    expect(weightsStatus({ ...sent, weight: 200, maxWeight: 1000 }).stable.weight).toBe(800)
  })

  it.each([
    ['nothing was known', undefined, before, true, 'to 20'],
    ['all is the same', before, before, false, ''],
    ['only whether it is verified differs', { ...before, verified: false }, before, false, ''],
    ['the weight', before, weightsStatus({ ...sent, weight: 50 }), true, 'from 20 to 50'],
    ['a hash', before, weightsStatus({ ...sent, canaryHash: 'h3' }), true, ''],
    ['what is beside them', before, weightsStatus({ ...sent, destinations: [exp] }), true, 'additional: [{10 exp hx}]'],
    ['it is gone', weightsStatus({ ...sent, destinations: [exp] }), before, true, 'additional: []'],
    [
      'both',
      before,
      weightsStatus({ ...sent, weight: 30, destinations: [exp, { weight: 5 }] }),
      true,
      'from 20 to 30, additional: [{10 exp hx} {5  }]',
    ],
    [
      'nothing was known of what is beside them either',
      undefined,
      weightsStatus({ ...sent, destinations: [exp] }),
      true,
      'to 20',
    ],
  ])('TR-23, CAN-94: %s', (_what, from, to, isModified, details) => {
    expect(areWeightsModified(from, to)).toBe(isModified)
    expect(weightsMessage(from, to)).toBe(`Traffic weight updated ${details}`)
  })
})
