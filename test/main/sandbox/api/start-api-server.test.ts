import { once } from 'node:events'
import { connect } from 'node:net'
import { expect, it } from 'vitest'
import { startSandboxFleet } from '#main/sandbox/start-fleet.ts'
import { VirtualClock } from '#test/support/virtual-clock.ts'

it('a server that stops does not wait for connections that never shake hands', async () => {
  const fleet = await startSandboxFleet({ clusters: ['north'], seed: 1, clock: new VirtualClock() })
  const server = fleet.clusters[0]?.server
  const socket = connect(Number(new URL(server?.url ?? '').port), '127.0.0.1')
  await once(socket, 'connect')
  socket.on('error', () => {})
  const closed = once(socket, 'close')
  await fleet.stop()
  await closed
  expect(socket.destroyed).toBe(true)
})
