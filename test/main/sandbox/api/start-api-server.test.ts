import { once } from 'node:events'
import { connect } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { expect, it, onTestFinished, vi } from 'vitest'
import type { Log } from '#lib/log.ts'
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

it('a client that goes away in the middle of its request is no fault of the server', async () => {
  const logged: string[] = []
  const log: Log = (level, message) => void logged.push(`${level}: ${message}`)
  const fleet = await startSandboxFleet({ clusters: ['north'], seed: 1, clock: new VirtualClock(), log })
  onTestFinished(() => fleet.stop())
  const cluster = fleet.clusters[0]
  const port = Number(new URL(cluster?.url ?? '').port)
  const socket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false })
  await once(socket, 'secureConnect')
  socket.on('error', () => {})
  const head = ['POST /api/v1/namespaces HTTP/1.1', 'Host: localhost', `Authorization: Bearer ${cluster?.token}`]
  socket.write(`${[...head, 'Content-Type: application/json', 'Content-Length: 100'].join('\r\n')}\r\n\r\n{"kind"`)
  await new Promise((resolve) => setTimeout(resolve, 100))
  socket.destroy()
  await vi.waitFor(() => expect(logged).toContain('debug: sandbox client went away'))
  expect(logged.filter((line) => line.startsWith('error'))).toEqual([])
})
