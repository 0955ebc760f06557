import { createServer, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { afterEach, describe, expect, it } from 'vitest'
import type { ClusterEntry, UserEntry } from '#main/cluster/kubeconfig-file.ts'
import { createClusterClient } from '#main/cluster/rest.ts'
import { anAccess } from '#test/support/context-access.ts'
import { type Forwarding, type ForwardingServer, startForwarding } from '#test/support/forwarding-server.ts'
import { aClosedPort } from '#test/support/http-server.ts'
import { tlsFile } from '#test/support/scripted-server.ts'
import { startTunnel } from '#test/support/tunnel-proxy.ts'
import { until } from '#test/support/until.ts'
import { VirtualClock } from '#test/support/virtual-clock.ts'

const closers: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

/** A server on loopback that sends back what it gets, in capitals. */
async function anEcho(): Promise<number> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('data', (bytes) => socket.write(bytes.toString().toUpperCase()))
    socket.on('error', () => undefined)
  })
  const port = await aClosedPort()
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  closers.push(() => {
    for (const each of sockets) each.destroy()
    return new Promise((resolve) => server.close(resolve))
  })
  return port
}

async function forwarding(options: Forwarding): Promise<ForwardingServer> {
  const server = await startForwarding(options)
  closers.push(() => server.close())
  return server
}

function gatewayTo(
  url: string,
  access: { readonly cluster?: Partial<ClusterEntry>; readonly user?: Partial<UserEntry> } = {},
) {
  const client = createClusterClient({
    access: anAccess(url, access),
    clock: new VirtualClock(),
    random: () => 0,
    env: {},
  })
  closers.push(() => client.close())
  const at = { namespace: 'monitoring', pod: 'prom-0', port: 9090 }
  const forward = async (signal = new AbortController().signal) => client.gateway?.forward(at, signal)
  return { client, forward }
}

/** What comes back, until it is all there. */
async function echoed(stream: Duplex, text: string): Promise<string> {
  let got = ''
  stream.on('data', (bytes: Buffer) => (got += bytes.toString()))
  stream.write(text)
  await until('echoed', () => got.length >= text.length)
  return got
}

describe('a port of a pod', () => {
  it('PRV-1501: bytes go both ways, with the credential of the context', async () => {
    const server = await forwarding({ ports: { 9090: await anEcho() } })
    const { client, forward } = gatewayTo(server.url, { user: { token: 'mine' } })
    const stream = await forward()
    if (stream?.ok !== true) throw new Error('no stream')
    const long = 'abc'.repeat(100_000)
    expect(await echoed(stream.value, long)).toBe(long.toUpperCase())
    expect(server.asked).toEqual(['/api/v1/namespaces/monitoring/pods/prom-0/portforward?ports=9090'])
    expect(server.credentials).toEqual(['Bearer mine'])
    expect(client.requests.create).toBe(1)
    stream.value.destroy()
    await until('closed', () => server.open === 0)
  })

  it('PRV-1501: over TLS, through the proxy of the context', async () => {
    const server = await forwarding({ kind: 'https', ports: { 9090: await anEcho() } })
    const tunnel = await startTunnel('connect')
    closers.push(() => tunnel.close())
    const cluster = { certificateAuthority: { file: tlsFile('ca.crt') }, proxyUrl: tunnel.url }
    const stream = await gatewayTo(server.url, { cluster }).forward()
    if (stream?.ok !== true) throw new Error('no stream')
    expect(await echoed(stream.value, 'hello')).toBe('HELLO')
    expect(tunnel.targets).toEqual([server.url.replace('https://', '')])
    stream.value.destroy()
  })

  it('PRV-1501: a certificate that nobody vouches for is refused', async () => {
    const server = await forwarding({ kind: 'https' })
    expect(await gatewayTo(server.url).forward()).toMatchObject({
      ok: false,
      error: { kind: 'Unreachable', message: expect.stringContaining('certificate-authority') },
    })
  })

  it('PRV-1504: the end of a stream tells why', async () => {
    const server = await forwarding({})
    const stream = await gatewayTo(server.url).forward()
    if (stream?.ok !== true) throw new Error('no stream')
    let reason: string | undefined
    stream.value.once('error', (error) => (reason = error.message))
    stream.value.resume()
    await until('ended', () => reason !== undefined)
    expect(reason).toBe('an error occurred forwarding 9090: connection refused')
  })

  it.each([
    [403, 'Forbidden', { kind: 'Forbidden', verb: 'create', resource: 'pods/portforward', namespace: 'monitoring' }],
    [404, 'NotFound', { kind: 'NotFound', message: 'no' }],
    [401, 'Unauthorized', { kind: 'Unauthorized' }],
  ])('PRV-1504: %i is told as that of any request', async (code, reason, error) => {
    const server = await forwarding({ refuses: { code, reason, message: 'no' } })
    expect(await gatewayTo(server.url).forward()).toMatchObject({ ok: false, error })
  })

  it('PRV-1504: nobody listens', async () => {
    const { forward } = gatewayTo(`http://127.0.0.1:${await aClosedPort()}`)
    expect(await forward()).toMatchObject({ ok: false, error: { kind: 'Unreachable' } })
  })

  it('PRV-1504: the wait ends with the signal', async () => {
    const server = createServer((socket) => void socket.on('error', () => undefined).resume())
    const port = await aClosedPort()
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
    closers.push(() => new Promise((resolve) => server.close(resolve)))
    const abort = new AbortController()
    const waiting = gatewayTo(`http://127.0.0.1:${port}`).forward(abort.signal)
    await until('connected', () => server.listening)
    abort.abort()
    expect(await waiting).toMatchObject({ ok: false, error: { kind: 'Unreachable' } })
  })
})
