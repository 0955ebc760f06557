import { describe, expect, it } from 'vitest'
import type { CanaryStep, CanaryStrategy, RolloutStatus } from '#api/rollout.ts'
import { isAtRoutedSplit, routedSplit, type StoredWeights } from '#engine/rollout/canary/routed-split.ts'
import { isRollingBackToStable, wantedWeight } from '#engine/rollout/canary/wanted-weight.ts'
import { retreatWeight } from '#engine/rollout/canary/weight.ts'
import { assess, hasCurrentRS, type Release } from '#engine/rollout/situation.ts'
import { currentStepHash } from '#engine/rollout/update.ts'
import { assert } from '#lib/assert.ts'
import { aReplicaSet } from '#test/support/builders/replica-set.ts'
import { aRollout, pause, setWeight } from '#test/support/builders/rollout.ts'
import { aWorld } from '#test/support/builders/world.ts'
import { T0 } from '#test/support/virtual-clock.ts'

interface Setting {
  readonly replicas: number
  readonly steps?: readonly CanaryStep[]
  readonly canary?: CanaryStrategy
  readonly status?: RolloutStatus
  /** Available pods; the sizes are `spec.replicas` unless given. */
  readonly stable?: number
  readonly current?: number
  readonly sizes?: { readonly stable?: number; readonly current?: number }
}

/** `web:2` on its way over `web:1`, at the first step unless the status says otherwise. */
function aRelease({
  replicas,
  steps = [],
  canary,
  status,
  stable = replicas,
  current = 0,
  sizes = {},
}: Setting): Release {
  const settled = aRollout({ replicas, image: 'web:2', steps, canary: { trafficRouting: { smi: {} }, ...canary } })
  const stored: RolloutStatus = { stableRS: 'v1', currentPodHash: 'v2', currentStepIndex: 0, ...status }
  const replicaSets = [
    aReplicaSet({ hash: 'v1', image: 'web:1', size: sizes.stable ?? replicas, available: stable, desired: replicas }),
    aReplicaSet({
      hash: 'v2',
      image: 'web:2',
      revision: 2,
      size: sizes.current ?? current,
      available: current,
      desired: replicas,
      createdAt: '2026-01-15T09:30:00Z',
    }),
  ]
  const world = (recorded: RolloutStatus) =>
    aWorld({ rollout: { ...settled, status: { ...stored, ...recorded } }, replicaSets })
  // The steps count as recorded: what follows is about sizes and weights.
  const hash = currentStepHash(assess(world({}), T0))
  const release = assess(world(hash === undefined ? {} : { currentStepHash: hash }), T0)
  assert(hasCurrentRS(release), 'the ReplicaSet of the template is there')
  return release
}

const W = (canary: number, stable: number): StoredWeights => ({
  canary: { weight: canary },
  stable: { weight: stable },
})
const scale = (setCanaryScale: CanaryStep['setCanaryScale']): CanaryStep => ({ setCanaryScale: setCanaryScale ?? {} })
const dynamic = { dynamicStableScale: true }

describe('CAN-36, CAN-37, CAN-38: pods under traffic routing', () => {
  it.each<[string, Setting, StoredWeights | undefined, string]>([
    ['E46', { replicas: 10, steps: [setWeight(25)] }, undefined, '3/10'],
    ['E47', { replicas: 10, steps: [setWeight(33)] }, undefined, '4/10'],
    ['E48', { replicas: 10, steps: [setWeight(99)] }, undefined, '10/10'],
    ['E49', { replicas: 3, steps: [setWeight(1)] }, undefined, '1/3'],
    [
      'E50, TR-2',
      { replicas: 10, steps: [setWeight(250)], canary: { trafficRouting: { nginx: {}, maxTrafficWeight: 1000 } } },
      undefined,
      '3/10',
    ],
    [
      'CAN-36: nobody knows yet what it gets',
      { replicas: 10, steps: [setWeight(100)], canary: dynamic },
      undefined,
      '10/10',
    ],
    ['E51', { replicas: 10, steps: [setWeight(5)], canary: { minPodsPerReplicaSet: 2 } }, undefined, '2/10'],
    ['E52', { replicas: 1, steps: [setWeight(100)], canary: { minPodsPerReplicaSet: 2 } }, undefined, '1/1'],
    ['E53', { replicas: 1, steps: [scale({ replicas: 9 })] }, undefined, '9/1'],
    ['E54', { replicas: 4, steps: [scale({ weight: 200 })] }, undefined, '8/4'],
    ['E55', { replicas: 4, steps: [setWeight(25)], canary: dynamic }, W(0, 100), '1/4'],
    ['E56', { replicas: 4, steps: [setWeight(25)], canary: dynamic }, W(25, 75), '1/3'],
    ['E57', { replicas: 4, steps: [setWeight(75)], canary: dynamic }, W(25, 75), '3/3'],
    ['E58', { replicas: 4, steps: [setWeight(75)], canary: dynamic }, W(75, 25), '3/1'],
    ['E59', { replicas: 10, steps: [setWeight(20)], canary: dynamic }, W(10, 90), '2/9'],
    ['E60', { replicas: 10, steps: [pause()], canary: dynamic, status: { abort: true } }, W(20, 80), '2/10'],
    [
      'E61',
      { replicas: 10, steps: [setWeight(99)], canary: { ...dynamic, minPodsPerReplicaSet: 2 } },
      W(99, 1),
      '10/2',
    ],
    [
      'E62, CAN-23',
      {
        replicas: 10,
        steps: [setWeight(20), setWeight(60)],
        canary: dynamic,
        status: { abort: true },
        stable: 4,
        current: 6,
      },
      W(60, 40),
      '6/8',
    ],
    [
      'CAN-37: no pods stay no pods',
      { replicas: 10, steps: [pause()], canary: { minPodsPerReplicaSet: 3 } },
      undefined,
      '0/10',
    ],
    [
      'CAN-37: a number of pods is as it is',
      { replicas: 10, steps: [scale({ replicas: 1 })], canary: { minPodsPerReplicaSet: 3 } },
      undefined,
      '1/10',
    ],
    [
      'CAN-37: but under dynamicStableScale it is raised too',
      { replicas: 10, steps: [scale({ replicas: 1 })], canary: { ...dynamic, minPodsPerReplicaSet: 3 } },
      W(0, 100),
      '3/10',
    ],
    [
      'CAN-21: everything once promoted in full',
      { replicas: 4, steps: [setWeight(25)], status: { promoteFull: true } },
      undefined,
      '4/4',
    ],
  ])('%s', (_rule, setting, weights, expected) => {
    const { canary, stable } = routedSplit(aRelease(setting), weights)
    expect(`${canary}/${stable}`).toBe(expected)
  })

  it.each([
    [0, '0/4'],
    [2, '1/4'],
    [4, '1/4'],
    [6, '3/4'],
    [8, '2/4'],
    [9, '4/4'],
  ])('CAN-22: at step %i, a scale that was set holds until another one or matchTrafficWeight', (index, expected) => {
    const steps = [
      pause(),
      scale({ weight: 25 }),
      pause(),
      setWeight(50),
      pause(),
      scale({ replicas: 3 }),
      pause(),
      scale({ matchTrafficWeight: true }),
      pause(),
    ]
    const { canary, stable } = routedSplit(
      aRelease({ replicas: 4, steps, status: { currentStepIndex: index } }),
      undefined,
    )
    expect(`${canary}/${stable}`).toBe(expected)
  })

  it('CAN-22: no scale holds after an abort, unless the canary is to stay', () => {
    const steps = [scale({ replicas: 3 }), pause()]
    const aborted = { replicas: 4, steps, status: { abort: true } }
    expect(routedSplit(aRelease(aborted), undefined).canary).toBe(0)
    expect(routedSplit(aRelease({ ...aborted, canary: { abortScaleDownDelaySeconds: 0 } }), undefined).canary).toBe(3)
  })

  it.each<[string, Setting, boolean]>([
    ['all pods are there', { replicas: 10, steps: [setWeight(20)], current: 2 }, true],
    ['one is missing', { replicas: 10, steps: [setWeight(20)], current: 1, sizes: { current: 2 } }, false],
    ['stable pods exist, available or not', { replicas: 10, steps: [setWeight(20)], current: 2, stable: 3 }, true],
    ['stable has another size', { replicas: 10, steps: [setWeight(20)], current: 2, sizes: { stable: 9 } }, false],
    [
      'enough by the threshold',
      {
        replicas: 10,
        steps: [setWeight(20)],
        current: 1,
        sizes: { current: 2 },
        canary: { replicaProgressThreshold: { type: 'Percent', value: 50 } },
      },
      true,
    ],
    [
      'stable is sized by its share, so nobody looks at it',
      { replicas: 10, steps: [setWeight(20)], current: 2, stable: 3, sizes: { stable: 3 }, canary: dynamic },
      true,
    ],
  ])('CAN-41, TR-12: %s', (_what, setting, expected) => {
    const release = aRelease(setting)
    expect(isAtRoutedSplit(release, undefined)).toBe(expected)
  })
})

describe('CAN-92: the weight that goes back', () => {
  const dyn = (parts: Omit<Setting, 'canary'> & { readonly delay?: number; readonly cur?: number }): Setting => ({
    ...parts,
    canary: { ...dynamic, ...(parts.delay !== undefined && { abortScaleDownDelaySeconds: parts.delay }) },
    status: {
      abort: true,
      ...(parts.cur !== undefined && { canary: { weights: W(parts.cur, 100 - parts.cur) } }),
    },
  })
  const fromTo = [setWeight(25), setWeight(75)]

  it.each<[string, Setting, number, number]>([
    ['E69, TR-14', dyn({ replicas: 5, steps: [pause()], stable: 1, current: 4, cur: 100 }), 0, 80],
    ['E70, TR-14', dyn({ replicas: 5, steps: [setWeight(50), pause()], stable: 3, current: 4, cur: 100 }), 50, 50],
    ['E71, TR-14', dyn({ replicas: 5, steps: [setWeight(50)], stable: 4, current: 0, cur: 0 }), 0, 0],
    ['E72, TR-14', dyn({ replicas: 5, steps: [setWeight(50), pause()], stable: 5, current: 0, cur: 20 }), 0, 0],
    ['E73, TR-14', dyn({ replicas: 4, steps: fromTo, stable: 1, current: 3, cur: 75 }), 25, 75],
    ['E74, TR-14', dyn({ replicas: 4, steps: fromTo, stable: 3, current: 3, cur: 75 }), 25, 25],
    ['E75, TR-14', dyn({ replicas: 4, steps: fromTo, stable: 3, current: 1, cur: 25 }), 0, 25],
    ['E76, TR-14', dyn({ replicas: 4, steps: fromTo, stable: 4, current: 1, cur: 25 }), 0, 0],
    ['E77, TR-15', dyn({ replicas: 4, steps: fromTo, stable: 3, current: 3, cur: 75, delay: 30 }), 0, 25],
    [
      'TR-14: stable 1, canary 4 of 5',
      dyn({ replicas: 5, steps: [setWeight(50), pause()], stable: 1, current: 4, cur: 100 }),
      50,
      100,
    ],
    [
      'TR-14: stable 5, canary 1 of 5',
      dyn({ replicas: 5, steps: [setWeight(50), pause()], stable: 5, current: 1, cur: 50 }),
      0,
      0,
    ],
    ['CAN-92: no weights are known', dyn({ replicas: 4, steps: fromTo, stable: 1, current: 3 }), 25, 75],
  ])('%s', (_rule, setting, wanted, expected) => {
    const release = aRelease(setting)
    expect(retreatWeight(release)).toBe(wanted)
    expect(wantedWeight(release)).toMatchObject({ weight: expected, removesRoutes: true, hasDestinations: false })
  })

  it.each([
    ['E78, CAN-23', 9, 5, undefined, 10],
    ['CAN-74', 9, 5, 0, 0],
    ['E78', 9, 5, 30, 0],
    ['E79', 5, 5, 30, 10],
  ])('%s: stable %i, canary %i of 10, a delay of %s', (_rule, stable, current, delay, expected) => {
    const setting = { replicas: 10, steps: [setWeight(10), setWeight(50)], stable, current }
    expect(retreatWeight(aRelease(dyn({ ...setting, ...(delay !== undefined && { delay }) })))).toBe(expected)
  })

  it('TR-14: is nothing at once without dynamicStableScale, whose canary Service goes back as well', () => {
    const aborted = { replicas: 5, steps: [setWeight(50)], stable: 0, current: 3, status: { abort: true } }
    expect(wantedWeight(aRelease(aborted))).toMatchObject({ weight: 0, returnsService: true })
  })

  it('TR-14: stays with the update before, as long as that of the template has no pods', () => {
    const canary = { weights: { ...W(40, 60), canary: { weight: 40, podTemplateHash: 'v0' } } }
    const at = (stable: number, current: number) =>
      wantedWeight(aRelease({ replicas: 5, canary: dynamic, stable, current, status: { abort: true, canary } }))
    expect(at(3, 0)).toMatchObject({ weight: 40, canaryHash: 'v0' })
    expect(at(3, 1)).toMatchObject({ weight: 40, canaryHash: 'v2' })
    expect(at(5, 0)).toMatchObject({ weight: 0, canaryHash: 'v2' })
  })

  it('SVC-10: under dynamicStableScale the canary Service goes back once there is nothing on it', () => {
    const at = (stable: number, cur: number) =>
      wantedWeight(aRelease(dyn({ replicas: 4, steps: fromTo, stable, current: 1, cur }))).returnsService
    expect([at(3, 25), at(4, 25)]).toEqual([false, true])
    expect([at(3, 0), at(4, 0)]).toEqual([false, true])
  })
})

describe('TR-10, CAN-90: the weight of a pass', () => {
  const steps = [setWeight(20), pause(), setWeight(60)]
  const at = (parts: Partial<Setting>) => wantedWeight(aRelease({ replicas: 10, steps, current: 2, ...parts }))

  it.each<[string, Partial<Setting>, object]>([
    [
      'S1: back to the stable template in mid-update, stable still growing',
      {
        canary: dynamic,
        stable: 8,
        status: {
          stableRS: 'v2',
          currentPodHash: 'v2',
          currentStepIndex: 3,
          canary: { weights: { ...W(40, 60), canary: { weight: 40, podTemplateHash: 'v1' } } },
        },
        current: 6,
      },
      { weight: 40, canaryHash: 'v1', removesRoutes: false },
    ],
    ['S2: fully promoted', { status: { stableRS: 'v2' } }, { weight: 0, removesRoutes: true, makesRoutes: false }],
    ['S2: nothing is known yet', { status: { stableRS: '', currentPodHash: '' } }, { weight: 0, removesRoutes: true }],
    [
      'S3: aborted',
      { status: { abort: true } },
      { weight: 0, removesRoutes: true, returnsService: true, makesRoutes: false },
    ],
    [
      'S4: no canary pod is available',
      { current: 0 },
      { weight: 0, removesRoutes: true, hasDestinations: true, makesRoutes: true },
    ],
    [
      'S5: promoted in full, the weight stays as it is',
      { status: { promoteFull: true, canary: { weights: W(20, 80) } } },
      { weight: 20, removesRoutes: true, makesRoutes: false },
    ],
    ['S5: no weight is known', { status: { promoteFull: true } }, { weight: 0 }],
    [
      'S5: under dynamicStableScale it follows the pods',
      { canary: dynamic, current: 5, status: { promoteFull: true } },
      { weight: 50 },
    ],
    [
      'TR-13: never above the maximum',
      { canary: dynamic, current: 12, status: { promoteFull: true } },
      { weight: 100 },
    ],
    [
      'TR-13: nor divided by no pods',
      { replicas: 0, canary: dynamic, current: 2, status: { promoteFull: true } },
      { weight: 0 },
    ],
    [
      'S6a: at a step whose pods are not there yet, that before it',
      { status: { currentStepIndex: 2 } },
      { weight: 20, hasDestinations: true },
    ],
    ['S6a, TR-13: a pod lost while its step is current', { current: 1, sizes: { current: 2 } }, { weight: 0 }],
    [
      'S6a, TR-13: a pod lost in the pause after it',
      { current: 1, sizes: { current: 2 }, status: { currentStepIndex: 1 } },
      { weight: 20 },
    ],
    [
      'S6b, TR-9: its own',
      {},
      { weight: 20, canaryHash: 'v2', hasDestinations: true, removesRoutes: false, makesRoutes: true },
    ],
    [
      'S6b: 0 counts as one',
      { steps: [setWeight(20), setWeight(0), pause()], status: { currentStepIndex: 2 }, current: 0 },
      { weight: 0 },
    ],
    [
      'S6c: everything after the last',
      { current: 10, status: { currentStepIndex: 3 } },
      { weight: 100, hasDestinations: false },
    ],
    [
      'S6a, TR-13: the last weight until the canary is whole',
      { current: 6, status: { currentStepIndex: 3 } },
      { weight: 60 },
    ],
    [
      'S7: without steps, nothing before the promotion',
      { steps: [], current: 10 },
      { weight: 0, removesRoutes: false },
    ],
  ])('%s', (_row, parts, expected) => {
    expect(at(parts)).toMatchObject(expected)
  })

  it('TR-11, CAN-98: is a rollback to stable only with weights on another ReplicaSet and pods missing', () => {
    const back = (status: RolloutStatus, current = 6, canary: CanaryStrategy = dynamic) =>
      isRollingBackToStable(aRelease({ replicas: 10, steps, canary, current, status: { stableRS: 'v2', ...status } }))
    const weights = (hash: string) => ({
      canary: { weights: { ...W(40, 60), canary: { weight: 40, podTemplateHash: hash } } },
    })
    expect(back(weights('v1'))).toBe(true)
    expect(back(weights('v2'))).toBe(false)
    expect(back({})).toBe(false)
    expect(back(weights('v1'), 10)).toBe(false)
    expect(back(weights('v1'), 6, {})).toBe(false)
  })
})
