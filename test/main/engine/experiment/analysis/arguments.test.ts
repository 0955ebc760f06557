import { describe, expect, it } from 'vitest'
import { resolveArguments } from '#engine/experiment/analysis/arguments.ts'
import { assess } from '#engine/experiment/situation.ts'
import { anExperiment, anExperimentWorld, aTemplateReplicaSet } from '#test/support/builders/experiment.ts'
import { T0 } from '#test/support/virtual-clock.ts'

const situation = (duration?: string) =>
  assess(
    anExperimentWorld({
      experiment: anExperiment({
        templates: ['bar', 'baz'],
        spec: duration === undefined ? {} : { duration },
        status: { availableAt: '2026-01-15T10:00:00Z' },
      }),
      replicaSets: [aTemplateReplicaSet('bar')],
    }),
    T0,
  )
const valueOf = (value: string, duration?: string) => resolveArguments([{ name: 'a', value }], situation(duration))

describe('EXP-504: the value of an argument', () => {
  it.each([
    ['of no tag', 'plain "text"\n', 'plain "text"\n'],
    ['of a hash', 'h={{templates.bar.podTemplateHash}}', 'h=hash-bar'],
    ['of a name, with white space', '{{ templates.bar.replicaset.name }}!', 'try-bar!'],
    [
      'of two times',
      '{{experiment.availableAt}} {{experiment.finishedAt}}',
      '2026-01-15T10:00:00Z 2026-01-15T10:01:30Z',
    ],
    ['that is empty', '', ''],
  ])('%s', (_what, value, expected) => {
    expect(valueOf(value, '90s')).toEqual({ ok: true, value: [{ name: 'a', value: expected }] })
  })

  it.each([
    ['EXP-1307: a tag of no kind', '{{args.x}}', 'failed to resolve {{args.x}}'],
    [
      'a template without a ReplicaSet',
      '{{templates.baz.podTemplateHash}}',
      'failed to resolve {{templates.baz.podTemplateHash}}',
    ],
    ['the end without a duration', '{{experiment.finishedAt}}', 'failed to resolve {{experiment.finishedAt}}'],
  ])('fails for %s', (_what, value, error) => {
    expect(valueOf(value)).toEqual({ ok: false, error })
  })

  it('EXP-204: fails, whatever it is, when the duration cannot be read', () => {
    expect(valueOf('plain', 'soon')).toEqual({ ok: false, error: 'time: invalid duration "soon"' })
  })
})

it('EXP-504, ANA-407: what a value comes from is dropped, and no value is passed on as none', () => {
  const args = [{ name: 'a', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }, { name: 'b' }]
  expect(resolveArguments(args, situation('soon'))).toEqual({ ok: true, value: [{ name: 'a' }, { name: 'b' }] })
})
