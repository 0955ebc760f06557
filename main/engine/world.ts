import type { AnalysisRun } from '#api/analysis.ts'
import type { Deployment, ReplicaSet } from '#api/apps.ts'
import type { Pod, PodTemplate, Service } from '#api/core.ts'
import type { Experiment } from '#api/experiment.ts'
import type { Rollout } from '#api/rollout.ts'
import type { TemplateSource } from '#engine/analysis/templates.ts'
import type { SpecError } from '#engine/rollout/validation/spec-error.ts'
import type { AwsVerification } from '#engine/traffic/alb/aws-answers.ts'
import type { Routes } from '#engine/traffic/routes.ts'

/**
 * All the engine may look at for one Rollout: plain objects as read from the API server, and nothing about the event
 * that woke it (rule E2). The shell fills it from its caches; tests write it by hand.
 */
export interface RolloutWorld {
  /** As stored, not normalised. The engine normalises (REC-20). */
  readonly rollout: Rollout
  /**
   * Every ReplicaSet of the namespace that carries the pod-template-hash label and is controlled by this Rollout or by
   * nobody: ours, and those that could be adopted (REC-35).
   */
  readonly replicaSets: readonly ReplicaSet[]
  /**
   * Names of the namespace's other ReplicaSets: foreign ones, and any without the hash label. A new ReplicaSet whose
   * name is taken is a hash collision (REC-50).
   */
  readonly replicaSetNamesTaken?: readonly string[]
  /** Pods controlled by those ReplicaSets; needed for restarts and ephemeral metadata. */
  readonly pods: readonly Pod[]
  /** Services of the namespace that the strategy names, by name; a name that is absent here does not exist. */
  readonly services: Readonly<Record<string, Service>>
  /** What `spec.workloadRef` points to; `undefined` when there is none or it does not exist. */
  readonly workload: Deployment | ReplicaSet | PodTemplate | undefined
  /** Those this Rollout controls, and any others of the namespace that have a name it might use (ANA-1104). Absent: none. */
  readonly analysisRuns?: readonly AnalysisRun[]
  /** Those this Rollout controls, and any others of the namespace that have a name it might use (EXP-808). Absent: none. */
  readonly experiments?: readonly Experiment[]
  /** The templates its analyses refer to, and those that these refer to. Absent: none. */
  readonly templates?: TemplateSource
  /** Why its analyses cannot be measured from here, as far as only those who measure know. Absent: they can. */
  readonly analysisErrors?: readonly SpecError[]
  /** The objects that its traffic routers look at, as far as they exist. Absent: none. */
  readonly routes?: Routes
  /** What AWS says about its load balancers. Absent: nobody asks. */
  readonly aws?: AwsVerification
}
