import { describe, expect, it } from 'vitest'
import type { CanaryStep, CanaryStrategy, RolloutStatus } from '#api/rollout.ts'
import type { Write } from '#engine/decision.ts'
import { reconcileRollout } from '#engine/rollout/reconcile.ts'
import { formatSeconds } from '#lib/rfc3339.ts'
import { applyDecision } from '#test/support/apply-decision.ts'
import { aReplicaSet } from '#test/support/builders/replica-set.ts'
import { aRollout, pause, setWeight } from '#test/support/builders/rollout.ts'
import { aPod, aService } from '#test/support/builders/service.ts'
import { aWorld } from '#test/support/builders/world.ts'
import { midway } from '#test/support/canary-midway.ts'
import { RolloutJourney } from '#test/support/rollout-journey.ts'
import { T0 } from '#test/support/virtual-clock.ts'

const exact = { maxSurge: 1, maxUnavailable: 0 }
const services = { stable: aService('stable'), canary: aService('canary') }

interface Setting {
  readonly replicas: number
  readonly steps?: readonly CanaryStep[]
  readonly canary?: CanaryStrategy
}

/** A Rollout that is Healthy on `web:1`, an hour old. */
function deployed({ replicas, steps = [], canary }: Setting): RolloutJourney {
  const rollout = aRollout({ replicas, canary: { stableService: 'stable', canaryService: 'canary', ...canary, steps } })
  const journey = new RolloutJourney(aWorld({ rollout, services })).settle()
  journey.events = []
  journey.sizes = []
  journey.rounds = []
  journey.now += 3_600_000
  return journey
}

const decide = ({ world, now }: RolloutJourney) => reconcileRollout(world, now)

/** What a round writes, in order: `replicasets/web-abc`, `rollouts/web/status`. */
const written = (writes: readonly Write[]): readonly string[] =>
  writes.flatMap((write) => {
    if (write.kind === 'event') return []
    const part = write.kind === 'patch' && write.subresource !== undefined ? `/${write.subresource}` : ''
    return [`${write.ref.resource.plural}/${write.ref.name}${part}`]
  })

/** Lets rounds happen, without any pod following, up to and including the first that `ends` accepts; says what that wrote. */
function roundThat(journey: RolloutJourney, ends: (writes: readonly string[], before: RolloutStatus) => boolean) {
  for (let i = 0; i < 12; i++) {
    const before = journey.status
    const decision = decide(journey)
    journey.world = applyDecision(journey.world, decision, journey.now)
    const writes = written(decision.writes)
    if (ends(writes, before)) return writes
  }
  throw new Error('no such round')
}

const isOf = (plural: string) => (each: string) => each.startsWith(`${plural}/`)
const sizes = (writes: readonly string[]): boolean => writes.some(isOf('replicasets'))

describe('a round of a canary', () => {
  it.each<[string, (journey: RolloutJourney) => RolloutJourney]>([
    ['a new template', (journey) => journey.setImage('web:2')],
    ['new steps', (journey) => journey.patchSpec({ strategy: { canary: { steps: [setWeight(75), pause()] } } })],
  ])('CAN-1: %s is recorded first, and scales, restarts and switches nothing in that round', (_what, change) => {
    const journey = deployed({ replicas: 4, steps: [setWeight(25), pause()] })
    change(journey).patchSpec({ restartAt: formatSeconds(journey.now - 1000) })
    journey.world = {
      ...journey.world,
      pods: journey.world.replicaSets.map((rs) => aPod(rs, 0)),
      services: { ...journey.world.services, stable: aService('stable', 'elsewhere') },
    }
    const { currentPodHash, currentStepHash } = journey.status
    const recording = roundThat(
      journey,
      () => journey.status.currentPodHash !== currentPodHash || journey.status.currentStepHash !== currentStepHash,
    )
    expect(recording).toEqual(['rollouts/web/status'])
    expect(journey.world.services['stable']?.spec?.selector?.['rollouts-pod-template-hash']).toBe('elsewhere')
    expect(roundThat(journey, (writes) => writes.length > 0)).toContain('services/stable')
  })

  it('CAN-2: history first, then Services, ReplicaSets, the status and the restart', () => {
    const journey = deployed({ replicas: 2, steps: [setWeight(50), pause()], canary: exact })
    journey.setImage('web:2').settle()
    const relic = aReplicaSet({ hash: 'relic', image: 'web:0', size: 0, createdAt: '2026-01-01T00:00:00Z' })
    journey.patchSpec({ revisionHistoryLimit: 0, restartAt: formatSeconds(journey.now - 1000) })
    journey.world = {
      ...journey.world,
      replicaSets: [...journey.world.replicaSets, relic],
      pods: [0, 1].map((index) => aPod(journey.replicaSet('web:1'), index)),
      services: { ...journey.world.services, canary: aService('canary', 'elsewhere') },
    }
    const pod = journey.world.pods[0]?.metadata.name
    expect(roundThat(journey, (writes) => writes.includes('services/canary'))).toEqual([
      ...['replicasets/web-relic', 'services/canary', 'rollouts/web/status', `pods/${pod}`],
    ])
  })

  it('CAN-2: pods get their metadata before sizes move', () => {
    const canary = { ...exact, canaryMetadata: { labels: { role: 'canary' } } }
    const journey = deployed({ replicas: 2, steps: [setWeight(50), pause()], canary })
    journey.setImage('web:2').settle()
    const canaryRS = journey.replicaSet('web:2')
    journey.world = {
      ...journey.world,
      replicaSets: journey.world.replicaSets.map((rs) =>
        rs === canaryRS ? { ...rs, spec: { ...rs.spec, replicas: 0 } } : rs,
      ),
    }
    journey.patchSpec({ strategy: { canary: { canaryMetadata: { labels: { role: 'trial' } } } } })
    expect(roundThat(journey, sizes)).toEqual([`replicasets/${canaryRS.metadata.name}`])
    expect(journey.replicaSet('web:2').spec.template.metadata?.labels).toMatchObject({ role: 'trial' })
    expect(journey.size('web:2')).toBe(0)
    roundThat(journey, sizes)
    expect(journey.size('web:2')).toBe(1)
  })

  it('CAN-3: a pause is not entered in a round that scales; it begins once sizes are settled', () => {
    const journey = midway({ replicas: 4, steps: [setWeight(50), pause()], current: 1, stable: 3 })
    journey.patchStatus({ currentStepIndex: 1 })
    expect(roundThat(journey, sizes).filter(isOf('replicasets'))).toHaveLength(1)
    expect(journey.status.pauseConditions).toBeUndefined()
    journey.settle()
    expect(journey.phase).toBe('Paused: CanaryPauseStep')
    expect([journey.size('web:1'), journey.size('web:3')]).toEqual([2, 2])
  })

  it('CAN-3: the status comes after every size, so that a failed size leaves it unwritten', () => {
    const journey = deployed({ replicas: 4, steps: [setWeight(50), pause()], canary: exact })
    journey.setImage('web:2').settle().promote().settle()
    for (const { writes } of journey.rounds) {
      const order = written(writes)
      const status = order.indexOf('rollouts/web/status')
      const lastSize = order.findLastIndex((each) => each.startsWith('replicasets/'))
      const isCreation = writes.some(({ kind }) => kind === 'create')
      expect(isCreation || status === -1 || status > lastSize).toBe(true)
    }
  })

  it('CAN-3: a write of desired-replicas alone does not count as scaling', () => {
    const journey = deployed({ replicas: 4, steps: [pause()], canary: exact })
    journey.setImage('web:2').settle()
    journey.patchStatus({ pauseConditions: null, controllerPause: null })
    const [stable, canary] = [journey.replicaSet('web:1'), journey.replicaSet('web:2')]
    const annotations = { ...canary.metadata.annotations, 'rollout.argoproj.io/desired-replicas': '3' }
    journey.world = {
      ...journey.world,
      replicaSets: [stable, { ...canary, metadata: { ...canary.metadata, annotations } }],
    }
    expect(roundThat(journey, sizes)).toEqual([`replicasets/${canary.metadata.name}`, 'rollouts/web/status'])
    expect(journey.status.pauseConditions?.map(({ reason }) => reason)).toEqual(['CanaryPauseStep'])
  })

  it('CAN-35, CAN-60: stable, current and others move one at a time, in this order', () => {
    const journey = deployed({ replicas: 10, steps: [setWeight(20), pause(), setWeight(50)] })
    journey.setImage('web:2').settle()
    journey.setImage('web:3').settle().promote().settle()
    const scaledPerRound = journey.rounds.map(
      ({ writes }) => writes.filter((write) => write.kind === 'event' && write.reason === 'ScalingReplicaSet').length,
    )
    expect(Math.max(...scaledPerRound)).toBe(1)
    expect(journey.sizes.slice(0, 3)).toEqual(['0/10', '0/8', '2/8'])
  })

  it('CAN-60: a change of replicas is noted on ReplicaSets that keep their size, without an event', () => {
    const journey = deployed({ replicas: 4, steps: [setWeight(1), pause()], canary: exact })
    journey.setImage('web:2').settle()
    expect([journey.size('web:1'), journey.size('web:2')]).toEqual([4, 1])
    journey.events = []
    journey.patchSpec({ replicas: 5 }).settle()
    const desired = ['web:1', 'web:2'].map(
      (image) => journey.replicaSet(image).metadata.annotations?.['rollout.argoproj.io/desired-replicas'],
    )
    expect(desired).toEqual(['5', '5'])
    expect([journey.size('web:1'), journey.size('web:2')]).toEqual([5, 1])
    expect(journey.events).toEqual(['ScalingReplicaSet'])
  })

  it('CAN-60: current and stable lose a deadline that a blue-green past left on them', () => {
    const journey = deployed({ replicas: 2, steps: [setWeight(50), pause()], canary: exact })
    journey.setImage('web:2').settle()
    journey.world = { ...journey.world, replicaSets: journey.world.replicaSets.map((rs) => withDeadline(rs)) }
    journey.settle()
    for (const image of ['web:1', 'web:2'])
      expect(journey.replicaSet(image).metadata.annotations).not.toHaveProperty('scale-down-deadline')
  })

  it('CAN-63: without a router a deadline on an intermediate ReplicaSet counts for nothing and goes with its last pod', () => {
    const { world } = midway({ replicas: 4, others: { size: 2, deadline: formatSeconds(T0 + 3_600_000) } })
    const journey = new RolloutJourney(world).settle()
    const other = journey.world.replicaSets.find((rs) => rs.metadata.name === 'web-v2')
    expect(other?.spec.replicas).toBe(0)
    expect(other?.metadata.annotations).not.toHaveProperty('scale-down-deadline')
    const gradual = new RolloutJourney(
      midway({ replicas: 4, others: { size: 2, deadline: formatSeconds(T0 + 3_600_000) }, stable: 3 }).world,
    )
    roundThat(gradual, sizes)
    const partly = gradual.world.replicaSets.find((rs) => rs.metadata.name === 'web-v2')
    expect(partly?.spec.replicas).toBe(1)
    expect(partly?.metadata.annotations).toHaveProperty('scale-down-deadline')
  })
})

const withDeadline = <T extends ReturnType<typeof aReplicaSet>>(rs: T): T => ({
  ...rs,
  metadata: {
    ...rs.metadata,
    annotations: { ...rs.metadata.annotations, 'scale-down-deadline': formatSeconds(T0 + 7_200_000) },
  },
})
