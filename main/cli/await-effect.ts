import type { ActionEffect, ActionName } from '#contract/views.ts'
import type { ActionEcho } from '#engine/actions/effect.ts'
import type { Failure } from '#lib/failure.ts'
import { failureText } from '#main/controller/failure-text.ts'
import { type RolloutFollower, verifyEffect } from '#main/controller/verify-effect.ts'
import { notSeenText, whoDrives } from '#main/controller/who-drives.ts'
import type { CliIo } from './io.ts'
import { type FollowedRollout, followRollout } from './shown-rollout.ts'
import type { Target } from './targets.ts'

/** Something that was sent to one Rollout. */
interface SentAction {
  readonly target: Target
  readonly name: string
  readonly action: ActionName
  readonly echo: ActionEcho
  readonly timeoutMs: number
}

/** Follows one Rollout by its own watch until an engine has acted (ACT-58). `text` says why it was not seen. */
export async function awaitEffect(
  sent: SentAction,
  io: CliIo,
): Promise<{ readonly state: ActionEffect['state']; readonly text: string }> {
  const { target, name, action, echo, timeoutMs } = sent
  const { clock, interrupted } = io
  const follower = await follow(target, name, io)
  const signal = AbortSignal.any([interrupted, follower.forbidden])
  const { state, waitedMs } = await verifyEffect({ action, echo, timeoutMs, follower, clock, signal })
  follower.stop()
  if (state === 'seen') return { state, text: '' }
  if (state === 'gone') return { state, text: 'accepted by the API server, but the rollout was deleted' }
  if (follower.failure !== undefined) {
    const text = `accepted by the API server, but its effect cannot be watched: ${failureText(follower.failure)}`
    return { state, text }
  }
  const { client } = target
  const driver = await whoDrives(client, clock.now() + (client.clockOffsetMs ?? 0))
  return { state, text: notSeenText(driver, waitedMs) }
}

interface Follower extends RolloutFollower {
  /** Why the watch is broken, while it is. */
  readonly failure: Failure | undefined
  /** Aborted when waiting for the watch to heal makes no sense. */
  readonly forbidden: AbortSignal
  stop(): void
}

async function follow(target: Target, name: string, io: CliIo): Promise<Follower> {
  const listeners = new Set<() => void>()
  const refused = new AbortController()
  let failure: Failure | undefined
  const changed = () => {
    failure = undefined
    for (const listener of listeners) listener()
  }
  const broken = (cause: Failure) => {
    failure = cause
    if (cause.kind === 'Forbidden') refused.abort()
  }
  const followed: FollowedRollout = await followRollout(target, name, { children: false, changed, broken }, io)
  return {
    current: () => (followed.live ? (followed.current()?.rollout ?? 'deleted') : undefined),
    onChange: (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    get failure() {
      return failure
    },
    forbidden: refused.signal,
    stop: () => followed.stop(),
  }
}
