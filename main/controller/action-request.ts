import type { Rollout } from '#api/rollout.ts'
import type { GuardView } from '#contract/guard-views.ts'
import type { ActionName } from '#contract/views.ts'
import { type ActionParameters, planAction } from '#engine/actions/plan-action.ts'
import type { Write } from '#engine/decision.ts'
import type { PastRun } from '#engine/forecast/past-runs.ts'
import type { RolloutWorld } from '#engine/world.ts'
import type { Clock, EpochMs } from '#lib/clock.ts'
import type { Log } from '#lib/log.ts'
import type { ClusterClient } from '#main/cluster/client.ts'
import type { RequestWrite } from './apply-writes.ts'

/** One action on one Rollout of one cluster. */
export interface ActionRequest {
  readonly cluster: { readonly context: string; readonly client: ClusterClient }
  readonly clock: Clock
  readonly action: ActionName
  readonly namespace: string
  readonly name: string
  readonly parameters: ActionParameters
  /** Why, in the person's words; for the log. */
  readonly reason?: string
  readonly log?: Log
  /** Why the rails around this cluster hold it back, on the Rollout as it is right before it is sent; `undefined`: they do not. */
  readonly heldBack?: (rollout: Rollout) => string | undefined
}

/** What a preview may ask besides the Rollout; each is left out where it is not at hand. */
export interface PreviewSources {
  /** All around the Rollout: revisions get numbers and images in the words of the preview, and what follows is foreseen. */
  readonly world?: (rollout: Rollout) => Promise<RolloutWorld | undefined>
  /** Earlier updates, for how long such things take here. */
  readonly pastRuns?: readonly PastRun[]
  /** What has to be given before it is sent. */
  readonly guard?: (rollout: Rollout) => GuardView
  /** The right that the action lacks on this Rollout, in words; `undefined` when it lacks none (ACT-14). */
  readonly missingRight?: (rollout: Rollout, writes: readonly RequestWrite[]) => Promise<string | undefined>
}

/** The API server's time: restarts are compared with the creation times it stamps (ACT-83). */
export const serverNow = ({ cluster, clock }: Pick<ActionRequest, 'cluster' | 'clock'>): EpochMs =>
  clock.now() + (cluster.client.clockOffsetMs ?? 0)

export const planNow = (request: ActionRequest, world: RolloutWorld) =>
  planAction({ action: request.action, world, parameters: request.parameters, now: serverNow(request) })

export const isRequest = (write: Write): write is RequestWrite => write.kind !== 'event'
