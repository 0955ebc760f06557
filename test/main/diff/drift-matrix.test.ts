import { describe, expect, it } from 'vitest'
import { rolloutKey } from '#contract/keys.ts'
import { applicationDrift, type DriftSource, driftMatrix } from '#main/diff/drift-matrix.ts'
import { sectionReader } from '#main/diff/sections.ts'
import { isExpectedToDiffer } from '#main/fleet/drift.ts'
import { printsWith } from '#main/history/secret-prints.ts'
import { inOtherWords, knownPair } from '#test/support/diff-pairs.ts'
import { seeded } from '#test/support/seeded.ts'

const read = sectionReader(printsWith({ file: 'file key', session: 'session key' }))

interface Told {
  readonly image?: string
  readonly env?: Readonly<Record<string, string>>
  readonly replicas?: number
  readonly cpu?: string
  readonly planned?: boolean
}

function source(
  context: string,
  { image = 'api:1', env = {}, replicas = 2, cpu = '500m', planned = false }: Told = {},
): DriftSource {
  const container = {
    name: 'api',
    image,
    env: Object.entries(env).map(([name, value]) => ({ name, value })),
    resources: { requests: { cpu } },
  }
  const sections = read({ replicas, template: { spec: { containers: [container] } } })
  const key = rolloutKey({ context, namespace: 'shop', name: 'web' })
  return { key, context, namespace: 'shop', name: 'web', revision: 1, version: '1', planned, sections }
}

const matrix = (...sources: readonly DriftSource[]) => driftMatrix(sources, isExpectedToDiffer)
const rows = (...sources: readonly DriftSource[]) =>
  matrix(...sources).rows.map(({ section, field, cells }) => [
    section,
    field,
    ...cells.map(({ text, state }) => `${text} ${state}`),
  ])

describe('drift matrix (UI-DIFF-6)', () => {
  it('UI-STAT-7: a value that most do not have is drift, also one that is not set at all', () => {
    expect(rows(source('a', { env: { TAX: 'on' } }), source('b', { env: { TAX: 'on' } }), source('c'))).toEqual([
      ['drift', 'TAX', 'on same', 'on same', 'undefined drift'],
    ])
  })

  it('what a plan under way has changed is explained by it; what others have besides is drift', () => {
    const planned = { image: 'api:2', planned: true }
    expect(rows(source('a', planned), source('b'), source('c'))).toEqual([
      ['planned', 'api', '2 planned', '1 same', '1 same'],
    ])
    expect(
      rows(source('a', planned), source('b'), source('c'), source('d'), source('e', { image: 'api:3' }))[0]?.[0],
    ).toBe('drift')
  })

  it('replicas and variables that name the place are expected to differ, and come last', () => {
    const made = matrix(
      source('a', { replicas: 4, env: { REGION: 'eu', POOL: '1' } }),
      source('b', { replicas: 9, env: { REGION: 'us', POOL: '1' } }),
      source('c', { replicas: 9, env: { REGION: 'ap', POOL: '2' } }),
    )
    expect(made.rows.map(({ section, at }) => [section, at])).toEqual([
      ['drift', 'spec.template.spec.containers[api].env[POOL]'],
      ['expected', 'spec.replicas'],
      ['expected', 'spec.template.spec.containers[api].env[REGION]'],
    ])
    expect(made.columns.map(({ differs }) => differs)).toEqual([0, 0, 1])
  })

  it('UI-STAT-7: without a majority every cell is marked', () => {
    const [row] = matrix(source('a', { cpu: '1' }), source('b', { cpu: '2' })).rows
    expect(row).toMatchObject({
      noMajority: true,
      field: 'cpu request',
      cells: [{ state: 'drift' }, { state: 'drift' }],
    })
  })

  it('the same in other words is no drift: units, order, defaults', () => {
    expect(rows(source('a', { cpu: '500m' }), source('b', { cpu: '0.5' }))).toEqual([])
    for (let seed = 0; seed < 100; seed += 1) {
      const { left } = knownPair(seed)
      const made = [left, inOtherWords(left, seeded(seed)), inOtherWords(left, seeded(seed + 1))].map(
        ({ spec }, at) => ({
          ...source(`c${at}`),
          sections: read(spec),
        }),
      )
      expect({ seed, rows: matrix(...made).rows.map(({ at }) => at) }).toEqual({ seed, rows: [] })
    }
  })

  it('UI-DIFF-3: values of secrets are compared by print and not shown', () => {
    const made = matrix(source('a', { env: { PASSWORD: 'hunter2' } }), source('b', { env: { PASSWORD: 'hunter3' } }))
    expect(made.rows).toHaveLength(1)
    expect(made.rows[0]?.cells.every(({ text }) => /^hidden \([0-9a-f]{8}\)$/.test(text ?? ''))).toBe(true)
    expect(JSON.stringify(made)).not.toContain('hunter')
  })

  it('an application as numbers; one cluster alone is none', () => {
    const drifting = [source('a'), source('b'), source('c', { cpu: '2', replicas: 5 })]
    expect(applicationDrift(drifting, isExpectedToDiffer)).toMatchObject({
      name: 'web',
      clusters: 3,
      drift: 1,
      planned: 0,
      expected: 1,
      drifting: ['c'],
      key: drifting[2]?.key,
    })
    expect(applicationDrift(drifting.slice(0, 1), isExpectedToDiffer)).toBeUndefined()
  })
})
