import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ReplicaSet } from '#api/apps.ts'
import { podBudget } from '#engine/rollout/pod-budget.ts'
import { reconcileRollout } from '#engine/rollout/reconcile.ts'
import type { RolloutWorld } from '#engine/world.ts'
import { applyDecision } from '#test/support/apply-decision.ts'
import { aService } from '#test/support/builders/service.ts'
import { aWorld } from '#test/support/builders/world.ts'
import { type Act, acts, blueGreens, canaries, perform } from '#test/support/rollout-arbitraries.ts'
import { RolloutJourney } from '#test/support/rollout-journey.ts'

/** Operators interfere at any moment, while pods come up one by one. */

const seed = 20260115
const services = { active: aService('active'), preview: aService('preview') }

const sum = (world: RolloutWorld, count: (rs: ReplicaSet) => number | undefined): number =>
  world.replicaSets.reduce((total, rs) => total + (count(rs) ?? 0), 0)
const available = (world: RolloutWorld): number => sum(world, (rs) => rs.status?.availableReplicas)
const size = (world: RolloutWorld): number => sum(world, (rs) => rs.spec.replicas)

/** Surplus pods go at once, unready ones first; one missing pod of each ReplicaSet becomes available. */
function stepPods(world: RolloutWorld, grows: boolean): RolloutWorld {
  const step = (rs: ReplicaSet): ReplicaSet => {
    const replicas = rs.spec.replicas ?? 1
    const ready = Math.min(replicas, (rs.status?.availableReplicas ?? 0) + (grows ? 1 : 0))
    const resourceVersion = String(Number(rs.metadata.resourceVersion) + 1)
    const status = {
      replicas,
      readyReplicas: ready,
      availableReplicas: ready,
      observedGeneration: rs.metadata.generation ?? 0,
    }
    return { ...rs, metadata: { ...rs.metadata, resourceVersion }, status }
  }
  return { ...world, replicaSets: world.replicaSets.map(step) }
}

/** One round, then one step of the pods; `check` sees the world before and right after the pods that had to go are gone. */
function tick(journey: RolloutJourney, check: (before: RolloutWorld, after: RolloutWorld) => void): void {
  const before = journey.world
  const decision = reconcileRollout(before, journey.now)
  const after = stepPods(applyDecision(before, decision, journey.now), false)
  check(before, after)
  journey.world = stepPods(after, true)
  journey.now += 1000
}

function fly(
  journey: RolloutJourney,
  list: readonly Act[],
  check: (before: RolloutWorld, after: RolloutWorld) => void,
) {
  for (const act of list) {
    perform(journey, act)
    for (let i = 0; i < 4; i++) tick(journey, check)
  }
  for (let i = 0; i < 40; i++) tick(journey, check)
}

const withoutScaling = acts.map((list) => list.filter(({ kind }) => kind !== 'scale'))

describe('a rollout in mid-flight', () => {
  it('CAN-33: no round takes availability below replicas − maxUnavailable, or lower than it was', () => {
    fc.assert(
      fc.property(canaries, withoutScaling, (rollout, list) => {
        const breaches: string[] = []
        fly(new RolloutJourney(aWorld({ rollout })), list, (before, after) => {
          const floor = Math.min(available(before), podBudget(after.rollout.spec).minAvailable)
          if (available(after) < floor) breaches.push(`${available(before)} → ${available(after)} of ${floor}`)
        })
        expect(breaches).toEqual([])
      }),
      { seed, numRuns: 150 },
    )
  })

  it('CAN-33: no round takes the number of pods above replicas + maxSurge, or higher than it was', () => {
    fc.assert(
      fc.property(canaries, withoutScaling, (rollout, list) => {
        const breaches: string[] = []
        fly(new RolloutJourney(aWorld({ rollout })), list, (before, after) => {
          const ceiling = Math.max(size(before), podBudget(after.rollout.spec).maxPods)
          if (size(after) > ceiling) breaches.push(`${size(before)} → ${size(after)} of ${ceiling}`)
        })
        expect(breaches).toEqual([])
      }),
      { seed, numRuns: 150 },
    )
  })

  it('BG-35: once something serves, the active Service never points at fewer pods than wanted', () => {
    const serving = (world: RolloutWorld): number => {
      const active = world.services['active']?.spec?.selector?.['rollouts-pod-template-hash']
      const rs = world.replicaSets.find((each) => each.metadata.labels?.['rollouts-pod-template-hash'] === active)
      return rs?.status?.availableReplicas ?? 0
    }
    fc.assert(
      fc.property(blueGreens, withoutScaling, (rollout, list) => {
        const breaches: string[] = []
        fly(new RolloutJourney(aWorld({ rollout, services })), list, (before, after) => {
          if (serving(after) < serving(before)) breaches.push(`${serving(before)} → ${serving(after)}`)
        })
        expect(breaches).toEqual([])
      }),
      { seed, numRuns: 150 },
    )
  })

  it('E3: it still settles, and every conflict-free end is a phase people know', () => {
    fc.assert(
      fc.property(fc.oneof(canaries, blueGreens), acts, (rollout, list) => {
        const journey = new RolloutJourney(aWorld({ rollout, services }))
        fly(journey, list, () => {})
        journey.settle()
        expect(['Healthy', 'Paused', 'Degraded', 'Progressing']).toContain(journey.status.phase)
      }),
      { seed, numRuns: 150 },
    )
  })
})
