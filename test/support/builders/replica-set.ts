import type { ReplicaSet } from '#api/apps.ts'
import { annotations, labels } from '#api/keys.ts'
import { aPodTemplate } from './rollout.ts'

interface ReplicaSetOptions {
  readonly hash?: string
  readonly name?: string
  readonly image?: string
  readonly revision?: number
  /** `spec.replicas`. */
  readonly size?: number
  /** Available, ready and existing pods; `size` when absent. */
  readonly available?: number
  readonly existing?: number
  readonly desired?: number
  readonly deadline?: string
  readonly createdAt?: string
  readonly owner?: string | null
  readonly annotations?: Readonly<Record<string, string>>
}

/** A ReplicaSet of the Rollout `web`, fully available unless said otherwise. */
export function aReplicaSet(options: ReplicaSetOptions = {}): ReplicaSet {
  const { hash = 'v1', image = 'web:1', size = 1, owner = 'uid-web' } = options
  const { available = size, existing = size, desired = size, revision = 1, name = `web-${hash}` } = options
  const template = aPodTemplate(image)
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name,
      namespace: 'shop',
      uid: `uid-${name}`,
      resourceVersion: '1',
      generation: 1,
      creationTimestamp: options.createdAt ?? '2026-01-15T09:00:00Z',
      labels: { app: 'web', [labels.podTemplateHash]: hash },
      annotations: {
        [annotations.revision]: String(revision),
        [annotations.desiredReplicas]: String(desired),
        ...(options.deadline !== undefined && { [annotations.scaleDownDeadline]: options.deadline }),
        ...options.annotations,
      },
      ...(owner !== null && {
        ownerReferences: [
          {
            apiVersion: 'argoproj.io/v1alpha1',
            kind: 'Rollout',
            name: 'web',
            uid: owner,
            controller: true,
            blockOwnerDeletion: true,
          },
        ],
      }),
    },
    spec: {
      replicas: size,
      selector: { matchLabels: { app: 'web', [labels.podTemplateHash]: hash } },
      template: {
        ...template,
        metadata: { labels: { ...template.metadata?.labels, [labels.podTemplateHash]: hash } },
      },
    },
    status: {
      replicas: existing,
      readyReplicas: available,
      availableReplicas: available,
      observedGeneration: 1,
    },
  }
}
