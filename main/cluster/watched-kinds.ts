import { labels } from '#api/keys.ts'
import { type Resource, resources } from '#api/resources.ts'
import { gatewayApiRecord, routeKinds } from '#api/route-kinds.ts'
import type { ListOptions } from './client.ts'
import type { CachedKinds, CachedRouteKind } from './cluster.ts'

/**
 * What is watched of a kind. Of the Argo kinds those of one instance id, or those without any (OPS-50); ReplicaSets of rollouts, Jobs
 * of AnalysisRuns (OPS-51); events about rollouts; of ConfigMaps the one of the Gateway API plugin alone (GW-20).
 */
export function watchedKind(
  kind: keyof CachedKinds,
  instanceID: string | undefined,
): { readonly resource: Resource; readonly scope: ListOptions } {
  if (kind === 'configMaps')
    return { resource: routeKinds[kind], scope: { fieldSelector: `metadata.name=${gatewayApiRecord}` } }
  if (isRouteKind(kind)) return { resource: routeKinds[kind], scope: {} }
  const resource = resources[kind]
  switch (kind) {
    case 'rollouts':
    case 'experiments':
    case 'analysisRuns':
    case 'analysisTemplates':
    case 'clusterAnalysisTemplates': {
      const labelSelector = instanceID === undefined ? `!${labels.instanceID}` : `${labels.instanceID}=${instanceID}`
      return { resource, scope: { labelSelector } }
    }
    case 'replicaSets':
      return { resource, scope: { labelSelector: labels.podTemplateHash } }
    case 'jobs':
      return { resource, scope: { labelSelector: labels.analysisRunUid } }
    case 'events':
      return { resource, scope: { fieldSelector: 'involvedObject.kind=Rollout' } }
    case 'pods':
    case 'services':
    case 'deployments':
    case 'statefulSets':
      return { resource, scope: {} }
  }
}

export const isRouteKind = (kind: keyof CachedKinds): kind is CachedRouteKind =>
  kind !== 'services' && Object.hasOwn(routeKinds, kind)

const optional: readonly (keyof CachedKinds)[] = [
  'events',
  'deployments',
  'statefulSets',
  'experiments',
  'analysisRuns',
  'analysisTemplates',
  'clusterAnalysisTemplates',
  'jobs',
]

/**
 * Nothing is decided by events, and most Rollouts do without workloads of others, analyses, Experiments and routers: who may not read these kinds, or has
 * none of them, sees a cluster like any other. A Rollout that needs them waits.
 */
export const isOptional = (kind: keyof CachedKinds): boolean => optional.includes(kind) || isRouteKind(kind)
