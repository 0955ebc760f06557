import { describe, expect, it, vi } from 'vitest'
import { type Bridge, BridgeError } from '#contract/bridge.ts'
import { type Channel, type Handlers, requests } from '#contract/requests.ts'
import { type Publishers, type StreamName, streams } from '#contract/streams.ts'
import { createDispatcher, type Dispatcher } from '#main/ipc/serve.ts'
import { systemClock } from '#main/system-clock.ts'
import { requestSamples, streamSamples } from './samples.ts'

/** A bridge to `dispatcher`, and what to do when it is no longer needed. */
export interface OpenBridge {
  readonly bridge: Bridge
  close(): Promise<void>
}

type Logged = readonly [level: string, message: string, fields: Readonly<Record<string, unknown>> | undefined]

/** On a busy machine a browser may take its time. */
const soon = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 10_000 })

/** What every way of carrying the contract owes. Each host runs all of it. */
export function describeContract(host: string, open: (dispatcher: Dispatcher) => Promise<OpenBridge>): void {
  async function withMain(
    test: (bridge: Bridge, main: ReturnType<typeof aMain>) => Promise<void>,
    handlers: Partial<Handlers> = {},
  ): Promise<void> {
    const main = aMain(handlers)
    const opened = await open(main.dispatcher)
    try {
      await test(opened.bridge, main)
    } finally {
      await opened.close()
    }
  }

  describe(`the contract over ${host}`, () => {
    it.each(Object.keys(requests) as Channel[])('carries %s there and back', async (channel) => {
      const { input, output } = requestSamples[channel]
      await withMain(async (bridge, main) => {
        expect(await bridge.call(channel, input as never)).toEqual(output)
        expect(main.calls).toEqual([[channel, input]])
      })
    })

    it.each(Object.keys(streams) as StreamName[])('carries %s until the subscription ends', async (stream) => {
      const { topic, message } = streamSamples[stream]
      await withMain(async (bridge, main) => {
        const received: unknown[] = []
        const end = bridge.subscribe(stream, topic as never, (each) => received.push(each))
        await soon(() => expect(main.subscriptions).toHaveLength(1))
        expect(main.subscriptions[0]).toMatchObject({ stream, open: true })
        expect(main.subscriptions[0]?.topic).toEqual(topic)
        main.subscriptions[0]?.send(message)
        await soon(() => expect(received).toEqual([message]))
        end()
        await soon(() => expect(main.subscriptions[0]?.open).toBe(false))
        main.subscriptions[0]?.send(message)
        await bridge.call('app.info', undefined)
        expect(received).toHaveLength(1)
      })
    })

    it('keeps the messages of a stream in order', async () => {
      await withMain(async (bridge, main) => {
        const received: number[] = []
        bridge.subscribe('fleet.patch', undefined, ({ seq }) => received.push(seq))
        await soon(() => expect(main.subscriptions).toHaveLength(1))
        const seqs = Array.from({ length: 200 }, (_, seq) => seq)
        for (const seq of seqs) main.subscriptions[0]?.send({ seq, upserted: {}, removed: [] })
        await soon(() => expect(received).toEqual(seqs))
      })
    })

    it('lets a fast answer pass a slow one', async () => {
      let finish = (): void => undefined
      const slow = new Promise<void>((resolve) => {
        finish = resolve
      })
      const handlers: Partial<Handlers> = {
        'clusters.list': async () => {
          await slow
          return requestSamples['clusters.list'].output
        },
      }
      await withMain(async (bridge) => {
        const late = bridge.call('clusters.list', undefined)
        expect(await bridge.call('app.info', undefined)).toEqual(requestSamples['app.info'].output)
        finish()
        expect(await late).toEqual(requestSamples['clusters.list'].output)
      }, handlers)
    })

    it('refuses input of the wrong shape, names the place and does not run the handler', async () => {
      await withMain(async (bridge, main) => {
        const wrong = { action: 'promote', targets: [{ key: 'no' }], parameters: {} }
        const refusal = await failureOf(bridge.call('action.preview', wrong as never))
        expect(refusal).toMatchObject({ kind: 'InvalidInput', message: expect.stringContaining('targets.0') })
        expect(main.calls).toEqual([])
      })
    })

    it('refuses a channel it does not have, even one that every object has', async () => {
      await withMain(async (bridge) => {
        for (const name of ['fleet.delete', 'constructor', '__proto__']) {
          expect(await failureOf(bridge.call(name as never, undefined as never))).toMatchObject({
            kind: 'UnknownChannel',
          })
        }
      })
    })

    it('never calls the listener of a stream it does not have, or of a wrong topic', async () => {
      await withMain(async (bridge, main) => {
        bridge.subscribe('rollout.changed', { key: 7 } as never, () => expect.unreachable())
        bridge.subscribe('nothing' as never, undefined as never, () => expect.unreachable())
        await bridge.call('app.info', undefined)
        expect(main.subscriptions).toEqual([])
      })
    })

    it('turns a throw into a Bug whose id is in the log, without its text', async () => {
      const handlers: Partial<Handlers> = {
        'clusters.list': () => Promise.reject(new Error('inner secret')),
      }
      await withMain(async (bridge, main) => {
        const bug = await failureOf(bridge.call('clusters.list', undefined))
        expect(bug.kind).toBe('Bug')
        expect(bug.message).not.toContain('inner secret')
        expect(main.logged.find(([, message]) => message === 'bug')?.[2]).toMatchObject({ id: bug.id })
      }, handlers)
    })
  })
}

async function failureOf(call: Promise<unknown>): Promise<BridgeError['failure']> {
  try {
    await call
  } catch (thrown) {
    if (thrown instanceof BridgeError) return thrown.failure
    throw thrown
  }
  return expect.unreachable('the call was answered')
}

/** A main side that answers with the samples and writes down what it was asked. */
function aMain(overrides: Partial<Handlers>) {
  const calls: [Channel, unknown][] = []
  const logged: Logged[] = []
  const subscriptions: { stream: StreamName; topic: unknown; open: boolean; send: (message: unknown) => void }[] = []
  const handlers = Object.fromEntries(
    (Object.keys(requests) as Channel[]).map((channel) => [
      channel,
      async (input: unknown) => {
        calls.push([channel, input])
        return requestSamples[channel].output
      },
    ]),
  ) as unknown as Handlers
  const publishers = Object.fromEntries(
    (Object.keys(streams) as StreamName[]).map((stream) => [
      stream,
      (topic: unknown, send: (message: unknown) => void) => {
        const subscription = { stream, topic, open: true, send }
        subscriptions.push(subscription)
        return () => {
          subscription.open = false
        }
      },
    ]),
  ) as unknown as Publishers
  const dispatcher = createDispatcher({
    handlers: { ...handlers, ...overrides },
    publishers,
    clock: systemClock,
    log: (...line) => logged.push(line as unknown as Logged),
  })
  return { dispatcher, calls, subscriptions, logged }
}
