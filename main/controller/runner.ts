import type { Decision, Write } from '#engine/decision.ts'
import type { AwsQuestions } from '#engine/traffic/alb/aws-answers.ts'
import type { RolloutWorld } from '#engine/world.ts'
import { assertNever } from '#lib/assert.ts'
import type { Clock, EpochMs } from '#lib/clock.ts'
import type { Failure } from '#lib/failure.ts'
import type { Log } from '#lib/log.ts'
import type { Outcome } from '#lib/outcome.ts'
import type { Stopped } from './apply-writes.ts'
import type { Due } from './due-writes.ts'
import type { Round } from './queue.ts'
import type { Encounter } from './round-reasons.ts'
import { staleRetryMs } from './stale-guard.ts'

/** What one round needs from outside. */
export interface RoundPorts {
  readonly clock: Clock
  readonly log: Log
  readonly observe: (
    key: string,
  ) => Promise<Outcome<RolloutWorld | undefined, Failure | { readonly kind: 'NotSynced' }>>
  readonly reconcile: (world: RolloutWorld, now: EpochMs) => Decision
  /** Which of these writes are due, and when the others will be (ADR 14). */
  readonly due: (key: string, writes: readonly Write[]) => Due
  readonly apply: (key: string, writes: readonly Write[]) => Promise<Outcome<void, Stopped>>
  /** Turns a failed creation into what follows from it (REC-50); `handled` when nothing is left to retry. */
  readonly afterFailure: (world: RolloutWorld, stopped: Stopped) => Promise<'handled' | 'unhandled'>
  /** Asks AWS what the round has to know; the key gets another round when it has answered. */
  readonly ask: (key: string, questions: AwsQuestions) => void
  /** Told once per round that was decided, with what it ran into. */
  readonly ended: (key: string, encounter: Encounter) => void
}

/** A request that will be refused again is not repeated often: rights and specs change at human speed. */
const parkedMs = 30_000

/**
 * One round of one Rollout, the only loop body of the engine: observe → reconcile → apply → when next. A bug that throws
 * degrades this object alone: it is logged with the world that caused it, and backs off (OPS-62).
 */
export async function runRound(key: string, ports: RoundPorts): Promise<Round> {
  const [namespace, rollout] = key.split('/')
  const about = { namespace, rollout }
  let world: RolloutWorld | undefined
  try {
    const observed = await ports.observe(key)
    if (!observed.ok) {
      if (observed.error.kind === 'NotSynced') return { kind: 'later', delayMs: staleRetryMs }
      ports.log('warn', 'not observed', { ...about, failure: observed.error })
      ports.ended(key, { kind: 'unobserved', failure: observed.error })
      return roundAfter(observed.error)
    }
    world = observed.value
    if (world === undefined) return { kind: 'forget' }
    const now = ports.clock.now()
    const decision = ports.reconcile(world, now)
    const { due, waitMs } = ports.due(key, decision.writes)
    const applied = await ports.apply(key, due)
    if (decision.asks !== undefined) ports.ask(key, decision.asks)
    const isHandled = applied.ok || (await ports.afterFailure(world, applied.error)) === 'handled'
    // What was left out was not tried either: what is known of it stays.
    if (waitMs === 0 || !applied.ok)
      ports.ended(key, isHandled ? { kind: 'done' } : { kind: 'stopped', stopped: applied.error })
    if (applied.ok)
      return { kind: 'settled', requeueAt: earlier(decision.requeueAt, waitMs > 0 ? now + waitMs : undefined) }
    if (isHandled) return { kind: 'later', delayMs: staleRetryMs }
    return roundAfterStop(applied.error, ports.log, about)
  } catch (error) {
    ports.log('error', 'bug in a reconcile round', { ...about, error, world })
    ports.ended(key, { kind: 'fault' })
    return { kind: 'failed', notBeforeMs: 1000 }
  }
}

const earlier = (left: EpochMs | undefined, right: EpochMs | undefined): EpochMs | undefined =>
  left === undefined || right === undefined ? (left ?? right) : Math.min(left, right)

function roundAfterStop(stopped: Stopped, log: Log, about: object): Round {
  if (stopped.kind === 'leaseLost') return { kind: 'later', delayMs: staleRetryMs }
  const { write, failure } = stopped
  const level = failure.kind === 'Conflict' ? 'debug' : 'warn'
  log(level, 'write failed', { ...about, summary: write.summary, rule: write.because, failure })
  // A pod or ReplicaSet that went in the meantime; its event may have come already, and the rest of the round is still to do.
  if (failure.kind === 'NotFound' && write.kind !== 'event' && write.ref.resource.kind !== 'Rollout')
    return { kind: 'failed' }
  return roundAfter(failure)
}

/** When to try again, by what failed. */
export function roundAfter(failure: Failure): Round {
  switch (failure.kind) {
    case 'Conflict':
    case 'Gone':
    case 'ServerError':
      return { kind: 'failed' }
    case 'Unreachable':
      return { kind: 'failed', notBeforeMs: 1000 }
    case 'AlreadyExists':
      return { kind: 'later', delayMs: staleRetryMs }
    // Dropped: whatever brings the object back brings an event (OPS-62).
    case 'NotFound':
      return { kind: 'settled', requeueAt: undefined }
    case 'Throttled':
      return { kind: 'failed', notBeforeMs: failure.retryAfterMs }
    case 'Unauthorized':
    case 'Forbidden':
    case 'Invalid':
      return { kind: 'failed', notBeforeMs: parkedMs }
    default:
      return assertNever(failure)
  }
}
