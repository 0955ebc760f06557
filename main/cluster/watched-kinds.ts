import { labels } from '#api/keys.ts'
import { type Resource, resources } from '#api/resources.ts'
import type { ListOptions } from './client.ts'
import type { CachedKinds } from './cluster.ts'

/**
 * What is watched of a kind. Rollouts: those of one instance id, or those without any (OPS-50); ReplicaSets: those of rollouts
 * (OPS-51); events: those about rollouts.
 */
export function watchedKind(
  kind: keyof CachedKinds,
  instanceID: string | undefined,
): { readonly resource: Resource; readonly scope: ListOptions } {
  const resource = resources[kind]
  switch (kind) {
    case 'rollouts': {
      const labelSelector = instanceID === undefined ? `!${labels.instanceID}` : `${labels.instanceID}=${instanceID}`
      return { resource, scope: { labelSelector } }
    }
    case 'replicaSets':
      return { resource, scope: { labelSelector: labels.podTemplateHash } }
    case 'events':
      return { resource, scope: { fieldSelector: 'involvedObject.kind=Rollout' } }
    case 'pods':
    case 'services':
    case 'deployments':
      return { resource, scope: {} }
  }
}
