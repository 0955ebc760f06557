import type { Event } from '#api/core.ts'
import { eventComponent } from '#api/keys.ts'
import { resources } from '#api/resources.ts'
import type { EventWrite } from '#engine/decision.ts'
import type { Clock, EpochMs } from '#lib/clock.ts'
import type { Failure } from '#lib/failure.ts'
import type { Log } from '#lib/log.ts'
import type { Outcome } from '#lib/outcome.ts'
import type { ClusterClient } from '#main/cluster/client.ts'

/** Client-library defaults the reference works with (OPS-141). */
const cacheSizeMax = 4096
const similarMax = 10
const similarWindowMs = 600_000
const burst = 25
const refillMs = 300_000
const triesMax = 12
const retryMs = 10_000
const pendingMax = 1000
/** The API server refuses longer messages. */
const messageLengthMax = 1024

interface Similar {
  messages: Set<string>
  readonly since: EpochMs
}

interface Bucket {
  tokens: number
  refilledAt: EpochMs
}

/**
 * Writes Kubernetes Events about Rollouts (OPS-140): the same event again raises `count`, a flood of similar ones is
 * combined, and each object has a budget (OPS-141). Recording never waits and never fails a round: events are sent one
 * after the other behind it, and dropped when the queue is full.
 */
export class EventRecorder {
  readonly #client: ClusterClient
  readonly #clock: Clock
  readonly #log: Log
  readonly #sent = new Map<string, Event>()
  readonly #similar = new Map<string, Similar>()
  readonly #buckets = new Map<string, Bucket>()
  readonly #pending: EventWrite[] = []
  #sending: Promise<void> | undefined
  #endWait: () => void = () => undefined
  #stopped = false
  #serial = 0

  constructor(options: { readonly client: ClusterClient; readonly clock: Clock; readonly log: Log }) {
    this.#client = options.client
    this.#clock = options.clock
    this.#log = options.log
  }

  record(event: EventWrite): void {
    const { namespace, name, uid } = event.regarding.metadata
    this.#log('info', 'event', {
      namespace,
      name,
      type: event.type,
      event_reason: event.reason,
      message: event.message,
    })
    if (this.#stopped || this.#pending.length >= pendingMax || !this.#hasBudget(uid ?? name)) return
    this.#pending.push(event)
    this.#sending ??= this.#sendAll().finally(() => {
      this.#sending = undefined
    })
  }

  /** Sends what is pending, without further retries; resolves when done. */
  async stop(): Promise<void> {
    this.#stopped = true
    this.#endWait()
    await this.#sending
  }

  async #sendAll(): Promise<void> {
    for (let next = this.#pending.shift(); next !== undefined; next = this.#pending.shift()) await this.#send(next)
  }

  async #send(event: EventWrite): Promise<void> {
    const { key, message } = this.#correlate(event)
    for (let tries = 1; tries <= triesMax; tries++) {
      const outcome = await this.#write(key, event, message)
      if (outcome.ok) {
        remember(this.#sent, key, outcome.value as Event)
        return
      }
      if (isRejected(outcome.error) || this.#stopped) {
        this.#log('warn', 'event not written', { reason: event.reason, failure: outcome.error })
        return
      }
      await new Promise<void>((resolve) => {
        this.#endWait = resolve
        this.#clock.after(retryMs, resolve)
      })
    }
  }

  /** Which event this one repeats, and its text: combined when too many similar ones came within the window. */
  #correlate(event: EventWrite): { readonly key: string; readonly message: string } {
    const group = [event.regarding.metadata.uid, event.type, event.reason].join('\n')
    const now = this.#clock.now()
    const former = this.#similar.get(group)
    const similar =
      former !== undefined && now - former.since < similarWindowMs
        ? former
        : { messages: new Set<string>(), since: now }
    if (similar.messages.size <= similarMax) similar.messages.add(event.message)
    remember(this.#similar, group, similar)
    return similar.messages.size > similarMax
      ? { key: group, message: `(combined from similar events): ${event.message}` }
      : { key: `${group}\n${event.message}`, message: event.message }
  }

  async #write(key: string, event: EventWrite, message: string): Promise<Outcome<unknown, Failure>> {
    const time = new Date(this.#clock.now()).toISOString().replace(/\.\d+Z$/, 'Z')
    const text = message.slice(0, messageLengthMax)
    const earlier = this.#sent.get(key)
    if (earlier !== undefined) {
      const body = { count: (earlier.count ?? 1) + 1, lastTimestamp: time, message: text }
      const patched = await this.#client.patch(
        resources.events,
        { namespace: earlier.metadata.namespace, name: earlier.metadata.name },
        { type: 'strategic', body },
      )
      if (patched.ok || patched.error.kind !== 'NotFound') return patched
    }
    return this.#client.create(resources.events, eventObject(event, text, time, this.#nextId()))
  }

  /** Names are `<object>.<hex>`: time and serial keep them apart within a process and across restarts. */
  #nextId(): string {
    return (BigInt(this.#clock.now()) * 1_000_000n + BigInt(this.#serial++ % 1_000_000)).toString(16)
  }

  #hasBudget(object: string): boolean {
    const now = this.#clock.now()
    const bucket = this.#buckets.get(object) ?? { tokens: burst, refilledAt: now }
    const refills = Math.floor((now - bucket.refilledAt) / refillMs)
    bucket.tokens = Math.min(burst, bucket.tokens + refills)
    bucket.refilledAt += refills * refillMs
    remember(this.#buckets, object, bucket)
    if (bucket.tokens === 0) return false
    bucket.tokens--
    return true
  }
}

/** Keeps the most recently used `cacheSizeMax`. */
function remember<T>(map: Map<string, T>, key: string, value: T): void {
  map.delete(key)
  map.set(key, value)
  const oldest = map.keys().next().value
  if (map.size > cacheSizeMax && oldest !== undefined) map.delete(oldest)
}

function isRejected(failure: Failure): boolean {
  return failure.kind !== 'Unreachable' && failure.kind !== 'Throttled' && failure.kind !== 'ServerError'
}

function eventObject(event: EventWrite, message: string, time: string, id: string): Event {
  const { apiVersion, kind, metadata } = event.regarding
  const namespace = metadata.namespace ?? 'default'
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: `${metadata.name}.${id}`, namespace },
    involvedObject: {
      apiVersion,
      kind,
      namespace,
      name: metadata.name,
      ...(metadata.uid === undefined ? {} : { uid: metadata.uid }),
      ...(metadata.resourceVersion === undefined ? {} : { resourceVersion: metadata.resourceVersion }),
    },
    type: event.type,
    reason: event.reason,
    message,
    count: 1,
    firstTimestamp: time,
    lastTimestamp: time,
    source: { component: eventComponent },
    reportingComponent: eventComponent,
  }
}
