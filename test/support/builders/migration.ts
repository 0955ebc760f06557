import type { Deployment } from '#api/apps.ts'
import type { HorizontalPodAutoscaler, PodDisruptionBudget, ScaleTarget } from '#api/autoscaling.ts'
import type { Service } from '#api/core.ts'
import type { KubeObject, ObjectMeta } from '#api/meta.ts'
import type { Rollout, RolloutSpec, RolloutStatus } from '#api/rollout.ts'
import type { MigrationPlan, MigrationWorld } from '#engine/migration/migration.ts'
import type { Outcome } from '#lib/outcome.ts'
import { aDeployment } from './workload.ts'

const metadataOf = (kind: string, more: Partial<ObjectMeta> = {}): ObjectMeta => ({
  name: 'web',
  namespace: 'shop',
  uid: `uid-${kind}`,
  resourceVersion: '9',
  ...more,
})

export const anAutoscaler = (to: ScaleTarget, metadata: Partial<ObjectMeta> = {}): HorizontalPodAutoscaler => ({
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: metadataOf('hpa', metadata),
  spec: { scaleTargetRef: to, minReplicas: 2, maxReplicas: 10 },
})

export const aBudget = (name: string): PodDisruptionBudget => ({
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: metadataOf('pdb', { name }),
  spec: { selector: { matchLabels: { app: 'web' } } },
})

export const aWebService = (
  name: string,
  selector: Readonly<Record<string, string>> = { app: 'web' },
  metadata: Partial<ObjectMeta> = {},
): Service => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: metadataOf('service', { name, ...metadata }),
  spec: { selector },
})

export const anIngressTo = (name: string, service: string): KubeObject =>
  ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: metadataOf('ingress', { name }),
    spec: { rules: [{ http: { paths: [{ backend: { service: { name: service } } }] } }] },
  }) as KubeObject

/** A Rollout that has taken over from Deployment `web`: three pods, settled, observed. */
export const aBorrower = ({
  spec,
  status,
  metadata,
}: {
  spec?: Partial<RolloutSpec>
  status?: Partial<RolloutStatus>
  metadata?: Partial<ObjectMeta>
} = {}): Rollout =>
  ({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: metadataOf('rollout', { generation: 1, ...metadata }),
    spec: {
      replicas: 3,
      workloadRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', scaleDown: 'onsuccess' },
      strategy: { canary: {} },
      ...spec,
    },
    status: { observedGeneration: '1', phase: 'Healthy', currentPodHash: 'aaa', stableRS: 'aaa', ...status },
  }) as Rollout

export const emptied = (more: Partial<Deployment['spec']> = {}): Deployment =>
  aDeployment({
    spec: { replicas: 0, ...more },
    status: { replicas: 0, updatedReplicas: 0, readyReplicas: 0, availableReplicas: 0 },
  })

export const aMigrationWorld = (more: Partial<MigrationWorld> = {}): MigrationWorld => ({
  deployment: aDeployment(),
  rollouts: [],
  isServed: true,
  services: [],
  autoscalers: [],
  budgets: [],
  ingresses: [],
  unread: [],
  driver: 'somebody',
  ...more,
})

export const summariesOf = (plan: Outcome<MigrationPlan, { readonly reason: string }>) => {
  if (!plan.ok) throw new Error(plan.error.reason)
  return plan.value.steps.map(({ summary, isDone, write }) => `${isDone ? '✓' : write ? '→' : '…'} ${summary}`)
}
