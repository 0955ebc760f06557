/** Labels, annotations and fixed names of the Argo Rollouts API, spelled as on the wire. */

export const labels = {
  podTemplateHash: 'rollouts-pod-template-hash',
  instanceID: 'argo-rollouts.argoproj.io/controller-instance-id',
} as const

export const annotations = {
  revision: 'rollout.argoproj.io/revision',
  revisionHistory: 'rollout.argoproj.io/revision-history',
  desiredReplicas: 'rollout.argoproj.io/desired-replicas',
  workloadGeneration: 'rollout.argoproj.io/workload-generation',
  ephemeralMetadata: 'rollout.argoproj.io/ephemeral-metadata',
  managedByRollouts: 'argo-rollouts.argoproj.io/managed-by-rollouts',
  /** Not prefixed in the reference (VIEW-94). */
  scaleDownDeadline: 'scale-down-deadline',
} as const

/** Name of the leader lock; with an instance id, `-<id>` follows (OPS-30). */
export const leaseName = 'argo-rollouts-controller-lock'

/** Where lease and configuration live unless told otherwise (OPS-20). */
export const controllerNamespace = 'argo-rollouts'

export const eventComponent = 'rollouts-controller'

export const fieldManager = 'argosy'
