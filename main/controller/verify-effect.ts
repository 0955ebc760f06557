import type { Rollout } from '#api/rollout.ts'
import type { ActionEffect } from '#contract/views.ts'
import { type ActionEcho, hasTakenEffect } from '#engine/actions/effect.ts'
import type { RolloutAction } from '#engine/actions/plan-action.ts'
import type { Clock, Dispose } from '#lib/clock.ts'

/** One Rollout as a watch shows it. */
export interface RolloutFollower {
  /** `undefined`: not known, because the watch has not listed it yet. */
  readonly current: () => Rollout | 'deleted' | undefined
  readonly onChange: (listener: () => void) => Dispose
}

export interface EffectWatch {
  readonly action: RolloutAction
  readonly echo: ActionEcho
  readonly follower: RolloutFollower
  readonly clock: Clock
  readonly timeoutMs?: number
  /** Ends the wait early; it then counts as over. */
  readonly signal?: AbortSignal
}

export type EffectSeen = Pick<ActionEffect, 'state' | 'waitedMs'>

/** How long an engine may take before it is said aloud (ACT-58). */
export const effectTimeoutMs = 30_000

/** Waits, by watch alone, until an engine has acted on what was sent, the Rollout is gone, or the time is over (ACT-58). */
export function verifyEffect(watch: EffectWatch): Promise<EffectSeen> {
  const { clock, follower, signal, timeoutMs = effectTimeoutMs } = watch
  const startedAt = clock.elapsed()
  return new Promise((resolve) => {
    const ends: Dispose[] = []
    const end = (state: EffectSeen['state']) => {
      for (const each of ends.splice(0)) each()
      resolve({ state, waitedMs: clock.elapsed() - startedAt })
    }
    const giveUp = () => end('notSeen')
    const look = () => {
      const state = stateOf(watch)
      if (state !== 'notSeen') end(state)
    }
    ends.push(clock.after(timeoutMs, giveUp), follower.onChange(look))
    signal?.addEventListener('abort', giveUp, { once: true })
    ends.push(() => signal?.removeEventListener('abort', giveUp))
    if (signal?.aborted === true) giveUp()
    else look()
  })
}

function stateOf({ action, echo, follower }: EffectWatch): EffectSeen['state'] {
  const current = follower.current()
  if (current === undefined) return 'notSeen'
  if (current === 'deleted' || current.metadata.uid !== echo.written.metadata.uid) return 'gone'
  return hasTakenEffect(action, echo, current) ? 'seen' : 'notSeen'
}
