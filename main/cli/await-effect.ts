import type { KubeObject } from '#api/meta.ts'
import type { Resource } from '#api/resources.ts'
import type { ActionEffect } from '#contract/views.ts'
import type { Failure } from '#lib/failure.ts'
import { silentLog } from '#lib/log.ts'
import { failureText } from '#main/controller/failure-text.ts'
import { type Follower, verifyEffect } from '#main/controller/verify-effect.ts'
import { notSeenText, whoDrives } from '#main/controller/who-drives.ts'
import type { CliIo } from './io.ts'
import type { Target } from './targets.ts'

/** Something that was sent to one object. */
interface SentAction<T extends KubeObject> {
  readonly target: Target
  readonly resource: Resource
  readonly name: string
  readonly uid: string | undefined
  /** An engine has acted on it. */
  readonly isSeen: (current: T) => boolean
  readonly timeoutMs: number
}

/** Follows one object by a watch of its own until an engine has acted (ACT-58). `text` says why it was not seen. */
export async function awaitEffect<T extends KubeObject>(
  sent: SentAction<T>,
  io: CliIo,
): Promise<{ readonly state: ActionEffect['state']; readonly text: string }> {
  const { target, resource, uid, isSeen, timeoutMs } = sent
  const { clock, interrupted } = io
  const follower = await follow(sent, io)
  const signal = AbortSignal.any([interrupted, follower.forbidden])
  const { state, waitedMs } = await verifyEffect({ uid, isSeen, timeoutMs, follower, clock, signal })
  follower.stop()
  if (state === 'seen') return { state, text: '' }
  if (state === 'gone') return { state, text: `accepted by the API server, but the ${nounOf(resource)} was deleted` }
  if (follower.failure !== undefined) {
    const text = `accepted by the API server, but its effect cannot be watched: ${failureText(follower.failure)}`
    return { state, text }
  }
  const { client } = target
  const driver = await whoDrives(client, clock.now() + (client.clockOffsetMs ?? 0))
  return { state, text: notSeenText(driver, waitedMs) }
}

/** `rollout`, `analysisRun`: as the lines of the command line call them (ACT-24, ACT-142). */
const nounOf = ({ kind }: Resource): string => `${kind.charAt(0).toLowerCase()}${kind.slice(1)}`

interface OwnFollower<T extends KubeObject> extends Follower<T> {
  /** Why the watch is broken, while it is. */
  readonly failure: Failure | undefined
  /** Aborted when waiting for the watch to heal makes no sense. */
  readonly forbidden: AbortSignal
  stop(): void
}

async function follow<T extends KubeObject>(
  { target, resource, name }: SentAction<T>,
  { clock }: CliIo,
): Promise<OwnFollower<T>> {
  const { createReflector } = await import('#main/cluster/reflector.ts')
  const { client, namespace } = target
  const scope = { namespace, fieldSelector: `metadata.name=${name}` }
  const reflector = createReflector({ client, resource, scope, clock, random: Math.random, log: silentLog })
  const refused = new AbortController()
  let failure: Failure | undefined
  let isListed = false
  reflector.onChange((change) => {
    const state = change.kind === 'state' ? change.state : undefined
    failure = state?.state === 'stale' ? state.failure : undefined
    isListed ||= state?.state === 'live'
    if (failure?.kind === 'Forbidden') refused.abort()
  })
  reflector.start()
  return {
    current: () =>
      isListed ? ((reflector.objects.get(`${namespace}/${name}`) as T | undefined) ?? 'deleted') : undefined,
    onChange: (listener) => reflector.onChange(listener),
    get failure() {
      return failure
    },
    forbidden: refused.signal,
    stop: () => reflector.stop(),
  }
}
