import { type AddressInfo, createServer } from 'node:net'
import { afterEach } from 'vitest'
import { createDirectHttp, type DirectHttp } from '#main/metrics/http/direct.ts'
import { type Answer, type ScriptedServer, startServer } from '#test/support/scripted-server.ts'
import { VirtualClock } from '#test/support/virtual-clock.ts'

/** Servers on loopback and a client for them, all ended after each test. */
export function aWebOfServers() {
  const closers: (() => Promise<void>)[] = []
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close()
  })
  return {
    /** Called when the test ends. */
    ending: (close: () => Promise<void>) => void closers.push(close),
    async server(answer: Answer, options: Parameters<typeof startServer>[1] = {}): Promise<ScriptedServer> {
      const server = await startServer(answer, options)
      closers.push(() => server.close())
      return server
    },
    client(
      env: Readonly<Record<string, string>> = {},
      clock = new VirtualClock(),
    ): DirectHttp & { clock: VirtualClock } {
      const direct = createDirectHttp({ clock, env })
      closers.push(() => direct.close())
      return { ...direct, clock }
    },
  }
}

/** A port of loopback on which nothing listens. */
export async function aClosedPort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
