import type { ElectronTransport } from '#contract/bridge.ts'
import type { Input } from '#contract/requests.ts'
import type { Message, StreamName } from '#contract/streams.ts'
import { createFixtureBridge, type FixtureBridge, type Scene } from './fixture-bridge.ts'

declare global {
  interface Window {
    readonly fixture: { readonly scene: Scene; readonly now: number }
    fixtureBridge?: FixtureBridge
  }
}

/** Stands where the preload script stands, before the page's own code: the built window runs over seeded data. */
const bridge = createFixtureBridge(window.fixture.scene, window.fixture.now)
window.fixtureBridge = bridge
const transport: ElectronTransport = {
  call: async (channel, input) => ({
    ok: true,
    value: await bridge.call(channel as 'app.info', input as Input<'app.info'>),
  }),
  subscribe: (stream, topic, listener) =>
    bridge.subscribe(stream as StreamName, topic as never, listener as (message: Message<StreamName>) => void),
}
Object.defineProperty(window, 'argosy', { value: transport })
