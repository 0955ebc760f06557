import { type Bridge, BridgeError } from '#contract/bridge.ts'
import type { Output } from '#contract/requests.ts'
import type { Dispatcher } from '#main/ipc/serve.ts'

/** Both ends of the contract in one process. Everything is cloned on its way, as between processes. */
export function createMemoryBridge(dispatcher: Dispatcher): Bridge {
  return {
    async call(channel, input) {
      const outcome = structuredClone(await dispatcher.call(channel, structuredClone(input)))
      if (!outcome.ok) throw new BridgeError(outcome.error)
      return outcome.value as Output<typeof channel>
    },
    subscribe(stream, topic, listener) {
      const outcome = dispatcher.subscribe(stream, structuredClone(topic), (message) =>
        listener(structuredClone(message) as never),
      )
      return outcome.ok ? outcome.value : () => undefined
    },
    onConnection(listener) {
      listener('connected')
      return () => undefined
    },
  }
}
