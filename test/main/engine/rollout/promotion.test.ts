import { describe, expect, it } from 'vitest'
import type { RolloutSpec } from '#api/rollout.ts'
import { aRollout, pause, setWeight } from '#test/support/builders/rollout.ts'
import { aService } from '#test/support/builders/service.ts'
import { aWorld } from '#test/support/builders/world.ts'
import { RolloutJourney } from '#test/support/rollout-journey.ts'

const steps = [setWeight(50), pause()]
const start = (options: Parameters<typeof aRollout>[0] = { steps }) =>
  new RolloutJourney(
    aWorld({ rollout: aRollout({ replicas: 2, ...options }), services: { active: aService('active') } }),
  ).settle()
function updated(options: Parameters<typeof aRollout>[0] = { steps }): RolloutJourney {
  const journey = start(options)
  journey.now += 3_600_000
  return journey.setImage('web:2').settle()
}
const completions = (journey: RolloutJourney) =>
  journey.rounds
    .flatMap(({ writes }) => writes)
    .flatMap((write) => (write.kind === 'event' && write.reason === 'RolloutCompleted' ? [write.message] : []))
const near = { rollbackWindow: { revisions: 3 } } satisfies Partial<RolloutSpec>

describe('REC-98: what becomes stable', () => {
  it.each<[string, () => RolloutJourney, number, string]>([
    ['a first deploy', () => start(), 1, 'Initial deploy'],
    ['a full promotion', () => updated().promoteFull().settle(), 2, 'Full promotion requested'],
    ['all steps', () => updated().promote().settle(), 2, 'Completed all 2 canary steps'],
    ['no steps', () => updated({ canary: {} }), 2, 'Completed all 0 canary steps'],
    [
      'a blue-green update',
      () => updated({ blueGreen: { activeService: 'active' } }),
      2,
      'Completed blue-green update',
    ],
    [
      'a rollback within the window',
      () => {
        const journey = updated({ steps, spec: near }).promoteFull().settle()
        journey.now += 3_600_000
        return journey.setImage('web:1').settle()
      },
      3,
      'Rollback within window',
    ],
    [
      'a rollback within the delay',
      () =>
        updated({ blueGreen: { activeService: 'active', scaleDownDelaySeconds: 600 } })
          .setImage('web:1')
          .settle(),
      3,
      'Fast rollback',
    ],
  ])('REC-98: after %s', (_what, run, revision, reason) => {
    const journey = run()
    const { stableRS, currentPodHash } = journey.status
    expect(stableRS).toBe(currentPodHash)
    expect(completions(journey).at(-1)).toBe(
      `Rollout completed update to revision ${revision} (${stableRS}): ${reason}`,
    )
    expect(journey.phase).toBe('Healthy')
  })

  it('REC-98: is announced once, and stands at the end of its steps without pause, abort or wish', () => {
    const journey = updated().abort().settle().retry().settle().promote().settle()
    expect(completions(journey)).toHaveLength(2)
    expect(journey.status.currentStepIndex).toBe(2)
    for (const field of ['pauseConditions', 'controllerPause', 'abortedAt', 'promoteFull'])
      expect(journey.status).not.toHaveProperty(field)
    expect(journey.status.abort ?? false).toBe(false)
    journey.pass(900)
    expect(completions(journey)).toHaveLength(2)
  })

  it('REC-172: a first deploy is stable before any pod is available, and takes no steps', () => {
    const journey = new RolloutJourney(aWorld({ rollout: aRollout({ replicas: 2, steps }) }))
    journey.isReady = () => false
    journey.settle()
    expect(journey.status).toMatchObject({ stableRS: journey.status.currentPodHash, currentStepIndex: 2 })
    expect(journey.size('web:1')).toBe(2)
    expect(journey.events).not.toContain('RolloutPaused')
    expect(journey.phase).toContain('Progressing')
  })
})

describe('REC-99: a full promotion', () => {
  it('REC-99: lasts over rounds until the pods are there, and skips every pause', () => {
    const journey = updated()
    journey.isReady = (rs) => rs.spec.template.spec?.containers[0]?.image === 'web:1'
    journey.promoteFull().settle()
    expect(journey.status).toMatchObject({ promoteFull: true, currentStepIndex: 2 })
    expect(journey.status).not.toHaveProperty('pauseConditions')
    journey.isReady = () => true
    journey.patchStatus({ abort: true })
    journey.world = {
      ...journey.world,
      replicaSets: journey.world.replicaSets.map((rs) => ({
        ...rs,
        status: { ...rs.status, readyReplicas: rs.spec.replicas ?? 0, availableReplicas: rs.spec.replicas ?? 0 },
      })),
    }
    journey.settle()
    expect(journey.phase).toBe('Healthy')
    expect(journey.status).not.toHaveProperty('promoteFull')
    expect(journey.status).not.toHaveProperty('abort')
  })

  it('REC-99: is forgotten with another template', () => {
    const journey = updated()
    journey.isReady = (rs) => rs.spec.template.spec?.containers[0]?.image !== 'web:2'
    journey.promoteFull().settle()
    expect(journey.status.promoteFull).toBe(true)
    journey.setImage('web:3').settle()
    expect(journey.status).not.toHaveProperty('promoteFull')
    expect(journey.phase).toBe('Paused: CanaryPauseStep')
  })

  it('REC-99: asked of a rollout at rest is forgotten at once', () => {
    const journey = start().promoteFull().settle()
    expect(journey.status).not.toHaveProperty('promoteFull')
    expect(completions(journey)).toHaveLength(1)
  })
})
