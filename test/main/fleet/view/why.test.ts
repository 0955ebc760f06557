import { expect, it } from 'vitest'
import type { RolloutStatus } from '#api/rollout.ts'
import { statusFacts } from '#engine/status/status-facts.ts'
import type { Reason } from '#lib/reason.ts'
import { whyOf } from '#main/fleet/view/why.ts'
import { aRollout, pause, setWeight } from '#test/support/builders/rollout.ts'
import { aWorld } from '#test/support/builders/world.ts'

const moving: RolloutStatus = {
  observedGeneration: '1',
  phase: 'Progressing',
  message: 'more replicas need to be updated',
}
const facts = (status: RolloutStatus) =>
  statusFacts(aWorld({ rollout: aRollout({ steps: [setWeight(20), pause()], status }) }))
const about = { object: undefined, since: undefined }
const nobody: Reason = { cause: 'nobodyDrives', ...about, values: {} }
const elsewhere: Reason = { cause: 'drivenElsewhere', ...about, values: { holder: 'argosy-1' } }
const fault: Reason = { cause: 'engineFault', ...about, values: {} }
const causes = (status: RolloutStatus, driving: Reason | undefined, rounds: readonly Reason[] = []) =>
  whyOf(facts(status), { driving, rounds }).map(({ cause }) => cause)

it('what is about the driving decides while something is to be done', () => {
  expect(causes(moving, nobody, [fault])).toEqual(['nobodyDrives', 'engineFault', 'told'])
})

it('a pause is for a person to end, whoever drives', () => {
  const paused = { ...moving, phase: 'Paused' as const, currentStepIndex: 1 }
  const pauseConditions = [{ reason: 'CanaryPauseStep' as const, startTime: '2026-01-15T10:00:00Z' }]
  expect(causes({ ...paused, pauseConditions }, nobody)).toEqual(['stepPause', 'nobodyDrives'])
})

it('another controller is to blame only for what it has not looked at', () => {
  expect(causes(moving, elsewhere)).toEqual(['told'])
  expect(causes({ ...moving, observedGeneration: '0' }, elsewhere)).toEqual(['notObserved', 'drivenElsewhere'])
})

it('Healthy needs no reason, unless a round still runs into something', () => {
  const healthy = { ...moving, phase: 'Healthy' as const }
  expect(causes(healthy, nobody)).toEqual([])
  expect(causes(healthy, undefined, [fault])).toEqual(['engineFault'])
})
