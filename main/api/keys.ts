/** Labels, annotations and fixed names of the Argo Rollouts API, spelled as on the wire. */

export const labels = {
  podTemplateHash: 'rollouts-pod-template-hash',
  instanceID: 'argo-rollouts.argoproj.io/controller-instance-id',
  /** Of AnalysisRuns: what for, and for which step (ANA-1101). */
  rolloutType: 'rollout-type',
  stepIndex: 'step-index',
  /** Of Jobs that measure: the uid of their AnalysisRun (PRV-404). */
  analysisRunUid: 'analysisrun.argoproj.io/uid',
  /** Argosy's own, of AnalysisRuns that repeat another one: the uid of the Rollout they are shown with. */
  rerunFor: 'argosy.dev/rerun-for',
} as const

export const annotations = {
  revision: 'rollout.argoproj.io/revision',
  revisionHistory: 'rollout.argoproj.io/revision-history',
  desiredReplicas: 'rollout.argoproj.io/desired-replicas',
  workloadGeneration: 'rollout.argoproj.io/workload-generation',
  ephemeralMetadata: 'rollout.argoproj.io/ephemeral-metadata',
  managedByRollouts: 'argo-rollouts.argoproj.io/managed-by-rollouts',
  /** Of AnalysisTemplates and AnalysisRuns, read by Argosy alone. */
  judge: 'argosy.dev/judge',
  judgeScore: 'argosy.dev/judge-score',
  metricsVia: 'argosy.dev/metrics-via',
  /** Not prefixed in the reference (VIEW-94). */
  scaleDownDeadline: 'scale-down-deadline',
  /** On ReplicaSets and Services of an Experiment: its name, and that of the template they belong to (EXP-305). */
  experimentName: 'experiment.argoproj.io/name',
  experimentTemplate: 'experiment.argoproj.io/template-name',
  /** Argosy's own, of Rollouts: the fleet plan that has it, and the epoch of the plan's holder (SR-6). */
  plan: 'argosy.dev/plan',
  epoch: 'argosy.dev/epoch',
  /** Argosy's own, of Rollouts: who pauses it for a plan, why, and what `spec.paused` was before (W12). */
  hold: 'argosy.dev/hold',
  /** Argosy's own, of Rollouts: the Deployment that it was made from, and what that was before. */
  madeFrom: 'argosy.dev/made-from',
  /** Argosy's own: the name of the AnalysisRun that this one repeats. */
  rerunOf: 'argosy.dev/rerun-of',
  /** Argosy's own, of AnalysisRuns: what their judged metrics score, 0…100. */
  score: 'argosy.dev/score',
  /** Argosy's own, of canary Mappings: since when they get no requests, so that they can go (AMB-6). */
  weightlessSince: 'argosy.dev/weightless-since',
} as const

/** Name of the leader lock; with an instance id, `-<id>` follows (OPS-30). */
export const leaseName = 'argo-rollouts-controller-lock'

/** Where lease and configuration live unless told otherwise (OPS-20). */
export const controllerNamespace = 'argo-rollouts'

export const eventComponent = 'rollouts-controller'

export const fieldManager = 'argosy'
