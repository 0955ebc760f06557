import { describe, expect, it } from 'vitest'
import { reconcileRollout } from '#engine/rollout/reconcile.ts'
import { drivingPreview } from '#main/controller/driving-preview.ts'
import { aRollout, pause, setWeight } from '#test/support/builders/rollout.ts'
import { aWorld } from '#test/support/builders/world.ts'
import { RolloutJourney } from '#test/support/rollout-journey.ts'
import { T0 } from '#test/support/virtual-clock.ts'

/** A canary that is brought to its first pause by the engine itself. */
function inPause(seconds?: number): RolloutJourney {
  const steps = [setWeight(25), pause(seconds), setWeight(50)]
  const journey = new RolloutJourney(aWorld({ rollout: aRollout({ image: 'web:1', replicas: 4, steps }) }))
  return journey.settle().setImage('web:2').settle()
}

describe('what taking over a cluster would mean', () => {
  it('OPS-38: tells the first writes of a rollout that nobody has looked at yet, as the engine decides them', () => {
    const world = aWorld()
    const preview = drivingPreview({ worlds: [world], unread: [], now: T0, drive: true })
    const [first] = reconcileRollout(world, T0).writes.filter(({ kind }) => kind !== 'event')
    expect(preview.writes[0]).toMatchObject({ summary: first?.summary, because: first?.because, rollout: 'shop/web' })
    expect(preview.writeCount).toBeGreaterThan(1)
    expect(preview).toMatchObject({ rollouts: 1, unforeseen: [] })
  })

  it('OPS-42: a pause that ends within the minute ends in the preview, and a longer one does not', () => {
    const [short, long] = [inPause(40), inPause(600)].map(({ world, now }) =>
      drivingPreview({ worlds: [world], unread: [], now, drive: true }),
    )
    expect(short?.writes.map(({ summary }) => summary).join('\n')).toContain('from 1 to 2')
    expect(long?.writes).toEqual([])
    expect(long).toMatchObject({ updatingCount: 1, phases: { Paused: 1, Healthy: 0 } })
  })

  it('OPS-38: names who is in the middle of an update, at which step, and whether a person is waited for', () => {
    const { world, now } = inPause()
    const { updating } = drivingPreview({ worlds: [world], unread: [], now, drive: true })
    expect(updating).toEqual([
      {
        namespace: 'shop',
        name: 'web',
        phase: 'Paused',
        message: 'CanaryPauseStep',
        step: { done: 1, of: 3 },
        waitsForPerson: true,
      },
    ])
  })

  it('says of whom it does not know everything', () => {
    const preview = drivingPreview({ worlds: [], unread: [aRollout()], now: T0, drive: true })
    expect(preview).toMatchObject({ rollouts: 1, unforeseen: ['shop/web'], writeCount: 0 })
  })
})

describe('what handing it back would leave', () => {
  it('OPS-41: the updates that stand then, and no writes', () => {
    const { world, now } = inPause(10)
    const preview = drivingPreview({ worlds: [world], unread: [aRollout()], now, drive: false })
    expect(preview).toMatchObject({ rollouts: 2, writes: [], writeCount: 0, unforeseen: [] })
    expect(preview.updating.map(({ name, waitsForPerson }) => [name, waitsForPerson])).toContainEqual(['web', false])
  })
})
