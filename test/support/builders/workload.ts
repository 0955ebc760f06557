import type { ControllerRevision, Deployment, ReplicaSet, StatefulSet } from '#api/apps.ts'
import type { ObjectMeta } from '#api/meta.ts'

type Made<T extends { readonly spec: object; readonly status?: object }> = Partial<{
  readonly metadata: Partial<ObjectMeta>
  readonly spec: Partial<T['spec']>
  readonly status: Partial<NonNullable<T['status']>>
}>

const templateOf = (image: string) => ({
  metadata: { labels: { app: 'web' } },
  spec: { containers: [{ name: 'web', image }] },
})

const metadataOf = (kind: string, more: Partial<ObjectMeta> = {}): ObjectMeta => ({
  name: 'web',
  namespace: 'shop',
  uid: `uid-${kind}`,
  resourceVersion: '7',
  generation: 2,
  creationTimestamp: '2026-01-01T00:00:00Z',
  ...more,
})

/** Three pods of `web:2`, all rolled out. */
export const aDeployment = ({ metadata, spec, status }: Made<Deployment> = {}): Deployment => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: metadataOf('deployment', metadata),
  spec: { replicas: 3, selector: { matchLabels: { app: 'web' } }, template: templateOf('web:2'), ...spec },
  status: { observedGeneration: 2, replicas: 3, updatedReplicas: 3, readyReplicas: 3, availableReplicas: 3, ...status },
})

/** The same as a StatefulSet. */
export const aStatefulSet = ({ metadata, spec, status }: Made<StatefulSet> = {}): StatefulSet => ({
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  metadata: metadataOf('statefulset', metadata),
  spec: { replicas: 3, selector: { matchLabels: { app: 'web' } }, template: templateOf('web:2'), ...spec },
  status: {
    observedGeneration: 2,
    replicas: 3,
    readyReplicas: 3,
    updatedReplicas: 3,
    currentRevision: 'web-b',
    updateRevision: 'web-b',
    ...status,
  },
})

const ownedBy = (kind: string) => [
  { apiVersion: 'apps/v1', kind, name: 'web', uid: `uid-${kind.toLowerCase()}`, controller: true },
]

/** Of the Deployment, with the hash label its controller adds. */
export const aReplicaSetOf = (revision: number, image: string, more: Partial<ObjectMeta> = {}): ReplicaSet => ({
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  metadata: {
    name: `web-${revision}`,
    namespace: 'shop',
    uid: `uid-web-${revision}`,
    ownerReferences: ownedBy('Deployment'),
    ...more,
    annotations: { 'deployment.kubernetes.io/revision': String(revision), ...more.annotations },
  },
  spec: {
    replicas: 0,
    selector: { matchLabels: { app: 'web' } },
    template: {
      ...templateOf(image),
      metadata: { labels: { app: 'web', 'pod-template-hash': `hash${revision}` } },
    },
  },
})

/** Of the StatefulSet. */
export const aControllerRevision = (revision: number, image: string): ControllerRevision => ({
  apiVersion: 'apps/v1',
  kind: 'ControllerRevision',
  metadata: { name: `web-${revision}`, namespace: 'shop', ownerReferences: ownedBy('StatefulSet') },
  revision,
  data: { spec: { template: { ...templateOf(image), $patch: 'replace' } as ReturnType<typeof templateOf> } },
})
