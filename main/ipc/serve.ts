import { randomUUID } from 'node:crypto'
import * as v from 'valibot'
import type { BridgeFailure } from '#contract/bridge.ts'
import { type Handlers, requests } from '#contract/requests.ts'
import { type Publishers, streams } from '#contract/streams.ts'
import type { Clock, Dispose } from '#lib/clock.ts'
import type { Log } from '#lib/log.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'

/** The contract's main side, for any host: it takes what a window sent, believing nothing about it. */
export interface Dispatcher {
  call(channel: string, input: unknown): Promise<Outcome<unknown, BridgeFailure>>
  /** `send` may be called before this returns, and not after the returned function was called. */
  subscribe(stream: string, topic: unknown, send: (message: unknown) => void): Outcome<Dispose, BridgeFailure>
}

export interface DispatcherOptions {
  readonly handlers: Handlers
  readonly publishers: Publishers
  readonly log: Log
  readonly clock: Clock
}

/** Calls slower than this are worth a line. */
const slowMs = 1000

type AnyHandler = (input: unknown) => Promise<unknown>
type AnyPublisher = (topic: unknown, send: (message: unknown) => void) => Dispose

/**
 * Checks the name, checks the input by the contract's schema, runs the handler, times it, and turns a throw into a `Bug` whose `id`
 * is in the log. How many calls and subscriptions one client may have open is the host's to say.
 */
export function createDispatcher({ handlers, publishers, log, clock }: DispatcherOptions): Dispatcher {
  const bug = (where: string, thrown: unknown): BridgeFailure => {
    const id = randomUUID().slice(0, 8)
    log('error', 'bug', { id, where, error: thrown })
    return { kind: 'Bug', id, message: `Argosy made a mistake in ${where}. The log tells more under ${id}.` }
  }

  return {
    async call(channel, input) {
      if (!isKeyOf(requests, channel)) return failure(unknownName('channel', channel))
      const checked = v.safeParse(requests[channel].input as v.GenericSchema, input)
      if (!checked.success) return failure(invalid(channel, checked.issues))
      const startedAt = clock.now()
      try {
        // The schema has made the input what this channel's handler takes; the type checker cannot tie the two by name.
        return success(await (handlers[channel] as AnyHandler)(checked.output))
      } catch (thrown) {
        return failure(bug(channel, thrown))
      } finally {
        const tookMs = clock.now() - startedAt
        log(tookMs > slowMs ? 'warn' : 'debug', 'call', { channel, tookMs })
      }
    },

    subscribe(stream, topic, send) {
      if (!isKeyOf(streams, stream)) return failure(unknownName('stream', stream))
      const checked = v.safeParse(streams[stream].topic as v.GenericSchema, topic)
      if (!checked.success) return failure(invalid(stream, checked.issues))
      let open = true
      const sendWhileOpen = (message: unknown) => {
        if (open) send(message)
      }
      try {
        const end = (publishers[stream] as AnyPublisher)(checked.output, sendWhileOpen)
        return success(() => {
          if (!open) return
          open = false
          end()
        })
      } catch (thrown) {
        return failure(bug(stream, thrown))
      }
    },
  }
}

const isKeyOf = <T extends object>(table: T, name: PropertyKey): name is keyof T => Object.hasOwn(table, name)

const unknownName = (what: string, name: string): BridgeFailure => ({
  kind: 'UnknownChannel',
  message: `There is no ${what} ${JSON.stringify(name.slice(0, 100))}.`,
})

/** Says where the shape differs, and never repeats the value: it may be large or secret. */
function invalid(name: string, issues: readonly v.BaseIssue<unknown>[]): BridgeFailure {
  const places = issues
    .slice(0, 3)
    .map((issue) => `${v.getDotPath(issue) ?? 'the input'} should be ${issue.expected ?? 'valid'}`)
  return { kind: 'InvalidInput', message: `${name}: ${places.join('; ')}.` }
}
