import { describe, expect, it } from 'vitest'
import type { Experiment, ExperimentTemplate } from '#api/experiment.ts'
import { specError } from '#engine/experiment/validate.ts'
import { anExperiment, anExperimentTemplate } from '#test/support/builders/experiment.ts'

const { selector: _none, ...unselected } = anExperimentTemplate('bar')

const rows: readonly [string, readonly ExperimentTemplate[], Partial<Experiment['spec']>, string | undefined][] = [
  ['all is well', [anExperimentTemplate('bar'), anExperimentTemplate('baz')], {}, undefined],
  ['no template at all', [], {}, undefined],
  ['no selector', [unselected], {}, "Rollout has missing field '.Spec.Templates[0].Selector'"],
  [
    'an empty selector',
    [anExperimentTemplate('bar'), anExperimentTemplate('baz', { selector: {} })],
    {},
    'This experiment is selecting all pods at index 1. A non-empty selector is required.',
  ],
  [
    'ready later than the deadline',
    [anExperimentTemplate('bar', { minReadySeconds: 601 })],
    {},
    'MinReadySeconds cannot be longer than ProgressDeadlineSeconds. Check template index 0',
  ],
  ['ready just at the deadline', [anExperimentTemplate('bar', { minReadySeconds: 600 })], {}, undefined],
  [
    'a deadline of its own',
    [anExperimentTemplate('bar', { minReadySeconds: 30 })],
    { progressDeadlineSeconds: 29 },
    'MinReadySeconds cannot be longer than ProgressDeadlineSeconds. Check template index 0',
  ],
  ['no name', [anExperimentTemplate('')], {}, 'Experiment try has empty template name at index 0'],
  [
    'a name twice',
    [anExperimentTemplate('bar'), anExperimentTemplate('baz'), anExperimentTemplate('bar')],
    {},
    "Experiment try has repeated template name 'bar' in templates",
  ],
  [
    'two errors: that of the first template wins',
    [anExperimentTemplate('', { minReadySeconds: 601 }), unselected],
    {},
    'MinReadySeconds cannot be longer than ProgressDeadlineSeconds. Check template index 0',
  ],
  ['EXP-204: a duration that cannot be read', [anExperimentTemplate('bar')], { duration: 'soon' }, undefined],
]

describe('EXP-201: what is wrong with a spec', () => {
  it.each(rows)('%s', (_what, templates, spec, error) => {
    expect(specError(anExperiment({ templates, spec }))).toBe(error)
  })
})
