import { expect, it } from 'vitest'
import { formatSeconds } from '#lib/rfc3339.ts'
import { aRollout, pause, setWeight } from '#test/support/builders/rollout.ts'
import { aService } from '#test/support/builders/service.ts'
import { aWorld } from '#test/support/builders/world.ts'
import { RolloutJourney } from '#test/support/rollout-journey.ts'

const services = { active: aService('active'), preview: aService('preview') }
const start = (rollout: Parameters<typeof aRollout>[0]): RolloutJourney => {
  const journey = new RolloutJourney(aWorld({ rollout: aRollout({ replicas: 2, ...rollout }), services })).settle()
  journey.now += 3_600_000
  return journey
}
const sizes = (journey: RolloutJourney) => [journey.size('web:1'), journey.size('web:2')]

it('API-18: a canary paused by hand takes no step and no size, not even that of an autoscaler', () => {
  const journey = start({ canary: { maxSurge: 0, maxUnavailable: 1, steps: [setWeight(50), pause(10)] } })
  journey.setImage('web:2').settle().patchSpec({ paused: true, replicas: 6 }).settle().pass(3600)
  expect([sizes(journey), journey.status.currentStepIndex, journey.status.phase]).toEqual([[1, 1], 1, 'Paused'])
  journey.patchSpec({ paused: false }).settle().pass(10)
  expect([sizes(journey), journey.status.phase]).toEqual([[0, 6], 'Healthy'])
})

it('API-18: a blue-green rollout paused by hand is sized, and switched and promoted by nobody', () => {
  const journey = start({ blueGreen: { activeService: 'active', previewService: 'preview' } })
  const { stableRS } = journey.status
  journey.patchSpec({ paused: true }).setImage('web:2').settle().patchSpec({ replicas: 3 }).settle().pass(3600)
  expect([sizes(journey), journey.status.phase]).toEqual([[3, 3], 'Paused'])
  const selected = () => journey.world.services['active']?.spec?.selector?.['rollouts-pod-template-hash']
  expect([selected(), journey.status.stableRS]).toEqual([stableRS, stableRS])
  journey.patchSpec({ paused: false }).settle()
  expect(selected()).toBe(journey.status.currentPodHash)
  expect(journey.status.stableRS).toBe(journey.status.currentPodHash)
})

it('API-20: at its deadline an update is aborted only if the spec says so', () => {
  const late = (progressDeadlineAbort: boolean): RolloutJourney => {
    const journey = start({
      canary: { steps: [setWeight(50)] },
      spec: { progressDeadlineSeconds: 60, progressDeadlineAbort },
    })
    journey.isReady = (rs) => rs.spec.template.spec?.containers[0]?.image === 'web:1'
    return journey.setImage('web:2').settle().pass(61)
  }
  expect(late(false).status).not.toHaveProperty('abort')
  expect(late(false).phase).toMatch(/^Degraded: ProgressDeadlineExceeded/)
  const aborted = late(true)
  expect(aborted.status).toMatchObject({ abort: true, abortedAt: formatSeconds(aborted.now) })
})

it('API-34: a timed promotion does not complete where it is to be asked for', () => {
  const strategy = { activeService: 'active', autoPromotionSeconds: 10 }
  const timed = start({ blueGreen: strategy }).setImage('web:2').settle()
  expect([timed.status.phase, timed.awake().status.phase]).toEqual(['Paused', 'Healthy'])
  const asked = start({ blueGreen: { ...strategy, autoPromotionEnabled: false } })
    .setImage('web:2')
    .settle()
  expect([asked.status.phase, asked.pass(3600).status.phase, asked.promote().settle().status.phase]).toEqual([
    'Paused',
    'Paused',
    'Healthy',
  ])
})
