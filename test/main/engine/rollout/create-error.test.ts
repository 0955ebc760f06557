import { expect, it } from 'vitest'
import { reportCreateError } from '#engine/rollout/create-error.ts'
import { shownPhase } from '#engine/status/phase.ts'
import { applyDecision } from '#test/support/apply-decision.ts'
import { aRollout } from '#test/support/builders/rollout.ts'
import { aWorld } from '#test/support/builders/world.ts'
import { RolloutJourney } from '#test/support/rollout-journey.ts'

const cause = 'replicasets.apps "web-5" is forbidden: exceeded quota: web'
const told = `Failed to create new replica set "web-5": ${cause}`

it('REC-50, EVT-7: a ReplicaSet that cannot be created is told in the condition once, and in an Event each time', () => {
  const journey = new RolloutJourney(aWorld({ rollout: aRollout({ replicas: 2 }) })).settle()
  journey.setImage('web:2')
  const writes = reportCreateError(journey.world, 'web-5', cause, journey.now)
  expect(writes).toMatchObject([
    { kind: 'event', type: 'Warning', reason: 'ReplicaSetCreateError', message: told },
    { kind: 'patch', subresource: 'status' },
  ])
  journey.world = applyDecision(journey.world, { writes, probes: [], requeueAt: undefined }, journey.now)
  expect(journey.status.conditions).toContainEqual(
    expect.objectContaining({ type: 'Progressing', status: 'False', reason: 'ReplicaSetCreateError', message: told }),
  )
  expect(shownPhase(journey.world.rollout)).toMatchObject({ phase: 'Progressing' })
  expect(reportCreateError(journey.world, 'web-5', cause, journey.now).map(({ kind }) => kind)).toEqual(['event'])
})

it('REC-50: once it can be created, the condition says so', () => {
  const journey = new RolloutJourney(aWorld({ rollout: aRollout({ replicas: 2 }) })).settle()
  journey.setImage('web:2')
  const writes = reportCreateError(journey.world, 'web-5', cause, journey.now)
  journey.world = applyDecision(journey.world, { writes, probes: [], requeueAt: undefined }, journey.now)
  journey.settle()
  expect(journey.phase).toBe('Healthy')
  expect(JSON.stringify(journey.status.conditions)).not.toContain('ReplicaSetCreateError')
})
