import type {
  AnalysisArgument,
  AnalysisRun,
  AnalysisRunSpec,
  AnalysisTemplate,
  AnalysisTemplateSpec,
  ClusterAnalysisTemplate,
  Metric,
} from '#api/analysis.ts'
import type { ObjectMeta } from '#api/meta.ts'
import type { TemplateSource } from '#engine/analysis/templates.ts'

/** A metric that is measured once, by Prometheus. */
export const aMetric = (metric: Partial<Metric> = {}): Metric => ({
  name: 'rate',
  provider: { prometheus: { address: 'http://prometheus', query: 'up' } },
  ...metric,
})

export const anAnalysisTemplate = (name: string, spec: AnalysisTemplateSpec): AnalysisTemplate => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'AnalysisTemplate',
  metadata: { name, namespace: 'shop', uid: `uid-${name}` },
  spec,
})

export const aClusterTemplate = (name: string, spec: AnalysisTemplateSpec): ClusterAnalysisTemplate => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'ClusterAnalysisTemplate',
  metadata: { name, uid: `uid-cluster-${name}` },
  spec,
})

export const templateSource = (
  namespaced: readonly AnalysisTemplate[] = [],
  cluster: readonly ClusterAnalysisTemplate[] = [],
): TemplateSource => ({
  namespaced: Object.fromEntries(namespaced.map((each) => [each.metadata.name, each])),
  cluster: Object.fromEntries(cluster.map((each) => [each.metadata.name, each])),
})

/** A run of the Rollout `web` in `shop`, as it is before its first pass. */
export const anAnalysisRun = (
  spec: Partial<AnalysisRunSpec> = {},
  more: { readonly metadata?: Partial<ObjectMeta>; readonly status?: AnalysisRun['status'] } = {},
): AnalysisRun => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'AnalysisRun',
  metadata: {
    name: 'web-v2-2-1',
    namespace: 'shop',
    uid: 'uid-run',
    resourceVersion: '1',
    creationTimestamp: '2026-01-15T10:00:00Z',
    labels: { 'rollouts-pod-template-hash': 'v2' },
    ownerReferences: [
      {
        apiVersion: 'argoproj.io/v1alpha1',
        kind: 'Rollout',
        name: 'web',
        uid: 'uid-web',
        controller: true,
        blockOwnerDeletion: true,
      },
    ],
    ...more.metadata,
  },
  spec: { metrics: [aMetric()], ...spec },
  ...(more.status !== undefined && { status: more.status }),
})

export const secretArgument = (name: string): AnalysisArgument => ({
  name,
  valueFrom: { secretKeyRef: { name: 'tokens', key: name } },
})
