import { expect, it } from 'vitest'
import type { Write } from '#engine/decision.ts'
import { reconcileRollout } from '#engine/rollout/reconcile.ts'
import { formatSeconds } from '#lib/rfc3339.ts'
import { applyDecision } from '#test/support/apply-decision.ts'
import { aRollout, pause, setWeight } from '#test/support/builders/rollout.ts'
import { aPod } from '#test/support/builders/service.ts'
import { aWorld } from '#test/support/builders/world.ts'
import { RolloutJourney } from '#test/support/rollout-journey.ts'

const canary = { maxSurge: 1, maxUnavailable: 1, steps: [setWeight(50), pause()] }

/** Half way in its pause, each ReplicaSet with a pod that `restartAt` asks to replace. */
function toRestart(): RolloutJourney {
  const journey = new RolloutJourney(aWorld({ rollout: aRollout({ replicas: 2, canary }) })).settle()
  journey.now += 3_600_000
  journey.setImage('web:2').settle()
  expect(journey.phase).toBe('Paused: CanaryPauseStep')
  const restartAt = formatSeconds(journey.now - 1_000)
  journey.patchSpec({ restartAt })
  journey.world = { ...journey.world, pods: journey.world.replicaSets.map((rs) => aPod(rs, 0)) }
  return journey
}

const decide = ({ world, now }: RolloutJourney) => reconcileRollout(world, now)
const kinds = (writes: readonly Write[]) => writes.map(({ kind }) => kind)

it('REC-124, REC-126, API-253: evicts last, as many as may go, and looks again in half a minute', () => {
  const journey = toRestart()
  const decision = decide(journey)
  expect(kinds(decision.writes)).toEqual(['patch', 'evict'])
  expect(decision.requeueAt).toBe(journey.now + 30_000)
})

it('REC-125: while a disruption budget holds every pod, the rollout still does what is asked of it', () => {
  const journey = toRestart()
  /** The evictions of a round are refused, everything else is done. */
  const holdPods = () => {
    const decision = decide(journey)
    const writes = decision.writes.filter(({ kind }) => kind !== 'evict')
    journey.world = applyDecision(journey.world, { ...decision, writes }, journey.now)
    return decision
  }
  holdPods()
  const held = holdPods()
  expect(kinds(held.writes)).toEqual(['evict'])
  expect(held.requeueAt).toBe(journey.now + 30_000)
  expect(journey.status.observedGeneration).toBe(String(journey.world.rollout.metadata.generation))
  journey.abort()
  expect(kinds(holdPods().writes)).not.toContain('evict')
  expect(journey.phase).toContain('Degraded: RolloutAborted')
  expect(journey.status).not.toHaveProperty('restartedAt')
})

it('REC-125: the last pod that was asked to go is asked again, unless it went', () => {
  const journey = toRestart()
  const [first, second] = journey.world.replicaSets
  const pods = [first, second].flatMap((rs, index) =>
    rs === undefined ? [] : [aPod(rs, 0, formatSeconds(journey.now - (index === 0 ? 2_000 : 0)))],
  )
  journey.world = { ...journey.world, pods }
  expect(decide(journey)).toMatchObject({
    writes: [{ kind: 'patch' }, { kind: 'evict' }],
    requeueAt: journey.now + 30_000,
  })
  journey.settle()
  expect(journey.status.restartedAt).toBe(journey.world.rollout.spec.restartAt)
})

it('REC-120: neither in a round of sizes nor in the one that sees another template', () => {
  const resized = toRestart()
  resized.patchSpec({ replicas: 6 })
  const templated = toRestart()
  templated.setImage('web:3')
  for (const journey of [resized, templated]) {
    for (let i = 0; i < 4; i++) {
      const decision = decide(journey)
      const isOfSizes = decision.writes.some(({ because }) => because === 'CAN-33' || because === 'REC-46')
      expect(isOfSizes && kinds(decision.writes).includes('evict')).toBe(false)
      journey.world = applyDecision(journey.world, decision, journey.now)
    }
  }
  templated.settle()
  // A new template drops the restart: its pods are new (REC-96).
  expect(templated.status.restartedAt).toBe(templated.world.rollout.spec.restartAt)
  expect(templated.world.pods).toHaveLength(2)
})

/** Does what was decided; another pod comes for each that went. Names of those that were asked to go. */
function replaced(journey: RolloutJourney, serial: number): readonly string[] {
  const decision = decide(journey)
  const asked = decision.writes.flatMap((write) => (write.kind === 'evict' ? [write.ref.name] : []))
  const before = journey.world.pods
  journey.world = applyDecision(journey.world, decision, journey.now)
  const gone = before.filter((pod) => asked.includes(pod.metadata.name))
  const owners = journey.world.replicaSets.filter((rs) =>
    gone.some((pod) => pod.metadata.ownerReferences?.[0]?.uid === rs.metadata.uid),
  )
  const fresh = owners.map((rs) => aPod(rs, serial, formatSeconds(journey.now)))
  journey.world = { ...journey.world, pods: [...journey.world.pods, ...fresh] }
  return asked
}

it('REC-123: only pods of its ReplicaSets that its selector matches, in the order they are listed', () => {
  const journey = toRestart()
  const [first, second] = journey.world.replicaSets
  if (first === undefined || second === undefined) throw new Error('two ReplicaSets')
  const stray = { ...aPod(first, 7), metadata: { ...aPod(first, 7).metadata, labels: { app: 'another' } } }
  const foreign = { ...aPod(first, 8), metadata: { ...aPod(first, 8).metadata, ownerReferences: [] } }
  const pods = [aPod(second, 0), aPod(first, 0)]
  journey.world = { ...journey.world, pods: [stray, foreign, ...pods] }
  const asked = [10, 11, 12, 13].flatMap((serial) => replaced(journey, serial))
  expect(asked).toEqual(pods.map(({ metadata }) => metadata.name))
  expect(journey.world.pods.slice(0, 2)).toEqual([stray, foreign])
})

it('REC-127: the restart is recorded by a later round, in which no pod was asked to go', () => {
  const journey = toRestart()
  const rounds = [10, 11, 12, 13].map((serial) => [replaced(journey, serial).length, journey.status.restartedAt])
  const recorded = journey.world.rollout.spec.restartAt
  expect(rounds).toEqual([
    [1, undefined],
    [1, undefined],
    [0, recorded],
    [0, recorded],
  ])
})
