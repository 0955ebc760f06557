import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Decision } from '#engine/decision.ts'
import { podBudget } from '#engine/rollout/pod-budget.ts'
import { reconcileRollout } from '#engine/rollout/reconcile.ts'
import type { RolloutWorld } from '#engine/world.ts'
import { applyDecision, settlePods } from '#test/support/apply-decision.ts'
import { aWorld } from '#test/support/builders/world.ts'
import { acts, canaries, perform, worlds } from '#test/support/rollout-arbitraries.ts'
import { RolloutJourney } from '#test/support/rollout-journey.ts'

const seed = 20260115

describe('reconcileRollout', () => {
  it('E3: settles whatever an operator does, for canary and blue-green', () => {
    fc.assert(
      fc.property(worlds, acts, (world, list) => {
        const journey = new RolloutJourney(world).settle()
        for (const act of list) {
          perform(journey, act)
          journey.settle()
        }
        expect(reconcileRollout(journey.world, journey.now).writes).toEqual([])
      }),
      { seed, numRuns: 150 },
    )
  })

  it('E4: a crash after any write of any round leads to the same end', () => {
    fc.assert(
      fc.property(worlds, acts, fc.nat(40), fc.nat(10), (world, list, crashRound, crashWrite) => {
        const straight = new RolloutJourney(world).settle()
        const crashed = new CrashingJourney(world, crashRound, crashWrite).settle()
        for (const act of list)
          for (const journey of [straight, crashed]) {
            perform(journey, act)
            journey.settle()
          }
        expect(outcome(crashed.world)).toEqual(outcome(straight.world))
      }),
      { seed, numRuns: 150 },
    )
  })

  it('E5: a round writes no object twice, save the revision and then the status of the Rollout', () => {
    fc.assert(
      fc.property(worlds, acts, (world, list) => {
        const journey = new RolloutJourney(world).settle()
        for (const act of list) {
          perform(journey, act)
          journey.settle()
        }
        for (const decision of journey.rounds)
          expect(new Set(writtenObjects(decision)).size).toBe(writtenObjects(decision).length)
      }),
      { seed, numRuns: 60 },
    )
  })

  it('CAN-33: an update never takes available pods below replicas − maxUnavailable', () => {
    fc.assert(
      fc.property(canaries, acts, (rollout, list) => {
        const journey = new FloorJourney(aWorld({ rollout })).settle()
        for (const act of list) {
          if (act.kind === 'scale') continue
          perform(journey, act)
          journey.settle()
        }
        expect(journey.breaches).toEqual([])
      }),
      { seed, numRuns: 100 },
    )
  })

  it('REC-61: a settled Rollout has told its whole status: another round changes nothing even much later', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        const journey = new RolloutJourney(world).settle()
        expect(reconcileRollout(journey.world, journey.now + 86_400_000).writes).toEqual([])
      }),
      { seed, numRuns: 60 },
    )
  })
})

/** Loses everything after some write of some round, once; then goes on as if nothing had happened. */
class CrashingJourney extends RolloutJourney {
  #rounds = 0
  readonly #crashRound: number
  readonly #crashWrite: number

  constructor(world: RolloutWorld, crashRound: number, crashWrite: number) {
    super(world)
    this.#crashRound = crashRound
    this.#crashWrite = crashWrite
  }

  protected override apply(decision: Decision): RolloutWorld {
    const isCrash = this.#rounds++ === this.#crashRound
    return applyDecision(this.world, decision, this.now, isCrash ? this.#crashWrite : decision.writes.length)
  }
}

/** Checks after every single round that enough pods are left. */
class FloorJourney extends RolloutJourney {
  #wasUp = false
  readonly breaches: string[] = []

  protected override apply(decision: Decision): RolloutWorld {
    const world = applyDecision(this.world, decision, this.now)
    const { minAvailable } = podBudget(world.rollout.spec)
    const available = world.replicaSets.reduce(
      (sum, rs) => sum + Math.min(rs.spec.replicas ?? 1, rs.status?.availableReplicas ?? 0),
      0,
    )
    if (this.#wasUp && available < minAvailable) this.breaches.push(`${available} < ${minAvailable}`)
    const settled = settlePods(world).replicaSets.reduce((sum, rs) => sum + (rs.status?.availableReplicas ?? 0), 0)
    this.#wasUp ||= settled >= (world.rollout.spec.replicas ?? 1)
    return world
  }
}

function writtenObjects({ writes }: Decision): readonly string[] {
  return writes.flatMap((write) => {
    if (write.kind === 'event') return []
    const part = write.kind === 'patch' ? (write.subresource ?? '') : ''
    return [`${write.ref.resource.plural}/${write.ref.name}/${part}`]
  })
}

/** What users see of the end: sizes, roles, selectors, phase. Times and the order of conditions may differ. */
function outcome({ rollout, replicaSets, services }: RolloutWorld): unknown {
  const { conditions = [], duration: _timing, pauseConditions = [], ...status } = rollout.status ?? {}
  return {
    status: { ...status, observedGeneration: '', abortedAt: status.abortedAt !== undefined },
    pauses: pauseConditions.map(({ reason }) => reason),
    conditions: conditions.map(({ type, status: value }) => `${type}=${value}`).toSorted(),
    sizes: Object.fromEntries(replicaSets.map((rs) => [rs.metadata.name, rs.spec.replicas])),
    revisions: Object.fromEntries(
      replicaSets.map((rs) => [rs.metadata.name, rs.metadata.annotations?.['rollout.argoproj.io/revision']]),
    ),
    selectors: Object.values(services).map((service) => service.spec?.selector),
  }
}
