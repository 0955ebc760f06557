import type { Event } from '#api/core.ts'
import { eventComponent } from '#api/keys.ts'
import { resources } from '#api/resources.ts'
import type { EventWrite } from '#engine/decision.ts'
import type { Clock, EpochMs } from '#lib/clock.ts'
import type { Failure } from '#lib/failure.ts'
import type { Log } from '#lib/log.ts'
import { type Outcome, success } from '#lib/outcome.ts'
import { formatSeconds } from '#lib/rfc3339.ts'
import type { ClusterClient } from '#main/cluster/client.ts'

/** Client-library defaults the reference works with (OPS-141). */
const cacheSizeMax = 4096
const similarMax = 10
const similarWindowMs = 600_000
const burst = 25
const refillMs = 300_000
const triesMax = 12
const retryMs = 10_000
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

/** An Event as it will be created; `count` times by now. */
type Pending = Event & { readonly count: number; readonly message: string }

/** An Event that the API server has. */
interface Sent {
  readonly namespace: string | undefined
  readonly name: string
  readonly count: number
}

/**
 * Writes Kubernetes Events about Rollouts (OPS-140): the same event again raises `count`, a flood of similar ones is
 * combined, and each object has a budget (OPS-141). Recording never waits and never fails a round: events are sent one
 * after the other behind it, and tell when they happened, however late that is. What waits is bounded by the budgets of the
 * objects it is about, so nothing within a budget is lost; a repeat of what waits still is one request with it.
 */
export class EventRecorder {
  readonly #client: ClusterClient
  readonly #clock: Clock
  readonly #log: Log
  readonly #sent = new Map<string, Sent>()
  readonly #similar = new Map<string, Similar>()
  readonly #buckets = new Map<string, Bucket>()
  /** By what makes two events the same one, in order of the first. */
  readonly #pending = new Map<string, Pending>()
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
    if (this.#stopped || !this.#hasBudget(uid ?? name)) return
    const { key, message } = this.#correlate(event)
    const waiting = this.#pending.get(key)
    if (waiting === undefined && this.#pending.size >= burst * this.#buckets.size) return
    const happened = eventObject(event, message, formatSeconds(this.#clock.now()), this.#nextId())
    this.#pending.set(key, waiting === undefined ? happened : repeated(waiting, happened))
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
    for (let next = first(this.#pending); next !== undefined; next = first(this.#pending)) {
      const [key, event] = next
      this.#pending.delete(key)
      await this.#send(key, event)
    }
  }

  async #send(key: string, event: Pending): Promise<void> {
    for (let tries = 1; tries <= triesMax; tries++) {
      const outcome = await this.#write(key, event)
      if (outcome.ok) {
        remember(this.#sent, key, outcome.value)
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

  async #write(key: string, event: Pending): Promise<Outcome<Sent, Failure>> {
    const earlier = this.#sent.get(key)
    if (earlier !== undefined) {
      const count = earlier.count + event.count
      const patched = await this.#client.patch(
        resources.events,
        { namespace: earlier.namespace, name: earlier.name },
        { type: 'strategic', body: { count, lastTimestamp: event.lastTimestamp, message: event.message } },
      )
      if (patched.ok) return success({ ...earlier, count })
      if (patched.error.kind !== 'NotFound') return patched
    }
    const created = await this.#client.create(resources.events, event)
    const { namespace, name } = event.metadata
    return created.ok ? success({ namespace, name, count: event.count }) : created
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

const first = <Key, Value>(map: ReadonlyMap<Key, Value>): readonly [Key, Value] | undefined =>
  map.entries().next().value

/** The same Event once more, before it was sent. */
const repeated = (waiting: Pending, { lastTimestamp, message }: Pending): Pending => ({
  ...waiting,
  count: waiting.count + 1,
  message,
  ...(lastTimestamp === undefined ? {} : { lastTimestamp }),
})

function eventObject(event: EventWrite, message: string, time: string, id: string): Pending {
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
    message: message.slice(0, messageLengthMax),
    count: 1,
    firstTimestamp: time,
    lastTimestamp: time,
    source: { component: eventComponent },
    reportingComponent: eventComponent,
  }
}
