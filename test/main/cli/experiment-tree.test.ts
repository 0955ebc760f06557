import { describe, expect, it } from 'vitest'
import { formatExperiment } from '#main/cli/experiment-tree.ts'
import { anExperiment, aRun, aTemplateReplicaSet } from '#test/support/builders/experiment.ts'
import { aPod } from '#test/support/builders/service.ts'
import { T0 } from '#test/support/virtual-clock.ts'

const at = (minutes: number) => new Date(T0 + minutes * 60_000).toISOString().replace('.000', '')
const bar = aTemplateReplicaSet('bar')
const shown = {
  experiment: anExperiment({
    spec: { duration: '10m' },
    metadata: { creationTimestamp: at(-5) },
    status: { phase: 'Running', availableAt: at(-4), message: 'so far' },
  }),
  replicaSets: [bar, aTemplateReplicaSet('baz', { size: 0, deadline: at(1) })],
  pods: [aPod(bar, 0)],
  analysisRuns: [aRun('try-rate', 'Failed')],
}

describe('the tree of an experiment', () => {
  it('ACT-121, VIEW-1, VIEW-96, VIEW-114, VIEW-125: phase, time left, pods by template, analyses', () => {
    const lines = formatExperiment(shown, T0, false)
    expect(lines.slice(0, 7)).toEqual([
      'Name:            try',
      'Namespace:       shop',
      'Status:          ◌ Running',
      'Message:         so far',
      'Duration:        10m',
      'Remaining:       6m',
      '',
    ])
    const tree = lines.slice(8).map((line) => line.replaceAll(/ {2,}/g, ' '))
    expect(tree[0]).toBe('Σ try Experiment ◌ Running 5m')
    expect(tree[1]).toMatch(/^├──⧉ try-bar ReplicaSet .*Σ:bar$/)
    expect(tree[2]).toMatch(/^│ └──□ .* Pod /)
    expect(tree[3]).toMatch(/^├──⧉ try-baz ReplicaSet .*Σ:baz,delay:60s$/)
    expect(tree[4]).toMatch(/^└──α try-rate AnalysisRun ✖ Failed/)
    expect(tree).toHaveLength(5)
  })

  it('EXP-609: one without a duration has none, and one that has ended has no time left', () => {
    const endless = formatExperiment(
      { ...shown, experiment: anExperiment({ status: { phase: 'Running' } }) },
      T0,
      false,
    )
    expect(endless).toContain('Duration:        -')
    const status = { phase: 'Successful', availableAt: at(-4) } as const
    const ended = anExperiment({ spec: { duration: '10m' }, status })
    expect(formatExperiment({ ...shown, experiment: ended }, T0, false).join('\n')).not.toContain('Remaining')
  })
})
