import { silentLog } from '#lib/log.ts'
import { startWebHost } from '#main/serve/web-host.ts'
import { systemClock } from '#main/system-clock.ts'
import { connectWeb, signIn } from '#test/support/web-client.ts'
import { describeContract } from './contract-suite.ts'

describeContract('a WebSocket', async (dispatcher) => {
  const started = await startWebHost({
    dispatcher,
    rendererFolder: '/nowhere',
    port: 0,
    clock: systemClock,
    log: silentLog,
  })
  if (!started.ok) throw new Error(started.error.message)
  const host = started.value
  const bridge = connectWeb(host.port, await signIn(host.url()))
  return {
    bridge,
    async close() {
      bridge.close()
      await host.close()
    },
  }
})
