import type { KubeObject } from '#api/meta.ts'
import type { ActionEffect } from '#contract/views.ts'
import type { Clock, Dispose } from '#lib/clock.ts'

/** One object as a watch shows it. */
export interface Follower<T extends KubeObject> {
  /** `undefined`: not known, because the watch has not listed it yet. */
  readonly current: () => T | 'deleted' | undefined
  readonly onChange: (listener: () => void) => Dispose
}

export interface EffectWatch<T extends KubeObject> {
  /** Of the object that was acted on: one of the same name is another. */
  readonly uid: string | undefined
  readonly isSeen: (current: T) => boolean
  readonly follower: Follower<T>
  readonly clock: Clock
  readonly timeoutMs?: number
  /** Ends the wait early; it then counts as over. */
  readonly signal?: AbortSignal
}

export type EffectSeen = Pick<ActionEffect, 'state' | 'waitedMs'>

/** How long an engine may take before it is said aloud (ACT-58). */
export const effectTimeoutMs = 30_000

/** Waits, by watch alone, until an engine has acted on what was sent, the object is gone, or the time is over (ACT-58). */
export function verifyEffect<T extends KubeObject>(watch: EffectWatch<T>): Promise<EffectSeen> {
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

function stateOf<T extends KubeObject>({ uid, isSeen, follower }: EffectWatch<T>): EffectSeen['state'] {
  const current = follower.current()
  if (current === undefined) return 'notSeen'
  if (current === 'deleted' || current.metadata.uid !== uid) return 'gone'
  return isSeen(current) ? 'seen' : 'notSeen'
}
