import { expect, it, onTestFinished } from 'vitest'
import type { AnalysisRun } from '#api/analysis.ts'
import type { KubeObject } from '#api/meta.ts'
import { resources } from '#api/resources.ts'
import type { Rollout } from '#api/rollout.ts'
import { type Concerned, DirtyRollouts } from '#main/controller/dirty-rollouts.ts'
import { anAnalysisRun, anAnalysisTemplate } from '#test/support/builders/analysis.ts'
import { aReplicaSet } from '#test/support/builders/replica-set.ts'
import { aRollout } from '#test/support/builders/rollout.ts'
import { aService } from '#test/support/builders/service.ts'
import { aStepExperiment } from '#test/support/experiment-step.ts'
import { FakeApi } from '#test/support/fake-api.ts'
import { FakeCluster } from '#test/support/fake-cluster.ts'

/** Follows a cluster that holds `shop/web`; what a change concerned is in `marked`. */
function following(rollout: Rollout = aRollout(), instanceID?: string) {
  const api = new FakeApi()
  const cluster = new FakeCluster(api)
  api.put(resources.rollouts, rollout)
  const marked: string[] = []
  const concerned: Concerned = {
    rollout: (key) => marked.push(key),
    service: () => undefined,
    droppedService: (key) => marked.push(`dropped ${key}`),
  }
  const dirty = new DirtyRollouts(cluster, instanceID, concerned)
  dirty.start()
  onTestFinished(() => dirty.stop())
  const after = (change: () => void): readonly string[] => {
    marked.length = 0
    change()
    return [...new Set(marked)]
  }
  return { api, dirty, marked, after }
}

const deployment = (name: string): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { namespace: 'shop', name },
})

it('REC-2: every Rollout is looked at in the beginning, then when it changes', () => {
  const { api, marked, after } = following()
  expect(marked).toEqual(['shop/web'])
  expect(after(() => void api.put(resources.rollouts, aRollout({ replicas: 3 })))).toEqual(['shop/web'])
})

it('REC-2: one that goes lets its Services go', () => {
  const { api, after } = following(aRollout({ canary: { stableService: 'live' } }))
  expect(after(() => api.remove(resources.rollouts, { namespace: 'shop', name: 'web' }))).toContain('dropped shop/live')
})

it('REC-3: a ReplicaSet concerns the Rollout that controls it, when it comes, changes and goes', () => {
  const { api, after } = following()
  const rs = aReplicaSet()
  expect(after(() => void api.put(resources.replicaSets, rs))).toEqual(['shop/web'])
  const grown = { ...rs, status: { replicas: 2 } }
  expect(after(() => void api.put(resources.replicaSets, grown as KubeObject))).toEqual(['shop/web'])
  expect(after(() => api.remove(resources.replicaSets, rs.metadata))).toEqual(['shop/web'])
})

it.each<[string, KubeObject]>([
  ['of nobody', aReplicaSet({ owner: null })],
  [
    'of a Deployment',
    {
      ...aReplicaSet(),
      metadata: {
        ...aReplicaSet().metadata,
        ownerReferences: [{ apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid: 'uid-web', controller: true }],
      },
    },
  ],
])('REC-3: a ReplicaSet %s concerns nobody', (_whose, rs) => {
  const { api, after } = following()
  expect(after(() => void api.put(resources.replicaSets, rs))).toEqual([])
})

it('DEL-1, REC-6: a Service concerns the Rollouts of its namespace that name it', () => {
  const { api, after } = following(aRollout({ blueGreen: { activeService: 'live' } }))
  expect(after(() => void api.put(resources.services, aService('live')))).toEqual(['shop/web'])
  expect(after(() => void api.put(resources.services, aService('live', 'v1')))).toEqual(['shop/web'])
  expect(after(() => api.remove(resources.services, { namespace: 'shop', name: 'live' }))).toEqual(['shop/web'])
  expect(after(() => void api.put(resources.services, aService('other')))).toEqual([])
  const elsewhere = { ...aService('live'), metadata: { ...aService('live').metadata, namespace: 'bank' } }
  expect(after(() => void api.put(resources.services, elsewhere))).toEqual([])
})

it('REC-7: a Deployment concerns the Rollouts that borrow from it, when it comes, changes and goes', () => {
  const { api, after } = following(
    aRollout({ spec: { workloadRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'lent' } } }),
  )
  expect(after(() => void api.put(resources.deployments, deployment('lent')))).toEqual(['shop/web'])
  expect(after(() => void api.put(resources.deployments, deployment('lent')))).toEqual(['shop/web'])
  expect(after(() => void api.put(resources.deployments, deployment('other')))).toEqual([])
  expect(after(() => api.remove(resources.deployments, { namespace: 'shop', name: 'lent' }))).toEqual(['shop/web'])
})

it('OPS-50: what belongs to another instance concerns nobody here', () => {
  const { api, marked, after } = following(aRollout({ canary: { stableService: 'live' } }), 'blue')
  expect(marked).toEqual([])
  expect(after(() => void api.put(resources.replicaSets, aReplicaSet()))).toEqual([])
  expect(after(() => api.remove(resources.rollouts, { namespace: 'shop', name: 'web' }))).toEqual([])
})

it('REC-5, EXP-301: an Experiment concerns the Rollout that controls it, when it comes, changes and goes', () => {
  const { api, after } = following()
  const own = aStepExperiment('try', { phase: 'Pending' })
  expect(after(() => void api.put(resources.experiments, own))).toEqual(['shop/web'])
  const running = { ...own, status: { phase: 'Running' } }
  expect(after(() => void api.put(resources.experiments, running as KubeObject))).toEqual(['shop/web'])
  expect(after(() => api.remove(resources.experiments, own.metadata))).toEqual(['shop/web'])
  const { ownerReferences: _none, ...metadata } = own.metadata
  expect(after(() => void api.put(resources.experiments, { ...own, metadata }))).toEqual([])
})

it('REC-4, ANA-1108: an AnalysisRun concerns the Rollout that controls it when it comes, changes its phase, and goes', () => {
  const { api, after } = following()
  const run = anAnalysisRun()
  const put = (status: AnalysisRun['status']) => () =>
    void api.put(resources.analysisRuns, status === undefined ? run : { ...run, ...{ status } })
  expect(after(put(undefined))).toEqual(['shop/web'])
  expect(after(put({ phase: 'Running' }))).toEqual(['shop/web'])
  expect(after(put({ phase: 'Running', message: 'as before' }))).toEqual([])
  expect(after(put({ phase: 'Failed' }))).toEqual(['shop/web'])
  expect(after(() => api.remove(resources.analysisRuns, run.metadata))).toEqual(['shop/web'])
})

it('a template concerns the Rollouts of its namespace that have analyses', () => {
  const template = anAnalysisTemplate('smoke', {})
  const plain = following()
  expect(plain.after(() => void plain.api.put(resources.analysisTemplates, template))).toEqual([])
  const { api, after } = following(aRollout({ steps: [{ analysis: { templates: [{ templateName: 'smoke' }] } }] }))
  expect(after(() => void api.put(resources.analysisTemplates, template))).toEqual(['shop/web'])
})
