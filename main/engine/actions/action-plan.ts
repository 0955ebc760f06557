import type { Rollout } from '#api/rollout.ts'
import type { PatchWrite, Write } from '#engine/decision.ts'
import type { RolloutWorld } from '#engine/world.ts'
import type { EpochMs } from '#lib/clock.ts'
import type { Outcome } from '#lib/outcome.ts'
import type { ActionFacts } from './action-facts.ts'

export type RolloutAction =
  | 'promote'
  | 'promoteFull'
  | 'skipStep'
  | 'pause'
  | 'resume'
  | 'abort'
  | 'retry'
  | 'undo'
  | 'restart'
  | 'cancelRestart'
  | 'setImage'
  | 'rerunAnalysis'
  | 'terminateAnalysis'
  | 'terminateExperiment'

export interface ContainerImage {
  /** The name of a container, or `*` for all (ACT-110). */
  readonly container: string
  readonly image: string
}

/** What some actions need beyond their name. */
export interface ActionParameters {
  /** `undo`: which revision; absent or 0 means the one before the newest (ACT-90). */
  readonly toRevision?: number | undefined
  /** `setImage`: all in one update (ACT-115). */
  readonly images?: readonly ContainerImage[] | undefined
  /** `skipStep`: all that are left instead of the current one (ACT-31). */
  readonly allSteps?: boolean | undefined
  /** `abort`: also end a pause set by hand, without which nothing is scaled (ACT-54). */
  readonly resume?: boolean | undefined
  /** `restart`: how long from now, as a Go duration in the person's own spelling; absent means at once (ACT-80). */
  readonly delay?: string | undefined
  /** `rerunAnalysis`, `terminateAnalysis`: the name of the AnalysisRun. */
  readonly run?: string | undefined
  /** `terminateExperiment`: the name of the Experiment. */
  readonly experiment?: string | undefined
}

/** What an action would do, before it is done. */
export interface ActionPlan {
  /** In the order they must be sent: status before spec (ACT-3). Empty when there is nothing to do. */
  readonly writes: readonly Write[]
  /**
   * Sent instead of `writes` when the status patch is answered with 404: the cluster's definition has no status subresource
   * (ACT-4). Absent where no status is patched.
   */
  readonly unified?: PatchWrite
  /** Consequences in words, most important first. */
  readonly effects: readonly string[]
  /** What a person should know before saying yes. */
  readonly warnings: readonly string[]
  /** One line for when it is done (ACT-24 and its like). */
  readonly message: string
}

/** Why an action cannot be done now, and when it could. */
export interface NotOpen {
  readonly reason: string
}

export interface ActionContext {
  readonly world: RolloutWorld
  /** Normalised; `world.rollout` is as stored. */
  readonly rollout: Rollout
  readonly facts: ActionFacts
  readonly parameters: ActionParameters
  readonly now: EpochMs
}

/** Works out one action that is open. Fails when its parameters or what they name are wrong. */
export type Planner = (context: ActionContext) => Outcome<ActionPlan, NotOpen>
