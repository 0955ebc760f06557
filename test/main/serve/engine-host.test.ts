import { request } from 'node:http'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type ListenAddress, parseListen, startEngineHost } from '#main/serve/engine-host.ts'

const loopback: ListenAddress = { host: '127.0.0.1', port: 0 }

async function aHost(at = loopback, missing: readonly string[] = []) {
  const host = await startEngineHost({ at, unready: () => missing, metrics: () => 'up 1\n' })
  if (!host.ok) throw new Error(host.error)
  onTestFinished(() => host.value.close())
  return host.value
}

function ask(port: number, path: string, { method = 'GET', host = `127.0.0.1:${port}` } = {}) {
  return new Promise<{ readonly code: number; readonly type: string; readonly body: string }>((resolve, reject) => {
    request({ host: '127.0.0.1', port, path, method, headers: { Host: host } }, (response) => {
      let body = ''
      response.on('data', (chunk: Buffer) => {
        body += chunk.toString()
      })
      const type = response.headers['content-type'] ?? ''
      response.on('end', () => resolve({ code: response.statusCode ?? 0, type, body }))
    })
      .on('error', reject)
      .end()
  })
}

describe('what an engine without a window answers', () => {
  it('OPS-7: /healthz as the reference does, /metrics as Prometheus reads it', async () => {
    const { port } = await aHost()
    expect(await ask(port, '/healthz')).toEqual({ code: 200, type: 'text/plain; charset=utf-8', body: 'ok' })
    const metrics = await ask(port, '/metrics?x=1')
    expect(metrics).toEqual({ code: 200, type: 'text/plain; version=0.0.4; charset=utf-8', body: 'up 1\n' })
    expect((await ask(port, '/')).code).toBe(404)
    expect((await ask(port, '/healthz', { method: 'POST' })).code).toBe(405)
  })

  it('/readyz says what is missing', async () => {
    expect(await ask((await aHost()).port, '/readyz')).toMatchObject({ code: 200, body: 'ok' })
    const late = await aHost(loopback, ['north: unreachable', 'south: connecting'])
    expect(await ask(late.port, '/readyz')).toMatchObject({ code: 503, body: 'north: unreachable\nsouth: connecting' })
    expect((await ask(late.port, '/healthz')).code).toBe(200)
  })

  it('on loopback no name of somebody else’s leads here; on every address the name is free', async () => {
    const { port } = await aHost()
    expect((await ask(port, '/metrics', { host: 'evil.example:80' })).code).toBe(421)
    expect((await ask(port, '/metrics', { host: `localhost:${port}` })).code).toBe(200)
    expect((await ask(port, '/metrics', { host: `[::1]:${port}` })).code).toBe(200)
    const open = await aHost({ host: undefined, port: 0 })
    expect((await ask(open.port, '/metrics', { host: 'argosy-engine-metrics:8090' })).code).toBe(200)
  })

  it('a port that is taken is a failure in words', async () => {
    const { port } = await aHost()
    const second = await startEngineHost({ at: { ...loopback, port }, unready: () => [], metrics: () => '' })
    expect(second).toEqual({ ok: false, error: `127.0.0.1:${port} cannot be listened on (EADDRINUSE)` })
  })
})

it.each([
  ['8090', { host: '127.0.0.1', port: 8090 }],
  ['0', { host: '127.0.0.1', port: 0 }],
  [':8090', { host: undefined, port: 8090 }],
  ['10.0.0.7:80', { host: '10.0.0.7', port: 80 }],
  ['[::1]:80', { host: '::1', port: 80 }],
  ['fd00::7:80', { host: 'fd00::7', port: 80 }],
  ['localhost:80', undefined],
  ['70000', undefined],
  ['', undefined],
  ['8090:', undefined],
])('OPS-7: to listen on %j', (text, address) => {
  expect(parseListen(text)).toEqual(address)
})
