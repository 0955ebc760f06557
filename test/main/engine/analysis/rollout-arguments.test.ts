import { describe, expect, it } from 'vitest'
import type { AnalysisRunArgument } from '#api/rollout.ts'
import { argumentsOf } from '#engine/analysis/rollout-arguments.ts'
import { aRollout } from '#test/support/builders/rollout.ts'

const rollout = {
  ...aRollout({ replicas: 1_500_000 }),
  metadata: {
    ...aRollout().metadata,
    labels: { team: 'a', app: 'web "1"' },
    annotations: { 'Example.com/Owner': 'me', 'a.b': 'c' },
  },
}
const valueOf = (fieldPath: string) => {
  const { args, error } = given({ name: 'a', valueFrom: { fieldRef: { fieldPath } } })
  return error ?? args[0]?.value
}
const given = (...args: readonly AnalysisRunArgument[]) =>
  argumentsOf(args, { rollout, latestHash: 'v2', stableHash: 'v1' })

describe('what a Rollout gives to an analysis', () => {
  it('ANA-304: a value, an empty one at least, or the hash of a ReplicaSet', () => {
    expect(
      given(
        { name: 'plain', value: 'x' },
        { name: 'bare' },
        { name: 'latest', valueFrom: { podTemplateHashValue: 'Latest' } },
        { name: 'stable', valueFrom: { podTemplateHashValue: 'Stable' } },
        { name: 'odd', value: 'kept', valueFrom: { podTemplateHashValue: 'Canary' } },
      ),
    ).toEqual({
      args: [
        { name: 'plain', value: 'x' },
        { name: 'bare', value: '' },
        { name: 'latest', value: 'v2' },
        { name: 'stable', value: 'v1' },
        { name: 'odd', value: 'kept' },
      ],
      error: undefined,
    })
  })

  it.each([
    ['metadata.name', 'web'],
    ['metadata.namespace', 'shop'],
    ['metadata.uid', 'uid-web'],
    ["metadata.labels['team']", 'a'],
    ["metadata.labels['none']", ''],
    ["metadata.annotations['Example.com/Owner']", 'me'],
    ['metadata.labels', 'app="web \\"1\\""\nteam="a"'],
    ['metadata.annotations', 'Example.com/Owner="me"\na.b="c"'],
    ['metadata.labels.team', 'unsupported fieldPath: metadata.labels.team'],
    ["metadata.name['x']", 'fieldPath "metadata.name" does not support subscript'],
    ["metadata.labels['a b']", "invalid key subscript in metadata.labels['a b']: 'a b' is no qualified name"],
  ])('ANA-306: %s is %j', (path, expected) => {
    expect(valueOf(path)).toBe(expected)
  })

  it.each([
    ['spec.replicas', '1.5e+06'],
    ['spec.template.spec.containers[0].name', 'web'],
    ['spec.template.spec.containers[x].name', "invalid index 'x'"],
    ['spec.template.spec.containers[7].name', 'index 7 out of range'],
    ['spec.template.spec.containers[-1].name', 'index -1 out of range'],
    ['spec.template', 'path spec.template in rollout must terminate in a primitive value'],
    ['spec.nothing', 'invalid path spec.nothing in rollout'],
    ['spec.replicas.more', 'invalid path spec.replicas.more in rollout'],
    ['spec.constructor', 'invalid path spec.constructor in rollout'],
  ])('ANA-307: %s is %j', (path, expected) => {
    expect(valueOf(path)).toBe(expected)
  })

  it('ANA-304, ANA-307: a field of the metadata that fails takes all with it; of the others only the last failure counts', () => {
    const bad = { name: 'bad', valueFrom: { fieldRef: { fieldPath: 'spec.nothing' } } }
    const good = { name: 'good', valueFrom: { fieldRef: { fieldPath: 'spec.paused' } } }
    const fatal = { name: 'fatal', valueFrom: { fieldRef: { fieldPath: 'metadata.other' } } }
    expect(given(good, fatal)).toEqual({ args: [], error: 'unsupported fieldPath: metadata.other' })
    expect(given(bad, { ...good, valueFrom: { fieldRef: { fieldPath: 'spec.replicas' } } })).toEqual({
      args: [
        { name: 'bad', value: '' },
        { name: 'good', value: '1.5e+06' },
      ],
      error: undefined,
    })
    expect(given(bad).error).toBe('invalid path spec.nothing in rollout')
  })
})
