import { describe, expect, it } from 'vitest'
import { flattenTemplates, resolveTemplates } from '#engine/analysis/templates.ts'
import { aClusterTemplate, aMetric, anAnalysisTemplate, templateSource } from '#test/support/builders/analysis.ts'

const names = (outcome: ReturnType<typeof resolveTemplates>) =>
  outcome.ok
    ? {
        namespaced: outcome.value.namespaced.map(({ metadata }) => metadata.name),
        cluster: outcome.value.cluster.map(({ metadata }) => metadata.name),
      }
    : outcome.error

const metric = (name: string) => ({ metrics: [aMetric({ name })] })
const flat = (...specs: Parameters<typeof anAnalysisTemplate>[1][]) =>
  flattenTemplates({ namespaced: specs.map((spec, at) => anAnalysisTemplate(`t${at}`, spec)), cluster: [] })

describe('which templates a reference comes to', () => {
  it('ANA-201, ANA-202: by scope, depth first, each before those it names', () => {
    const source = templateSource(
      [
        anAnalysisTemplate('a', { templates: [{ templateName: 'b' }, { templateName: 'x', clusterScope: true }] }),
        anAnalysisTemplate('b', { templates: [{ templateName: 'c' }] }),
        anAnalysisTemplate('c', {}),
      ],
      // Without a scope of its own it is looked up in the namespace.
      [aClusterTemplate('x', { templates: [{ templateName: 'd' }] })],
    )
    const all = { ...source, namespaced: { ...source.namespaced, d: anAnalysisTemplate('d', {}) } }
    expect(names(resolveTemplates([{ templateName: 'a' }], all))).toEqual({
      namespaced: ['a', 'b', 'c', 'd'],
      cluster: ['x'],
    })
  })

  it('ANA-203: each name once a scope, whatever leads to it', () => {
    const source = templateSource(
      [anAnalysisTemplate('a', { templates: [{ templateName: 'same' }] }), anAnalysisTemplate('same', metric('m'))],
      [aClusterTemplate('same', metric('n'))],
    )
    const refs = [
      { templateName: 'same' },
      { templateName: 'a' },
      { templateName: 'same', clusterScope: true },
      { templateName: 'same' },
    ]
    expect(names(resolveTemplates(refs, source))).toEqual({ namespaced: ['same', 'a'], cluster: ['same'] })
  })

  it('ANA-204: one that leads back to itself is an error', () => {
    const source = templateSource([
      anAnalysisTemplate('a', { templates: [{ templateName: 'b' }] }),
      anAnalysisTemplate('b', { templates: [{ templateName: 'a' }] }),
    ])
    expect(names(resolveTemplates([{ templateName: 'a' }], source))).toEqual({
      isNested: true,
      name: 'a',
      message:
        "AnalysisTemplate 'a' refers to itself: AnalysisTemplate 'a' → AnalysisTemplate 'b' → AnalysisTemplate 'a'",
    })
  })

  it('ANA-205: one that is missing is named, and where it was named', () => {
    const source = templateSource([anAnalysisTemplate('a', { templates: [{ templateName: 'b', clusterScope: true }] })])
    expect(names(resolveTemplates([{ templateName: 'constructor' }], source))).toEqual({
      isNested: false,
      name: 'constructor',
      message: "AnalysisTemplate 'constructor' not found",
    })
    expect(names(resolveTemplates([{ templateName: 'a' }], source))).toEqual({
      isNested: true,
      name: 'b',
      message: "ClusterAnalysisTemplate 'b' not found",
    })
  })
})

describe('several templates as one', () => {
  it('ANA-206, ANA-207: those of the namespace first; metrics of one name are refused', () => {
    const templates = {
      namespaced: [anAnalysisTemplate('a', metric('one'))],
      cluster: [aClusterTemplate('b', metric('two'))],
    }
    const flattened = flattenTemplates(templates)
    expect(flattened.ok && flattened.value.metrics.map(({ name }) => name)).toEqual(['one', 'two'])
    expect(flat(metric('one'), metric('one'))).toEqual({
      ok: false,
      error: "two metrics have the same name 'one'",
    })
  })

  it('ANA-208: rules of one text are refused, whatever they match', () => {
    const dry = (metricName: string) => ({ dryRun: [{ metricName }] })
    const kept = (metricName: string) => ({ measurementRetention: [{ metricName, limit: 3 }] })
    expect(flat(dry('a.*'), dry('a.*'))).toEqual({
      ok: false,
      error: "two Dry-Run metric rules have the same name 'a.*'",
    })
    expect(flat(kept('a'), kept('a'))).toEqual({
      ok: false,
      error: "two Measurement Retention metric rules have the same name 'a'",
    })
    expect(flat(dry('a'), dry('.')).ok).toBe(true)
  })

  it.each([
    ['a value stays when the later one is equal', { value: '1' }, { value: '1' }, { value: '1' }],
    ['a value stays when the later has none', { value: '1' }, { valueFrom: {} }, { value: '1' }],
    ['without a value the later one takes its place', { valueFrom: {} }, { value: '2' }, { value: '2' }],
    ['even by nothing at all', { valueFrom: {} }, {}, {}],
  ])('ANA-209: %s', (_, before, after, expected) => {
    const both = flat({ args: [{ name: 'a', ...before }, { name: 'z' }] }, { args: [{ name: 'a', ...after }] })
    expect(both.ok && both.value.args).toEqual([{ name: 'a', ...expected }, { name: 'z' }])
  })

  it('ANA-209: two different values are refused', () => {
    expect(flat({ args: [{ name: 'a', value: '1' }] }, { args: [{ name: 'a', value: '' }] })).toEqual({
      ok: false,
      error: "Argument `a` specified multiple times with different values: '1', ''",
    })
  })
})
