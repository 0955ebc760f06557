import type { Rollout } from '#api/rollout.ts'
import { parseRolloutKey } from '#contract/keys.ts'
import type { ActionEffect, ActionName, RolloutKey } from '#contract/views.ts'
import { type ActionEcho, hasTakenEffect } from '#engine/actions/effect.ts'
import type { Clock, Dispose } from '#lib/clock.ts'
import type { Cache } from '#main/cluster/cluster.ts'
import { type Follower, verifyEffect } from '#main/controller/verify-effect.ts'
import type { Driver } from '#main/controller/who-drives.ts'

/** An action that was sent, and where to see what comes of it. */
export interface SentAction {
  readonly key: RolloutKey
  readonly action: ActionName
  readonly resourceVersion: string
  readonly echo: ActionEcho
  /** The cluster's shared cache: nothing is watched for this alone (VIEW-133). */
  readonly rollouts: Cache<Rollout>
  /** Who should act, as known when the wait is over. */
  readonly driver: () => Driver
}

/** Follows what was sent, for the windows to hear what came of it (ACT-58). */
export class EffectFeed {
  readonly #clock: Clock
  readonly #listeners = new Set<(effect: ActionEffect) => void>()
  readonly #stopping = new AbortController()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  onEffect(listener: (effect: ActionEffect) => void): Dispose {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** Resolves once it was told, or the feed has stopped. */
  async follow({ key, action, resourceVersion, echo, rollouts, driver }: SentAction): Promise<void> {
    const { signal } = this.#stopping
    const follower = cacheFollower(rollouts, key)
    const isSeen = (current: Rollout) => hasTakenEffect(action, echo, current)
    const { uid } = echo.written.metadata
    const seen = await verifyEffect({ uid, isSeen, follower, clock: this.#clock, signal })
    if (signal.aborted) return
    this.tell({ key, action, resourceVersion, ...seen, ...driver() })
  }

  tell(effect: ActionEffect): void {
    for (const listener of this.#listeners) listener(effect)
  }

  stop(): void {
    this.#stopping.abort()
    this.#listeners.clear()
  }
}

function cacheFollower(rollouts: Cache<Rollout>, key: RolloutKey): Follower<Rollout> {
  const { namespace = '', name = '' } = parseRolloutKey(key) ?? {}
  return {
    current: () => rollouts.get(`${namespace}/${name}`) ?? (rollouts.synced ? 'deleted' : undefined),
    onChange: (listener) => rollouts.onChange(listener),
  }
}
