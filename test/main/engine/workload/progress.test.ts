import { describe, expect, it } from 'vitest'
import { workloadProgress } from '#engine/workload/progress.ts'
import { aDeployment, aStatefulSet } from '#test/support/builders/workload.ts'

const deployment = (...args: Parameters<typeof aDeployment>) => workloadProgress(aDeployment(...args))
const statefulSet = (...args: Parameters<typeof aStatefulSet>) => workloadProgress(aStatefulSet(...args))

describe('a Deployment', () => {
  it('has rolled out once all pods are new and available and no old one is left', () => {
    expect(deployment()).toEqual({ phase: 'Healthy', message: '' })
  })

  it.each([
    ['not seen yet', { observedGeneration: 1 }, 'its controller has not seen this change yet'],
    ['pods to be updated', { updatedReplicas: 1 }, '1 of 3 pods are new'],
    ['old pods left', { replicas: 5 }, '2 old pods are still there'],
    ['pods to become available', { availableReplicas: 2 }, '2 of 3 new pods are available'],
  ])('goes on: %s', (_why, status, message) => {
    expect(deployment({ status })).toEqual({ phase: 'Progressing', message })
  })

  it('that exceeded its deadline is degraded, unless another change came since', () => {
    const conditions = [
      {
        type: 'Progressing',
        status: 'False',
        reason: 'ProgressDeadlineExceeded',
        message: 'ReplicaSet "web-2" has timed out',
      },
    ] as const
    const late = { updatedReplicas: 1, conditions }
    expect(deployment({ status: late })).toEqual({ phase: 'Degraded', message: 'ReplicaSet "web-2" has timed out' })
    expect(deployment({ status: { ...late, observedGeneration: 1 } }).phase).toBe('Progressing')
  })

  it('whose pods are refused is degraded while some are missing', () => {
    const conditions = [{ type: 'ReplicaFailure', status: 'True', message: 'exceeded quota' }] as const
    expect(deployment({ status: { updatedReplicas: 1, conditions } }).phase).toBe('Degraded')
    expect(deployment({ status: { conditions } }).phase).toBe('Healthy')
  })

  it('that is paused says what is outstanding', () => {
    expect(deployment({ spec: { paused: true }, status: { updatedReplicas: 1 } })).toEqual({
      phase: 'Paused',
      message: '1 of 3 pods are new',
    })
  })

  it('of no pods has rolled out', () => {
    const status = { replicas: 0, updatedReplicas: 0, availableReplicas: 0 }
    expect(deployment({ spec: { replicas: 0 }, status }).phase).toBe('Healthy')
  })
})

describe('a StatefulSet', () => {
  it('has rolled out once its pods are ready and have the new revision', () => {
    expect(statefulSet()).toEqual({ phase: 'Healthy', message: '' })
  })

  it.each([
    ['never seen', { observedGeneration: 0 }, 'its controller has not seen this change yet'],
    ['pods to become ready', { readyReplicas: 2 }, '2 of 3 pods are ready'],
    ['pods to be updated', { currentRevision: 'web-a', updatedReplicas: 1 }, '1 of 3 pods are new'],
  ])('goes on: %s', (_why, status, message) => {
    expect(statefulSet({ status })).toEqual({ phase: 'Progressing', message })
  })

  it('with a partition is done when the pods beyond it are new', () => {
    const spec = { updateStrategy: { rollingUpdate: { partition: 2 } } }
    const status = { currentRevision: 'web-a', updatedReplicas: 0 }
    expect(statefulSet({ spec, status }).message).toBe('0 of 1 pods outside the partition are new')
    expect(statefulSet({ spec, status: { ...status, updatedReplicas: 1 } }).phase).toBe('Healthy')
  })

  it('with OnDelete waits for a person while old pods are there', () => {
    const spec = { updateStrategy: { type: 'OnDelete' } as const }
    expect(statefulSet({ spec, status: { currentRevision: 'web-a' } }).phase).toBe('Paused')
    expect(statefulSet({ spec }).phase).toBe('Healthy')
  })
})
