import { describe, expect, it } from 'vitest'
import type { Experiment } from '#api/experiment.ts'
import type { CanaryStep } from '#api/rollout.ts'
import { experimentDestinations } from '#engine/rollout/experiment/destinations.ts'
import { aTemplateStatus } from '#test/support/builders/experiment.ts'
import { pause } from '#test/support/builders/rollout.ts'
import { aStepExperiment, atExperimentStep } from '#test/support/experiment-step.ts'

const weighed: CanaryStep = {
  experiment: {
    templates: [
      { name: 'a', specRef: 'stable', weight: 5 },
      { name: 'b', specRef: 'canary', weight: 10 },
      { name: 'c', specRef: 'canary' },
    ],
  },
}
const templateStatuses = [
  aTemplateStatus('b', { serviceName: 'try-b', podTemplateHash: 'hash-b' }),
  aTemplateStatus('c', { serviceName: 'try-c', podTemplateHash: 'hash-c' }),
  aTemplateStatus('a'),
]

const destinations = (options: {
  phase?: NonNullable<Experiment['status']>['phase']
  steps?: readonly CanaryStep[]
  index?: number
  current?: string
  owner?: string
}) => {
  const { phase = 'Running', steps = [weighed], index = 0, current = 'try', owner } = options
  const release = atExperimentStep({
    steps,
    status: { currentStepIndex: index, canary: { currentExperiment: current } },
  })
  const status = { phase, templateStatuses }
  return experimentDestinations(release, [aStepExperiment('try', { status, ...(owner !== undefined && { owner }) })])
}

const both = [{ weight: 10, serviceName: 'try-b', podTemplateHash: 'hash-b' }, { weight: 5 }]

describe('EXP-1001, CAN-99, TR-16: weights beside stable and canary', () => {
  it('go to templates with a weight, in the order of the status', () => {
    expect(destinations({})).toEqual(both)
  })

  it.each(['', 'Pending', 'Successful', 'Failed', 'Inconclusive'] as const)(
    'EXP-1002: are none while "%s"',
    (phase) => {
      expect(destinations({ phase })).toEqual([])
    },
  )

  it('are those of the last experiment step that was reached', () => {
    expect(destinations({ steps: [weighed, pause()], index: 1 })).toEqual(both)
    const unweighed: CanaryStep = { experiment: { templates: [{ name: 'a', specRef: 'stable' }] } }
    expect(destinations({ steps: [weighed, unweighed], index: 1 })).toEqual([])
    expect(destinations({ steps: [pause(), weighed], index: 0 })).toEqual([])
    expect(destinations({ index: 1 })).toEqual([])
  })

  it('are none of an Experiment that the status does not name, or that is not ours', () => {
    expect(destinations({ current: 'other' })).toEqual([])
    expect(destinations({ owner: 'uid-other' })).toEqual([])
  })
})
