import { type Bridge, BridgeError, type ElectronTransport } from '#contract/bridge.ts'
import type { Channel, Input, Output } from '#contract/requests.ts'
import type { Message, StreamName, Topic } from '#contract/streams.ts'

/** The contract over Electron's context bridge. Main and window live and die together, so it is always connected. */
export function createElectronBridge(transport: ElectronTransport): Bridge {
  return {
    async call<K extends Channel>(channel: K, input: Input<K>): Promise<Output<K>> {
      const outcome = await transport.call(channel, input)
      if (!outcome.ok) throw new BridgeError(outcome.error)
      return outcome.value as Output<K>
    },
    subscribe<S extends StreamName>(stream: S, topic: Topic<S>, listener: (message: Message<S>) => void) {
      return transport.subscribe(stream, topic, listener as (message: unknown) => void)
    },
    onConnection(listener) {
      listener('connected')
      return () => {}
    },
  }
}
