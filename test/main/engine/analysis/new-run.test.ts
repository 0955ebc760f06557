import { describe, expect, it } from 'vitest'
import type { AnalysisRun } from '#api/analysis.ts'
import { mergeArguments, nameOrAdopt, runSpec, runSpecOfTemplate } from '#engine/analysis/new-run.ts'
import { aMetric, anAnalysisRun, anAnalysisTemplate, secretArgument } from '#test/support/builders/analysis.ts'

const templates = (...specs: Parameters<typeof anAnalysisTemplate>[1][]) => ({
  namespaced: specs.map((spec, at) => anAnalysisTemplate(`t${at}`, spec)),
  cluster: [],
})

describe('the arguments of a run', () => {
  it('ANA-301: a value replaces the value alone; names nobody declared are dropped', () => {
    const declared = [{ name: 'service', value: 'web' }, { name: 'hash' }]
    expect(
      mergeArguments(
        [
          { name: 'hash', value: 'v2' },
          { name: 'other', value: 'x' },
        ],
        declared,
      ),
    ).toEqual({
      ok: true,
      value: [
        { name: 'service', value: 'web' },
        { name: 'hash', value: 'v2' },
      ],
    })
  })

  it('ANA-107, ANA-302: one without value and source is an error; an empty text is a value', () => {
    expect(mergeArguments([], [{ name: 'a', value: '' }, { name: 'b' }, { name: 'c' }])).toEqual({
      ok: false,
      error: 'args.b was not resolved',
    })
  })

  it('ANA-303: a secret keeps its place beside a value that was given', () => {
    const secret = secretArgument('token')
    expect(mergeArguments([{ name: 'token', value: 'plain' }], [secret])).toEqual({
      ok: true,
      value: [{ ...secret, value: 'plain' }],
    })
  })

  it('ANA-308: a field in a template counts as a source', () => {
    expect(mergeArguments([], [{ name: 'a', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }]).ok).toBe(true)
  })
})

describe('the spec of a run', () => {
  it("ANA-210: the caller's rules go first, and lists that are empty are left out", () => {
    const spec = runSpec({
      templates: templates({ metrics: [aMetric()], dryRun: [{ metricName: 'b' }] }),
      args: [],
      dryRun: [{ metricName: 'a' }],
      measurementRetention: [],
    })
    expect(spec).toEqual({
      ok: true,
      value: { metrics: [aMetric()], dryRun: [{ metricName: 'a' }, { metricName: 'b' }] },
    })
  })

  it('ANA-210: the first error wins, in a fixed order', () => {
    const twice = {
      metrics: [aMetric()],
      dryRun: [{ metricName: 'a' }],
      measurementRetention: [{ metricName: 'a', limit: 1 }],
    }
    const error = (specs: Parameters<typeof templates>, order: Partial<Parameters<typeof runSpec>[0]> = {}) => {
      const built = runSpec({ templates: templates(...specs), args: [], ...order })
      return built.ok ? undefined : built.error
    }
    expect(error([twice, twice])).toBe("two metrics have the same name 'rate'")
    expect(error([twice, { dryRun: twice.dryRun }, { measurementRetention: twice.measurementRetention }])).toBe(
      "two Dry-Run metric rules have the same name 'a'",
    )
    expect(error([{ ...twice, args: [{ name: 'x' }] }], { dryRun: twice.dryRun })).toBe('args.x was not resolved')
    expect(error([twice], { dryRun: twice.dryRun })).toBe("two Dry-Run metric rules have the same name 'a'")
    expect(error([twice], { measurementRetention: twice.measurementRetention })).toBe(
      "two Measurement Retention metric rules have the same name 'a'",
    )
  })

  it('ANA-211: straight from one template, whose own templates are not followed', () => {
    const template = { metrics: [aMetric()], templates: [{ templateName: 'other' }] }
    const given = [{ name: 'any', value: '1' }]
    expect(runSpecOfTemplate(template, given)).toEqual({ ok: true, value: { metrics: [aMetric()], args: given } })
    expect(runSpecOfTemplate({ ...template, args: [{ name: 'a' }] }, given)).toEqual({
      ok: false,
      error: 'args.a was not resolved',
    })
  })
})

describe('the name of a run', () => {
  const wanted = anAnalysisRun()
  const taken = (...runs: readonly AnalysisRun[]) => Object.fromEntries(runs.map((run) => [run.metadata.name, run]))
  const createdName = (runs: Readonly<Record<string, AnalysisRun>>) => {
    const chosen = nameOrAdopt(wanted, runs)
    return 'create' in chosen ? chosen.create.metadata.name : 'adopted'
  }

  it('ANA-1104: the wanted one, when it is free', () => {
    expect(nameOrAdopt(wanted, {})).toEqual({ create: wanted })
  })

  it('ANA-1104: a run of ours that is alike and not done is taken over, whether it was asked to end or not', () => {
    const there = anAnalysisRun({ terminate: true, ttlStrategy: {} }, { status: { phase: 'Running' } })
    expect(nameOrAdopt(wanted, taken(there))).toEqual({ adopt: there })
  })

  it.each([
    ['it is done', anAnalysisRun({}, { status: { phase: 'Failed' } })],
    ['it is another one', anAnalysisRun({ metrics: [aMetric({ count: 2 })] })],
    ['it is somebody else’s', anAnalysisRun({}, { metadata: { ownerReferences: [] } })],
  ])('ANA-1104: a number goes behind it when %s', (_, there) => {
    expect(createdName(taken(there))).toBe('web-v2-2-1.1')
    const second = { ...there, metadata: { ...there.metadata, name: 'web-v2-2-1.1' } }
    expect(createdName(taken(there, second))).toBe('web-v2-2-1.2')
  })
})
