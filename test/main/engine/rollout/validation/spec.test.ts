import { describe, expect, it } from 'vitest'
import type { LabelSelector } from '#api/meta.ts'
import type { Rollout, RolloutSpec } from '#api/rollout.ts'
import { assess } from '#engine/rollout/situation.ts'
import { validationError } from '#engine/rollout/validation/validate.ts'
import { aPodTemplate, aRollout } from '#test/support/builders/rollout.ts'
import { aWorld } from '#test/support/builders/world.ts'
import { T0 } from '#test/support/virtual-clock.ts'

const judge = (rollout: Rollout) => validationError(assess(aWorld({ rollout }), T0))
const errorOf = (spec: Partial<RolloutSpec>) => judge(aRollout({ spec }))

const template = aPodTemplate('web:1')
const withPod = (spec: object): Partial<RolloutSpec> => ({
  template: { ...template, spec: { containers: [{ name: 'web', image: 'web:1' }], ...spec } },
})
const selector = (each: object): Partial<RolloutSpec> => ({ selector: each as LabelSelector })
const expression = (each: object) => selector({ matchExpressions: [each] })
const withoutSelector = (): Rollout => {
  const { selector: _gone, ...spec } = aRollout().spec
  return { ...aRollout(), spec }
}

describe('a spec', () => {
  it('API-90: in order is not refused', () => {
    expect(errorOf({})).toBeUndefined()
  })

  it.each<[string, Partial<RolloutSpec>, string]>([
    ['API-95', { replicas: -1 }, 'replicas: Invalid value: -1'],
    ['API-95', { minReadySeconds: -2 }, 'minReadySeconds: Invalid value: -2'],
    ['API-95', { revisionHistoryLimit: -3 }, 'revisionHistoryLimit: Invalid value: -3'],
    ['API-95', { progressDeadlineSeconds: -4 }, 'progressDeadlineSeconds: Invalid value: -4'],
  ])('%s: counts and times are not negative: %j', (_rule, spec, message) => {
    expect(errorOf(spec)).toBe(`spec.${message}: must be greater than or equal to 0`)
  })

  it.each([{ replicas: 0 }, { minReadySeconds: 0 }, { revisionHistoryLimit: 0 }, { progressDeadlineSeconds: 1 }])(
    'API-95: %j is the least',
    (spec) => {
      expect(errorOf(spec)).toBeUndefined()
    },
  )

  it('API-96: needs a selector', () => {
    expect(judge(withoutSelector())).toBe(`spec.selector: Required value: Rollout has missing field '.spec.selector'`)
  })

  it.each<[string, Partial<RolloutSpec>, string]>([
    ['API-97', selector({}), ': Invalid value: {}: empty selector is invalid for deployment'],
    [
      'API-97',
      expression({ key: 'app', operator: 'In' }),
      ".matchExpressions[0].values: Required value: must be specified when `operator` is 'In' or 'NotIn'",
    ],
    [
      'API-97',
      expression({ key: 'app', operator: 'Exists', values: ['web'] }),
      ".matchExpressions[0].values: Forbidden: may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
    ],
    [
      'API-97',
      expression({ key: 'app', operator: 'Near', values: ['web'] }),
      '.matchExpressions[0].operator: Invalid value: "Near": not a valid selector operator',
    ],
    [
      'API-97',
      expression({ key: 'x/', operator: 'Exists' }),
      '.matchExpressions[0].key: Invalid value: "x/": name part must be non-empty',
    ],
    [
      'API-97',
      selector({ matchLabels: { app: 'x'.repeat(64) } }),
      `.matchLabels: Invalid value: "${'x'.repeat(64)}": must be no more than 63 bytes`,
    ],
    [
      'API-97',
      expression({ key: 'app', operator: 'In', values: ['ok', 'not ok'] }),
      `.matchExpressions[0].values[1]: Invalid value: "not ok": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')`,
    ],
    [
      'API-97',
      selector({ matchLabels: { 'a b': 'c' } }),
      `.matchLabels: Invalid value: "a b": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')`,
    ],
  ])('%s: a selector must make sense: %j', (_rule, spec, message) => {
    expect(errorOf(spec)).toBe(`spec.selector${message}`)
  })

  it('API-97: a selector by expressions alone is one', () => {
    expect(errorOf(expression({ key: 'app', operator: 'In', values: ['web'] }))).toBeUndefined()
  })

  it.each<[string, Partial<RolloutSpec>, string]>([
    [
      'API-99',
      { template: { ...template, metadata: { labels: { tier: '<front>', app: 'shop' } } } },
      'metadata.labels: Invalid value: {"app":"shop","tier":"\\u003cfront\\u003e"}: `selector` does not match template `labels`',
    ],
    [
      'API-99',
      { template: { spec: { containers: [] } } },
      'metadata.labels: Invalid value: null: `selector` does not match template `labels`',
    ],
    ['API-99', withPod({ containers: [] }), 'spec.containers: Required value'],
    ['API-99', withPod({ containers: [{ image: 'a' }, { name: 'b' }] }), 'spec.containers[0].name: Required value'],
    ['API-99', withPod({ containers: [{ name: 'a' }, { image: 'b' }] }), 'spec.containers[0].image: Required value'],
    [
      'API-99',
      withPod({ restartPolicy: 'Never' }),
      'spec.restartPolicy: Unsupported value: "Never": supported values: "Always"',
    ],
    [
      'API-99',
      withPod({ activeDeadlineSeconds: 9 }),
      'spec.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in ReplicaSet is not Supported',
    ],
    ['API-99', withPod({ containers: [], restartPolicy: 'Never' }), 'spec.containers: Required value'],
  ])('%s: a template a ReplicaSet cannot have is refused: %j', (_rule, spec, message) => {
    expect(errorOf(spec)).toBe(`spec.template.${message}`)
  })

  it('API-99: a privileged container is nothing to refuse', () => {
    const containers = [{ name: 'web', image: 'web:1', securityContext: { privileged: true } }]
    expect(errorOf(withPod({ containers }))).toBeUndefined()
  })

  it.each([
    ['API-99a', { progressDeadlineSeconds: 30, minReadySeconds: 30 }, 30],
    ['API-99a', { minReadySeconds: 600 }, 600],
  ])('%s: the deadline is longer than pods must be ready: %j', (_rule, spec, value) => {
    expect(errorOf(spec)).toBe(
      `spec.progressDeadlineSeconds: Invalid value: ${value}: must be greater than minReadySeconds`,
    )
  })

  it('API-99b: has a strategy', () => {
    const message = `spec.strategy.strategy: Required value: Rollout has missing field '.spec.strategy.canary or .spec.strategy.blueGreen'`
    expect(errorOf({ strategy: {} })).toBe(message)
  })

  it('API-99c: has one strategy', () => {
    const strategy = { canary: {}, blueGreen: { activeService: 'active' } }
    expect(errorOf({ strategy })).toBe(
      'spec.strategy.strategy: Invalid value: "blueGreen: true canary: true": Multiple Strategies can not be listed',
    )
  })

  it('API-90: the first error wins, in the order of the spec', () => {
    const wrong: readonly Partial<RolloutSpec>[] = [
      { replicas: -1 },
      { selector: {} },
      withPod({ containers: [] }),
      { minReadySeconds: -1 },
      { revisionHistoryLimit: -1 },
      { progressDeadlineSeconds: 0 },
      { strategy: {} },
    ]
    const told = wrong.map((_, i) => errorOf(Object.assign({}, ...wrong.slice(i)))?.split(':')[0])
    expect(told).toEqual([
      'spec.replicas',
      'spec.selector',
      'spec.template.spec.containers',
      'spec.minReadySeconds',
      'spec.revisionHistoryLimit',
      'spec.progressDeadlineSeconds',
      'spec.strategy.strategy',
    ])
  })
})
