import { describe, expect, it } from 'vitest'
import type { BlueGreenStrategy } from '#api/rollout.ts'
import { deadlineOf, hasDeadline } from '#engine/rollout/replica-set/facts.ts'
import { delayScaleDown } from '#engine/rollout/replica-set/scale-down-delay.ts'
import { assess } from '#engine/rollout/situation.ts'
import { aReplicaSet } from '#test/support/builders/replica-set.ts'
import { aRollout } from '#test/support/builders/rollout.ts'
import { aService } from '#test/support/builders/service.ts'
import { aWorld } from '#test/support/builders/world.ts'
import { RolloutJourney } from '#test/support/rollout-journey.ts'
import { T0 } from '#test/support/virtual-clock.ts'

const day = 86_400
const situation = (blueGreen: BlueGreenStrategy) =>
  assess(aWorld({ rollout: aRollout({ blueGreen: { activeService: 'active', ...blueGreen } }) }), T0)
const revision = (number: number, options: Parameters<typeof aReplicaSet>[0] = {}) =>
  aReplicaSet({ hash: `v${number}`, revision: number, ...options })
const sizes = (blueGreen: BlueGreenStrategy, ...replicaSets: readonly ReturnType<typeof revision>[]) =>
  delayScaleDown(replicaSets, () => 1, situation(blueGreen)).changes.map(
    ({ rs, size }) => `${rs.metadata.name}=${size}`,
  )

const services = { active: aService('active'), preview: aService('preview') }
const deployed = (blueGreen: BlueGreenStrategy = {}) => {
  const strategy = { activeService: 'active', previewService: 'preview', ...blueGreen }
  const journey = new RolloutJourney(
    aWorld({ rollout: aRollout({ replicas: 2, blueGreen: strategy }), services }),
  ).settle()
  journey.now += 3_600_000
  return journey
}

it.each([
  ['2026-01-15T10:00:30Z', true, T0 + 30_000],
  ['2026-01-15T10:00:30+00:00', true, T0 + 30_000],
  ['soon', true, undefined],
  ['', false, undefined],
])('REC-110: a deadline of %j is there: %s, and ends at %s', (deadline, isThere, at) => {
  const rs = revision(1, { deadline })
  expect([hasDeadline(rs), deadlineOf(rs)]).toEqual([isThere, at])
})

describe('old ReplicaSets inside their delay', () => {
  it('REC-112: newest revision first, so that the limit takes the oldest', () => {
    const old = [revision(1), revision(3), revision(2)]
    expect(sizes({ scaleDownDelaySeconds: day, scaleDownDelayRevisionLimit: 2 }, ...old)).toEqual([
      'web-v3=1',
      'web-v2=1',
      'web-v1=0',
    ])
    expect(sizes({ scaleDownDelaySeconds: day, scaleDownDelayRevisionLimit: 1 }, ...old.slice(1))).toEqual([
      'web-v3=1',
      'web-v2=0',
    ])
  })

  it('REC-112: of equal revisions the older comes first', () => {
    const [older, newer] = [
      revision(1, { name: 'web-a', createdAt: '2026-01-15T08:00:00Z' }),
      revision(1, { name: 'web-b' }),
    ]
    expect(sizes({ scaleDownDelaySeconds: day, scaleDownDelayRevisionLimit: 1 }, newer, older)).toEqual([
      'web-a=1',
      'web-b=0',
    ])
  })

  it('REC-111: an unreadable deadline counts as over', () => {
    expect(sizes({ scaleDownDelaySeconds: day }, revision(1, { deadline: 'soon' }))).toEqual(['web-v1=0'])
  })

  it('REC-114: going back to one takes its deadline away', () => {
    const journey = deployed({ scaleDownDelaySeconds: day })
    journey.setImage('web:2').settle()
    expect(hasDeadline(journey.replicaSet('web:1'))).toBe(true)
    journey.setImage('web:1').settle()
    expect(hasDeadline(journey.replicaSet('web:1'))).toBe(false)
    journey.pass(2 * day)
    expect(journey.size('web:1')).toBe(2)
  })

  it('REC-114: the stable one loses a deadline that somebody else left there', () => {
    const journey = deployed({ autoPromotionEnabled: false })
    journey.setImage('web:2').settle()
    const marked = journey.replicaSet('web:1')
    const notes = { ...marked.metadata.annotations, 'scale-down-deadline': '2026-01-15T10:00:00Z' }
    journey.world = {
      ...journey.world,
      replicaSets: journey.world.replicaSets.map((rs) =>
        rs === marked ? { ...rs, metadata: { ...rs.metadata, annotations: notes } } : rs,
      ),
    }
    journey.settle()
    expect(hasDeadline(journey.replicaSet('web:1'))).toBe(false)
    expect(journey.size('web:1')).toBe(2)
  })

  it('REC-170: a replaced preview has no deadline while a Service selects it', () => {
    const journey = deployed({ scaleDownDelaySeconds: day, autoPromotionEnabled: false }).setImage('web:2').settle()
    const replaced = `web-${journey.status.currentPodHash}`
    const from = journey.rounds.length
    journey.setImage('web:3').settle()
    const writes = journey.rounds.slice(from).flatMap((round) => round.writes)
    const switched = writes.findIndex((write) => write.kind === 'patch' && write.ref.name === 'preview')
    const marked = writes.findIndex((write) => write.kind === 'patch' && write.ref.name === replaced)
    expect(switched).toBeGreaterThanOrEqual(0)
    expect(marked).toBeGreaterThan(switched)
    expect(hasDeadline(journey.replicaSet('web:2'))).toBe(true)
    expect(journey.size('web:2')).toBe(2)
  })
})

describe('the delay of an aborted one', () => {
  const aborted = (blueGreen: BlueGreenStrategy) =>
    deployed({ autoPromotionEnabled: false, ...blueGreen })
      .setImage('web:2')
      .settle()
      .abort()
      .settle()

  it('REC-115, REC-171: 0 is never, absent is half a minute', () => {
    const never = aborted({ abortScaleDownDelaySeconds: 0 })
    expect(hasDeadline(never.replicaSet('web:2'))).toBe(false)
    expect(never.pass(day).size('web:2')).toBe(2)
    const soon = aborted({})
    expect(deadlineOf(soon.replicaSet('web:2'))).toBe(soon.now + 30_000)
    expect(soon.pass(31).size('web:2')).toBe(0)
  })

  it('REC-115: there is none without an abort, nor for a canary without a router', () => {
    const canary = new RolloutJourney(
      aWorld({ rollout: aRollout({ replicas: 2, steps: [{ setWeight: 50 }, { pause: {} }] }) }),
    ).settle()
    canary.setImage('web:2').settle().abort().settle()
    expect([hasDeadline(canary.replicaSet('web:2')), canary.size('web:2')]).toEqual([false, 0])
    const paused = deployed({ autoPromotionEnabled: false }).setImage('web:2').settle()
    expect([hasDeadline(paused.replicaSet('web:2')), paused.size('web:2')]).toEqual([false, 2])
  })

  it('REC-171: a delay of 0 for replaced ones keeps them up', () => {
    const journey = deployed({ scaleDownDelaySeconds: 0 }).setImage('web:2').settle()
    expect([hasDeadline(journey.replicaSet('web:1')), journey.pass(day).size('web:1')]).toEqual([false, 2])
  })
})
