import { createServer } from 'node:net'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import type { HttpCall } from '#main/metrics/http/http.ts'
import { aClosedPort, aWebOfServers } from '#test/support/http-server.ts'
import type { Answer } from '#test/support/scripted-server.ts'
import { startTunnel } from '#test/support/tunnel-proxy.ts'
import { until } from '#test/support/until.ts'

const web = aWebOfServers()

const get = (url: string, more: Partial<HttpCall> = {}): HttpCall => ({
  method: 'GET',
  url,
  timeoutMs: 10_000,
  ...more,
})
const hello: Answer = (_, reply) => reply.text(200, 'hello')

describe('an exchange', () => {
  it('sends method, path, query, headers and body, and gives any status with its headers', async () => {
    const server = await web.server((_, reply) => reply.json(418, { a: 1 }, { 'X-Kind': 'Pot' }))
    const { http } = web.client()
    const answer = await http({
      method: 'POST',
      url: `${server.url}/a/b?x=1&y=%20`,
      headers: [
        ['X-One', 'first'],
        ['x-one', 'last'],
        ['X-Name', 'Žofie'],
        ['Host', 'elsewhere'],
      ],
      body: 'ping',
      timeoutMs: 10_000,
    })
    expect(answer).toMatchObject({ ok: true, value: { status: 418, statusText: "I'm a Teapot", body: '{"a":1}' } })
    expect(answer.ok && answer.value.header('x-kind')).toBe('Pot')
    const [seen] = server.requests
    expect(seen).toMatchObject({ method: 'POST', path: '/a/b', body: 'ping' })
    expect([seen?.query.get('x'), seen?.query.get('y'), seen?.headers['x-one']]).toEqual(['1', ' ', 'last'])
    expect(seen?.headers.host).toMatch(/^localhost/)
    expect(Buffer.from(seen?.headers['x-name']?.toString() ?? '', 'latin1').toString()).toBe('Žofie')
  })

  it('user and password of the URL are sent as basic auth, and no failure shows the password', async () => {
    const server = await web.server(hello)
    const { http } = web.client()
    const url = server.url.replace('://', '://ada:s3cret@')
    await http(get(url))
    expect(server.requests[0]?.headers.authorization).toBe(`Basic ${btoa('ada:s3cret')}`)
    await server.close()
    const answer = await http(get(url))
    expect(answer).toMatchObject({ ok: false, error: expect.stringContaining('//ada:***@localhost') })
  })

  it('reads an answer that is compressed', async () => {
    const server = await web.server((_, reply) => {
      const body = reply.raw(200, { 'Content-Encoding': 'gzip' })
      body.end(gzipSync('hello'.repeat(1000)))
    })
    const answer = await web.client().http(get(server.url))
    expect(answer).toMatchObject({ ok: true, value: { body: 'hello'.repeat(1000) } })
    expect(server.requests[0]?.headers['accept-encoding']).toBe('gzip')
  })

  it('connections are kept, few, and closed with the client', async () => {
    const server = await web.server(hello)
    const { http, close } = web.client()
    await Promise.all(Array.from({ length: 50 }, () => http(get(server.url))))
    expect(server.connections).toBeLessThanOrEqual(8)
    expect(server.open).toBeGreaterThan(0)
    await close()
    await until('closed', () => server.open === 0)
  })
})

describe('redirects', () => {
  const to =
    (status: number, location: string): Answer =>
    ({ path }, reply) =>
      path === '/end' ? reply.text(200, 'end') : reply.text(status, '', { Location: location })

  it.each([
    [301, 'GET', ''],
    [302, 'GET', ''],
    [303, 'GET', ''],
    [307, 'POST', 'ping'],
    [308, 'POST', 'ping'],
  ])('PRV-110: after %i a POST goes on as %s', async (status, method, body) => {
    const server = await web.server(to(status, '/end'))
    const headers = [
      ['Content-Type', 'text/x'],
      ['Authorization', 'Bearer x'],
    ] as const
    const answer = await web
      .client()
      .http({ method: 'POST', url: `${server.url}/`, body: 'ping', headers, timeoutMs: 9 })
    expect(answer).toMatchObject({ ok: true, value: { status: 200, body: 'end' } })
    expect(server.requests[1]).toMatchObject({ method, body, headers: { authorization: 'Bearer x' } })
    expect(server.requests[1]?.headers['content-type']).toBe(method === 'GET' ? undefined : 'text/x')
    expect(server.requests[1]?.headers.referer).toBe(`${server.url}/`)
  })

  it('credentials do not go to another host', async () => {
    const other = await web.server(hello)
    const server = await web.server(to(302, other.url.replace('localhost', '127.0.0.1')))
    const headers = [
      ['Authorization', 'Bearer x'],
      ['Cookie', 'a=b'],
      ['X-Scope-OrgID', 'tenant'],
    ] as const
    await web.client().http(get(server.url, { headers }))
    expect(server.requests[0]?.headers.authorization).toBe('Bearer x')
    expect(other.requests[0]?.headers.authorization).toBeUndefined()
    expect(other.requests[0]?.headers.cookie).toBeUndefined()
    expect(other.requests[0]?.headers['x-scope-orgid']).toBe('tenant')
  })

  it('ten are followed, no more', async () => {
    const server = await web.server(to(302, '/again'))
    const answer = await web.client().http(get(`${server.url}/`))
    expect(answer).toEqual({ ok: false, error: 'Get "/again": stopped after 10 redirects' })
    expect(server.requests.length).toBe(11)
  })

  it('one without a Location is an answer', async () => {
    const server = await web.server((_, reply) => reply.text(302, 'nowhere'))
    expect(await web.client().http(get(server.url))).toMatchObject({
      ok: true,
      value: { status: 302, body: 'nowhere' },
    })
  })

  it('to another scheme is a failure', async () => {
    const server = await web.server(to(302, 'ftp://x/'))
    expect(await web.client().http(get(server.url))).toEqual({
      ok: false,
      error: 'Get "ftp://x/": unsupported protocol scheme "ftp"',
    })
  })
})

describe('no answer in time', () => {
  const silent: Record<string, Answer> = {
    'never answers': () => undefined,
    'stops in the middle': (_, reply) => reply.stream().write('{"a":'),
    'redirects for ever, slowly': ({ path }, reply) =>
      path === '/1' ? undefined : reply.text(302, '', { Location: '/1' }),
  }

  it.each(Object.keys(silent))('PRV-106: a server that %s', async (name) => {
    const server = await web.server(silent[name] ?? hello)
    const { http, clock } = web.client()
    const url = `${server.url}/`
    const answer = http({ method: 'POST', url, timeoutMs: 30_000 })
    await until('asked', () => server.requests.length === (name.startsWith('redirects') ? 2 : 1))
    await clock.advance(29_999)
    expect(server.open).toBeGreaterThan(0)
    await clock.advance(1)
    const shown = name.startsWith('redirects') ? `${url}1` : url
    expect(await answer).toEqual({ ok: false, error: `Post "${shown}": context deadline exceeded` })
    await until('cut', () => server.open === 0)
  })

  it('no time at all sends nothing', async () => {
    const server = await web.server(hello)
    const answer = await web.client().http(get(server.url, { timeoutMs: 0 }))
    expect(answer).toEqual({ ok: false, error: `Get "${server.url}": context deadline exceeded` })
    expect(server.requests).toEqual([])
  })

  it('a time that is not used up leaves no alarm', async () => {
    const server = await web.server(hello)
    const { http, clock } = web.client()
    await http(get(server.url))
    expect(clock.pending).toBe(0)
  })
})

describe('answers that cannot be used', () => {
  const huge: Record<string, (chunk: Buffer) => Buffer> = { plain: (chunk) => chunk, gzip: (chunk) => gzipSync(chunk) }

  it.each(Object.keys(huge))('PRV-106: a %s body beyond 8 MiB is not read to its end', async (kind) => {
    const server = await web.server((_, reply) => {
      const body = reply.raw(200, kind === 'gzip' ? { 'Content-Encoding': 'gzip' } : {})
      body.end(huge[kind]?.(Buffer.alloc(9 * 2 ** 20)))
    })
    const answer = await web.client().http(get(server.url))
    expect(answer).toEqual({ ok: false, error: `Get "${server.url}": the answer is larger than 8 MiB` })
  })

  it('a body that says gzip and is not', async () => {
    const server = await web.server((_, reply) => reply.text(200, 'plain', { 'Content-Encoding': 'gzip' }))
    const answer = await web.client().http(get(server.url))
    expect(answer).toEqual({ ok: false, error: `Get "${server.url}": incorrect header check` })
  })

  it('a connection that ends before the answer', async () => {
    const server = await web.server((_, reply) => reply.reset())
    const answer = await web.client().http(get(server.url))
    expect(answer).toEqual({ ok: false, error: `Get "${server.url}": EOF` })
  })

  it('what is no HTTP', async () => {
    const port = await aClosedPort()
    const server = createServer(
      (socket) =>
        void socket
          .on('error', () => undefined)
          .resume()
          .end('SSH-2.0-OpenSSH\r\n'),
    )
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
    web.ending(() => new Promise((resolve) => server.close(() => resolve())))
    const answer = await web.client().http(get(`http://127.0.0.1:${port}/`))
    expect(answer).toMatchObject({ ok: false, error: expect.stringContaining('malformed HTTP response') })
  })
})

describe('nobody there', () => {
  it('PRV-1504: nothing listens', async () => {
    const port = await aClosedPort()
    expect(await web.client().http(get(`http://127.0.0.1:${port}/x`))).toEqual({
      ok: false,
      error: `Get "http://127.0.0.1:${port}/x": dial tcp 127.0.0.1:${port}: connect: connection refused`,
    })
  })

  it('PRV-1504: a host that does not exist', async () => {
    const answer = await web.client().http(get('http://prometheus.invalid:9090/'))
    expect(answer).toMatchObject({ ok: false })
    expect(!answer.ok && answer.error).toMatch(
      /^Get "http:\/\/prometheus\.invalid:9090\/": dial tcp: lookup prometheus\.invalid: (no such host|temporary failure)/,
    )
  })

  it.each([
    ['prom:9090', 'unsupported protocol scheme "prom"'],
    ['//prom:9090', 'unsupported protocol scheme ""'],
    ['http://', 'http: no Host in request URL'],
  ])('%s is no address', async (url, cause) => {
    expect(await web.client().http(get(url))).toEqual({ ok: false, error: `Get "${url}": ${cause}` })
  })

  it.each([
    ['a b', 'x', 'net/http: invalid header field name "a b"'],
    ['X-A', 'x\r\ny: z', 'net/http: invalid header field value for "X-A"'],
  ])('header %s: %j cannot be sent', async (name, value, cause) => {
    const server = await web.server(hello)
    const answer = await web.client().http(get(server.url, { headers: [[name, value]] }))
    expect(answer).toEqual({ ok: false, error: `Get "${server.url}": ${cause}` })
    expect(server.requests).toEqual([])
  })
})

describe('certificates', () => {
  const verify = 'tls: failed to verify certificate: x509:'

  it('one that nobody vouches for is refused, unless `insecure`', async () => {
    const server = await web.server(hello, { kind: 'https' })
    const { http } = web.client()
    const refused = `Get "${server.url}": ${verify} certificate signed by unknown authority`
    expect(await http(get(server.url))).toEqual({ ok: false, error: refused })
    expect(await http(get(server.url, { insecure: true }))).toMatchObject({ ok: true, value: { body: 'hello' } })
    expect(await http(get(server.url))).toEqual({ ok: false, error: refused })
  })

  it('plain HTTP where TLS is expected', async () => {
    const server = await web.server(hello)
    const url = server.url.replace('http:', 'https:')
    expect(await web.client().http(get(url))).toEqual({
      ok: false,
      error: `Get "${url}": http: server gave HTTP response to HTTPS client`,
    })
  })
})

describe('proxies of the environment', () => {
  it('PRV-110: https goes through a tunnel', async () => {
    const server = await web.server(hello, { kind: 'https' })
    const tunnel = await startTunnel('connect')
    web.ending(() => tunnel.close())
    const { http } = web.client({ HTTPS_PROXY: tunnel.url })
    const url = server.url.replace('localhost', 'prom.example.test')
    expect(await http(get(url, { insecure: true }))).toMatchObject({ ok: true, value: { body: 'hello' } })
    expect(tunnel.targets).toEqual([url.replace('https://', '')])
  })

  it('PRV-110: http is asked of the proxy by its whole address', async () => {
    const proxy = await web.server((request, reply) => reply.text(200, request.headers.host ?? ''))
    const { http } = web.client({ HTTP_PROXY: proxy.url.replace('http://', '') })
    expect(await http(get('http://prom.example.test:9090/x'))).toMatchObject({
      ok: true,
      value: { body: 'prom.example.test:9090' },
    })
    expect(proxy.requests[0]).toMatchObject({ method: 'GET', path: '/x' })
  })

  it('PRV-110: socks5, and what is exempt', async () => {
    const server = await web.server(hello)
    const tunnel = await startTunnel('socks5')
    web.ending(() => tunnel.close())
    const { http } = web.client({ HTTP_PROXY: tunnel.url, NO_PROXY: '.exempt.test' })
    const url = server.url.replace('localhost', 'prom.example.test')
    expect(await http(get(url))).toMatchObject({ ok: true, value: { body: 'hello' } })
    expect(tunnel.targets.length).toBe(1)
    expect(await http(get('http://prom.exempt.test/'))).toMatchObject({ ok: false })
    expect(tunnel.targets.length).toBe(1)
  })

  it('one that does not answer is told apart from the server', async () => {
    const port = await aClosedPort()
    const { http } = web.client({ HTTP_PROXY: `http://127.0.0.1:${port}` })
    expect(await http(get('http://prom.example.test/'))).toEqual({
      ok: false,
      error: `Get "http://prom.example.test/": proxyconnect tcp: dial tcp 127.0.0.1:${port}: connect: connection refused`,
    })
  })

  it('one that cannot be used is named', async () => {
    const { http } = web.client({ HTTP_PROXY: 'ftp://x' })
    expect(await http(get('http://prom.example.test/'))).toEqual({
      ok: false,
      error: 'Get "http://prom.example.test/": the proxy of the environment must be an http, https or socks5 address',
    })
  })
})
