import fc from 'fast-check'
import type { Rollout } from '#api/rollout.ts'
import type { RolloutWorld } from '#engine/world.ts'
import { aRollout, pause, setWeight } from './builders/rollout.ts'
import { aService } from './builders/service.ts'
import { aWorld } from './builders/world.ts'
import type { RolloutJourney } from './rollout-journey.ts'

/** What an operator may do at any moment. */
export type Act =
  | { readonly kind: 'image'; readonly version: number }
  | { readonly kind: 'scale'; readonly replicas: number }
  | { readonly kind: 'wait'; readonly seconds: number }
  | { readonly kind: 'promote' | 'promoteFull' | 'abort' | 'retry' | 'hold' | 'unhold' }

/** What operators do, one thing after another. */
export const acts: fc.Arbitrary<readonly Act[]> = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('image' as const), version: fc.integer({ min: 1, max: 4 }) }),
    fc.record({ kind: fc.constant('scale' as const), replicas: fc.integer({ min: 0, max: 9 }) }),
    fc.record({ kind: fc.constant('wait' as const), seconds: fc.constantFrom(1, 15, 45, 700) }),
    fc.record({ kind: fc.constantFrom('promote', 'promoteFull', 'abort', 'retry', 'hold', 'unhold') }),
  ),
  { minLength: 1, maxLength: 7 },
)

const amounts = fc.constantFrom<readonly [number | string, number | string]>(
  ...([
    ['25%', '25%'],
    [1, 0],
    [0, 1],
    [2, 1],
    ['100%', 0],
    [0, '50%'],
  ] as const),
)

export const canaries: fc.Arbitrary<Rollout> = fc
  .record({
    replicas: fc.integer({ min: 0, max: 9 }),
    steps: fc.array(
      fc.oneof(fc.integer({ min: 0, max: 100 }).map(setWeight), fc.constant(pause()), fc.constant(pause(10))),
      {
        maxLength: 4,
      },
    ),
    amounts,
  })
  .map(({ replicas, steps, amounts: [maxSurge, maxUnavailable] }) =>
    aRollout({ replicas, canary: { steps, maxSurge, maxUnavailable } }),
  )

export const blueGreens: fc.Arbitrary<Rollout> = fc
  .record({
    replicas: fc.integer({ min: 0, max: 5 }),
    autoPromotionEnabled: fc.boolean(),
    autoPromotionSeconds: fc.constantFrom(0, 10),
    previewReplicaCount: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
    limit: fc.option(fc.integer({ min: 0, max: 2 }), { nil: undefined }),
  })
  .map(({ replicas, previewReplicaCount, limit, ...rest }) =>
    aRollout({
      replicas,
      blueGreen: {
        activeService: 'active',
        previewService: 'preview',
        ...rest,
        ...(previewReplicaCount !== undefined && { previewReplicaCount }),
        ...(limit !== undefined && { scaleDownDelayRevisionLimit: limit }),
      },
    }),
  )

/** A Rollout nobody has looked at yet, of either strategy. */
export const worlds: fc.Arbitrary<RolloutWorld> = fc
  .oneof(canaries, blueGreens)
  .map((rollout) => aWorld({ rollout, services: { active: aService('active'), preview: aService('preview') } }))

export function perform(journey: RolloutJourney, act: Act): void {
  switch (act.kind) {
    case 'image':
      return void journey.setImage(`web:${act.version}`)
    case 'scale':
      return void journey.patchSpec({ replicas: act.replicas })
    case 'wait':
      return void (journey.now += act.seconds * 1000)
    case 'hold':
    case 'unhold':
      return void journey.patchSpec({ paused: act.kind === 'hold' })
    default:
      return void journey[act.kind]()
  }
}
