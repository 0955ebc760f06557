import type { AnalysisRun } from '#api/analysis.ts'
import type { ReplicaSet } from '#api/apps.ts'
import type { Service } from '#api/core.ts'
import type { Experiment } from '#api/experiment.ts'
import type { KubeObject } from '#api/meta.ts'
import type { TemplateSource } from '#engine/analysis/templates.ts'

/** All the engine may look at for one Experiment: plain objects as read from the API server (rule E2). */
export interface ExperimentWorld {
  /** As stored, not normalised. */
  readonly experiment: Experiment
  /** The Rollout that controls it, for Events (EXP-507); `undefined` when none does or it is gone. */
  readonly rollout?: KubeObject
  /** Those this Experiment controls. */
  readonly replicaSets: readonly ReplicaSet[]
  /** Names of the namespace's other ReplicaSets, as far as known: a new one cannot have them (EXP-405). */
  readonly replicaSetNamesTaken?: readonly string[]
  /** Those this Experiment controls. */
  readonly services: readonly Service[]
  /** Names of the namespace's other Services (EXP-408). */
  readonly serviceNamesTaken?: readonly string[]
  /** By name: those this Experiment controls, and any others of the namespace that have a name it might use (ANA-1104). */
  readonly analysisRuns: Readonly<Record<string, AnalysisRun>>
  /** The templates its analyses refer to, and those that these refer to. */
  readonly templates: TemplateSource
}
