import type { ReplicaSet } from '#api/apps.ts'
import type { Pod, Service } from '#api/core.ts'
import { labels } from '#api/keys.ts'

/** A Service for the pods of `shop/web`. */
export const aService = (name: string, hash?: string, annotations?: Readonly<Record<string, string>>): Service => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: {
    name,
    namespace: 'shop',
    uid: `uid-${name}`,
    resourceVersion: '1',
    ...(annotations !== undefined && { annotations }),
  },
  spec: { selector: { app: 'web', ...(hash !== undefined && { [labels.podTemplateHash]: hash }) } },
})

/** A ready pod of a ReplicaSet. */
export const aPod = (rs: ReplicaSet, index: number, createdAt = '2026-01-15T09:00:00Z'): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: `${rs.metadata.name}-${index}`,
    namespace: 'shop',
    uid: `uid-${rs.metadata.name}-${index}`,
    resourceVersion: '1',
    creationTimestamp: createdAt,
    labels: { ...rs.spec.template.metadata?.labels },
    ownerReferences: [
      {
        apiVersion: 'apps/v1',
        kind: 'ReplicaSet',
        name: rs.metadata.name,
        uid: rs.metadata.uid ?? '',
        controller: true,
      },
    ],
  },
  spec: rs.spec.template.spec ?? { containers: [] },
  status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: createdAt }] },
})
