import { describe, expect, it } from 'vitest'
import type { AnalysisRun, MetricResult } from '#api/analysis.ts'
import { jobName, jobObject } from '#main/metrics/job-object.ts'
import { aRun, runUid } from '#test/support/measuring.ts'

const measured = (result: Partial<MetricResult>): AnalysisRun =>
  aRun({ status: { metricResults: [{ name: 'smoke', phase: 'Running', ...result }] } })

describe('the name of a Job', () => {
  it('PRV-402: counts every measurement ever, errors too', () => {
    expect(jobName(aRun(), 'smoke')).toBe(`${runUid}.smoke.1`)
    expect(jobName(measured({ count: 2, error: 1, measurements: [] }), 'smoke')).toBe(`${runUid}.smoke.4`)
    expect(jobName(measured({ count: 2 }), 'other')).toBe(`${runUid}.other.1`)
  })

  it('PRV-402: fits into a label, at the cost of the metric', () => {
    const fitting = `${'m'.repeat(24)}`
    expect(jobName(aRun(), fitting)).toBe(`${runUid}.${fitting}.1`)
    expect(jobName(aRun(), fitting)).toHaveLength(63)
    expect(jobName(measured({ name: `${fitting}mm`, count: 11 }), `${fitting}mm`)).toBe(
      `${runUid}.${'m'.repeat(23)}.12`,
    )
  })
})

describe('the Job', () => {
  const block = {
    metadata: { labels: { team: 'shop' }, annotations: { why: 'smoke' }, name: 'ignored' },
    spec: {
      backoffLimit: 0,
      template: { metadata: { labels: { app: 't' } }, spec: { containers: [{ name: 'main' }] } },
    },
  }
  const placed = { run: aRun(), metric: { name: 'smoke' }, block, namespace: 'prod', besideRun: true }

  it('PRV-404: carries the marks of its run on top of its own, and belongs to it', () => {
    expect(jobObject(placed)).toEqual({
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: {
        name: `${runUid}.smoke.1`,
        namespace: 'prod',
        labels: { team: 'shop', 'analysisrun.argoproj.io/uid': runUid },
        annotations: {
          why: 'smoke',
          'analysisrun.argoproj.io/name': 'web-2',
          'analysisrun.argoproj.io/namespace': 'prod',
          'analysisrun.argoproj.io/metric-name': 'smoke',
        },
        ownerReferences: [
          {
            apiVersion: 'argoproj.io/v1alpha1',
            kind: 'AnalysisRun',
            name: 'web-2',
            uid: runUid,
            controller: true,
            blockOwnerDeletion: true,
          },
        ],
      },
      spec: {
        backoffLimit: 0,
        template: {
          metadata: { labels: { app: 't', 'analysisrun.argoproj.io/uid': runUid } },
          spec: { containers: [{ name: 'main' }] },
        },
      },
    })
  })

  it('PRV-404: has no owner where the run is not, and PRV-409: so nothing of ours deletes it', () => {
    expect(jobObject({ ...placed, namespace: 'checks', besideRun: false }).metadata).not.toHaveProperty(
      'ownerReferences',
    )
  })

  it('PRV-410: is found by a label, and its pods too', () => {
    const { metadata, spec } = jobObject(placed)
    expect(metadata.labels).toHaveProperty(['analysisrun.argoproj.io/uid'])
    expect(spec.template.metadata?.labels).toHaveProperty(['analysisrun.argoproj.io/uid'])
  })
})
