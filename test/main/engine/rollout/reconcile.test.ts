import { describe, expect, it } from 'vitest'
import type { Rollout, RolloutSpec } from '#api/rollout.ts'
import type { Write } from '#engine/decision.ts'
import { podTemplateHash } from '#engine/pod-hash/pod-template-hash.ts'
import { reconcileRollout } from '#engine/rollout/reconcile.ts'
import type { RolloutWorld } from '#engine/world.ts'
import { applyMergePatch } from '#lib/merge-patch.ts'
import { applyDecision } from '#test/support/apply-decision.ts'
import { aReplicaSet } from '#test/support/builders/replica-set.ts'
import { aPodTemplate, aRollout, pause, setWeight } from '#test/support/builders/rollout.ts'
import { aWorld } from '#test/support/builders/world.ts'
import { RolloutJourney } from '#test/support/rollout-journey.ts'
import { T0 } from '#test/support/virtual-clock.ts'

const told = (writes: readonly Write[]) =>
  writes.map((write) => (write.kind === 'event' ? write.reason : `${write.kind} ${write.ref.name} ${write.because}`))
const decide = (world: RolloutWorld, now = T0) => reconcileRollout(world, now)
const orphan = aReplicaSet({ hash: 'v0', image: 'web:0', owner: null })

describe('a round', () => {
  it('REC-10, REC-23, REC-24: ends after the ReplicaSet, then after the number of replicas, then reconciles', () => {
    const hash = podTemplateHash(aPodTemplate('web:1'))
    const rollout = aRollout()
    const { replicas: _absent, ...spec } = rollout.spec
    const bare = aWorld({ rollout: { ...rollout, spec } })
    const first = decide(bare)
    expect(told(first.writes)).toEqual([
      `create web-${hash} REC-46`,
      'patch web REC-53',
      'RolloutUpdated',
      'NewReplicaSetCreated',
      'patch web REC-50',
    ])
    const created = applyDecision(bare, first, T0)
    const second = decide(created)
    expect(told(second.writes)).toEqual(['patch web REC-24'])
    const numbered = applyDecision(created, second, T0)
    const third = decide(numbered)
    expect(told(third.writes)).toContain('patch web REC-61')
    expect(told(decide(applyDecision(numbered, third, T0)).writes)).toContain(`patch web-${hash} CAN-33`)
  })

  it('REC-23: an error of the workload reference comes before everything else, and adopts nothing', () => {
    const rollout = aRollout({ spec: { workloadRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'gone' } } })
    const { template: _borrowed, ...spec } = rollout.spec
    const { writes, requeueAt } = decide(aWorld({ rollout: { ...rollout, spec }, replicaSets: [orphan] }))
    expect(told(writes)).toEqual(['patch web API-92'])
    expect(requeueAt).toBe(T0 + 20_000)
  })

  it.each<[string, object | undefined]>([
    ['no selector', undefined],
    ['an empty selector', {}],
    ['an operator that does not exist', { matchExpressions: [{ key: 'app', operator: 'Near', values: ['web'] }] }],
  ])('REC-22a: %s claims nothing and lets nothing go', (_what, selector) => {
    const { selector: _replaced, ...spec } = aRollout().spec
    const changed = { ...spec, ...(selector !== undefined && { selector }) } as RolloutSpec
    const rollout: Rollout = { ...aRollout(), spec: changed }
    const { writes } = decide(aWorld({ rollout, replicaSets: [orphan, aReplicaSet()] }))
    expect(told(writes)).toEqual(['patch web API-92'])
  })

  it('REC-25, REC-30: conditions of a pause first, then the revision, then a change of size, then the strategy', () => {
    const journey = new RolloutJourney(
      aWorld({ rollout: aRollout({ replicas: 2, canary: { steps: [setWeight(50), pause()] } }) }),
    ).settle()
    journey.now += 3_600_000
    journey.setImage('web:2').settle()
    const { rollout } = journey.world
    const changed = applyMergePatch(rollout, {
      spec: { replicas: 4 },
      metadata: { annotations: { team: 'web' } },
      status: { pauseConditions: null },
    }) as Rollout
    journey.world = { ...journey.world, rollout: changed }
    const from = journey.rounds.length
    journey.settle()
    const order = journey.rounds.slice(from).map(({ writes }) => writes[0]?.because)
    expect(order.slice(0, 3)).toEqual(['REC-70', 'REC-51', 'CAN-33'])
    expect(journey.rounds[from + 2]?.writes.map(({ because }) => because)).not.toContain('CAN-50')
    expect(journey.phase).toBe('Healthy')
    expect(journey.size('web:2')).toBe(4)
  })

  it('REC-168: a size that is held still learns the number of replicas, so that the strategy goes on', () => {
    const canary = { maxSurge: 0, maxUnavailable: 1, steps: [setWeight(1), pause()] }
    const journey = new RolloutJourney(aWorld({ rollout: aRollout({ replicas: 4, canary }) })).settle()
    journey.setImage('web:2').settle()
    const size = journey.size('web:2')
    journey.patchSpec({ replicas: 5 }).settle()
    expect(journey.size('web:2')).toBe(size)
    expect(journey.replicaSet('web:2').metadata.annotations?.['rollout.argoproj.io/desired-replicas']).toBe('5')
    journey.promote().settle()
    expect(journey.phase).toBe('Healthy')
  })
})
