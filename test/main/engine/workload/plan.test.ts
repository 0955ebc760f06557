import { describe, expect, it } from 'vitest'
import type { ActionPlan } from '#engine/actions/action-plan.ts'
import { closedBecause, planWorkloadAction } from '#engine/workload/plan.ts'
import { aControllerRevision, aDeployment, aReplicaSetOf, aStatefulSet } from '#test/support/builders/workload.ts'

type Wish = Parameters<typeof planWorkloadAction>[0]

const now = Date.UTC(2026, 0, 15, 10)
const plan = (action: Wish['action'], more: Partial<Wish> = {}) =>
  planWorkloadAction({ action, workload: aDeployment(), revisions: [], parameters: {}, now, ...more })

function planned(...args: Parameters<typeof plan>): ActionPlan {
  const outcome = plan(...args)
  if (!outcome.ok) throw new Error(outcome.error.reason)
  return outcome.value
}

const precondition = { uid: 'uid-deployment', resourceVersion: '7' }

describe('a Deployment', () => {
  it('is paused and resumed by the patches of kubectl, held to the version seen', () => {
    const at = { resource: { plural: 'deployments' }, namespace: 'shop', name: 'web' }
    expect(planned('pause').writes).toMatchObject([
      { kind: 'patch', ref: at, patchType: 'strategic', body: { spec: { paused: true } }, precondition },
    ])
    const workload = aDeployment({ spec: { paused: true } })
    expect(planned('resume', { workload }).writes).toMatchObject([{ body: { spec: { paused: null } }, precondition }])
  })

  it('is restarted by an annotation of its template', () => {
    expect(planned('restart').writes).toMatchObject([
      {
        patchType: 'strategic',
        body: {
          spec: {
            template: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': '2026-01-15T10:00:00Z' } } },
          },
        },
      },
    ])
    expect(plan('restart', { parameters: { delay: '5m' } })).toMatchObject({ ok: false })
  })

  it('goes back to the one before, its own annotations kept, those of the revision taken, the hash label left out', () => {
    const workload = aDeployment({
      metadata: { annotations: { 'deployment.kubernetes.io/revision': '3', 'kubernetes.io/change-cause': 'three' } },
    })
    const revisions = [
      aReplicaSetOf(1, 'web:0'),
      aReplicaSetOf(3, 'web:2'),
      aReplicaSetOf(2, 'web:1', { annotations: { 'kubernetes.io/change-cause': 'two' } }),
    ]
    expect(planned('undo', { workload, revisions }).writes).toMatchObject([
      {
        patchType: 'json',
        body: [
          {
            op: 'replace',
            path: '/spec/template',
            value: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ image: 'web:1' }] } },
          },
          {
            op: 'replace',
            path: '/metadata/annotations',
            value: { 'deployment.kubernetes.io/revision': '3', 'kubernetes.io/change-cause': 'two' },
          },
        ],
        precondition,
      },
    ])
    expect(planned('undo', { workload, revisions, parameters: { toRevision: 1 } }).effects[0]).toContain('revision 1')
  })

  it('sends nothing when its template is that one already', () => {
    const revisions = [aReplicaSetOf(1, 'web:2'), aReplicaSetOf(2, 'web:2')]
    expect(planned('undo', { revisions }).writes).toEqual([])
  })

  it('says which revision is not kept', () => {
    expect(plan('undo', { revisions: [aReplicaSetOf(1, 'web:2')] })).toMatchObject({
      error: { reason: "no earlier revision of deployment 'web' is kept" },
    })
    expect(plan('undo', { parameters: { toRevision: 9 } })).toMatchObject({
      error: { reason: "revision 9 of deployment 'web' is not kept" },
    })
  })

  it('that is paused is neither rolled back nor restarted, as kubectl has it', () => {
    const workload = aDeployment({ spec: { paused: true } })
    for (const action of ['undo', 'restart', 'pause'] as const) expect(closedBecause(action, workload)).toBeDefined()
    expect(closedBecause('resume', workload)).toBeUndefined()
  })

  it('ACT-99: warns where Git has it', () => {
    const workload = aDeployment({ metadata: { labels: { 'app.kubernetes.io/managed-by': 'Helm' } } })
    expect(planned('pause', { workload }).warnings).toEqual([
      'web is managed by Helm: a live edit is overwritten by the next upgrade',
    ])
  })
})

describe('a StatefulSet', () => {
  const workload = aStatefulSet()

  it('goes back by the patch that its ControllerRevision holds', () => {
    const revisions = [aControllerRevision(1, 'web:1'), aControllerRevision(2, 'web:2')]
    expect(planned('undo', { workload, revisions }).writes).toMatchObject([
      {
        ref: { resource: { plural: 'statefulsets' } },
        patchType: 'strategic',
        body: { spec: { template: { $patch: 'replace', spec: { containers: [{ image: 'web:1' }] } } } },
      },
    ])
  })

  it('cannot be paused, and has no steps', () => {
    expect(closedBecause('pause', workload)).toBe('A StatefulSet cannot be paused')
    expect(closedBecause('promote', workload)).toContain('Open on Rollouts')
  })

  it('of one pod is down while that is replaced', () => {
    const single = aStatefulSet({ spec: { replicas: 1 } })
    expect(planned('restart', { workload: single }).warnings).toEqual([
      'There is one replica: it is down while its pod is replaced',
    ])
  })
})
