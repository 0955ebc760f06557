import { expect, it } from 'vitest'
import {
  endOf,
  progressDeadlineSecondsOf,
  replicasOf,
  scaleDownDelaySecondsOf,
} from '#engine/experiment/spec-defaults.ts'
import { anExperiment, anExperimentTemplate } from '#test/support/builders/experiment.ts'
import { T0 } from '#test/support/virtual-clock.ts'

it('EXP-102, EXP-103, API-245: defaults, and zeros that are meant', () => {
  const { spec } = anExperiment()
  expect([progressDeadlineSecondsOf(spec), scaleDownDelaySecondsOf(spec)]).toEqual([600, 30])
  expect(scaleDownDelaySecondsOf({ ...spec, scaleDownDelaySeconds: 0 })).toBe(0)
  expect(replicasOf(anExperimentTemplate('bar'))).toBe(1)
  expect(replicasOf(anExperimentTemplate('bar', { replicas: 0 }))).toBe(0)
})

it('EXP-204, EXP-607: the end is known once all is available, and never of a duration that cannot be read', () => {
  const { spec } = anExperiment({ spec: { duration: '1m' } })
  const availableAt = '2026-01-15T10:00:00Z'
  expect(endOf(spec, {})).toBeUndefined()
  expect(endOf(spec, { availableAt })).toBe(T0 + 60_000)
  expect(endOf({ ...spec, duration: 'soon' }, { availableAt })).toBeUndefined()
  expect(endOf(anExperiment().spec, { availableAt })).toBeUndefined()
})
