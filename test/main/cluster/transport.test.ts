import { afterEach, describe, expect, it } from 'vitest'
import { resources } from '#api/resources.ts'
import type { ClusterClient } from '#main/cluster/client.ts'
import type { ClusterEntry, UserEntry } from '#main/cluster/kubeconfig-file.ts'
import { createClusterClient } from '#main/cluster/rest.ts'
import { anAccess } from '#test/support/context-access.ts'
import {
  type Answer,
  type ScriptedServer,
  startServer,
  status,
  tlsFile,
  tlsText,
} from '#test/support/scripted-server.ts'
import { startTunnel } from '#test/support/tunnel-proxy.ts'
import { advanceUntil, until } from '#test/support/until.ts'
import { T0, VirtualClock } from '#test/support/virtual-clock.ts'

const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

async function start(...args: Parameters<typeof startServer>): Promise<ScriptedServer> {
  const server = await startServer(...args)
  closers.push(() => server.close())
  return server
}

const clock = () => new VirtualClock()

function connect(
  url: string,
  options: {
    cluster?: Partial<ClusterEntry>
    user?: Partial<UserEntry>
    clock?: VirtualClock
    env?: Record<string, string>
  } = {},
): ClusterClient {
  const client = createClusterClient({
    access: anAccess(url, options),
    clock: options.clock ?? clock(),
    random: () => 0,
    env: options.env ?? {},
  })
  closers.push(() => client.close())
  return client
}

const ca = { certificateAuthority: { file: tlsFile('ca.crt') } }
const ok: Answer = (_, reply) => reply.json(200, { gitVersion: 'v1.33.0' })

describe('connections', () => {
  it('50 requests in a row share a connection kept open; at most one more is opened while an answer is being finished', async () => {
    const server = await start(ok, { kind: 'https' })
    const client = connect(server.url, { cluster: ca })
    for (let i = 0; i < 50; i++) expect((await client.raw('/version')).ok).toBe(true)
    expect(client.requests.get).toBe(50)
    expect(server.connections).toBeLessThanOrEqual(2)
  })

  it('with HTTP/2, 20 open watches and 50 requests use one connection', async () => {
    const server = await start(
      (request, reply) => (request.query.get('watch') === 'true' ? void reply.stream() : ok(request, reply)),
      { kind: 'http2' },
    )
    const client = connect(server.url, { cluster: ca })
    const abort = new AbortController()
    let opened = 0
    const watches = Array.from({ length: 20 }, async () => {
      const options = { resourceVersion: '1', timeoutSeconds: 300, onOpen: () => void opened++ }
      for await (const event of client.watch(resources.pods, options, abort.signal)) expect(event.ok).toBe(true)
    })
    await until('watches open', () => opened === 20)
    await Promise.all(Array.from({ length: 50 }, () => client.raw('/version')))
    expect([server.connections, client.requests.watch, client.requests.get]).toEqual([1, 20, 50])
    abort.abort()
    await Promise.all(watches)
  })

  it('close ends open watches and closes every connection', async () => {
    const server = await start((_, reply) => void reply.stream())
    const client = connect(server.url)
    let opened = false
    const watching = (async () => {
      const options = { resourceVersion: '1', timeoutSeconds: 300, onOpen: () => void (opened = true) }
      for await (const event of client.watch(resources.pods, options, new AbortController().signal))
        expect(event.ok).toBe(false)
    })()
    await until('open', () => opened)
    await client.close()
    await watching
    await until('closed', () => server.open === 0)
  })
})

describe('trust', () => {
  it('refuses a server whose certificate nobody vouches for, and says what to check', async () => {
    const server = await start(ok, { kind: 'https' })
    const time = clock()
    let outcome: unknown
    void connect(server.url, { clock: time })
      .raw('/version')
      .then((answer) => (outcome = answer))
    await advanceUntil(time, 'refused', () => outcome !== undefined)
    expect(outcome).toMatchObject({
      ok: false,
      error: { kind: 'Unreachable', message: expect.stringContaining('certificate-authority') },
    })
  })

  it('insecure-skip-tls-verify accepts it', async () => {
    const server = await start(ok, { kind: 'https' })
    expect((await connect(server.url, { cluster: { insecureSkipTlsVerify: true } }).raw('/version')).ok).toBe(true)
  })

  it('tls-server-name is the name that is checked', async () => {
    const server = await start(ok, { kind: 'https', certificate: 'other' })
    expect(
      (await connect(server.url, { cluster: { ...ca, tlsServerName: 'other.example.test' } }).raw('/version')).ok,
    ).toBe(true)
    const time = clock()
    let outcome: unknown
    void connect(server.url, { cluster: ca, clock: time })
      .raw('/version')
      .then((answer) => (outcome = answer))
    await advanceUntil(time, 'refused', () => outcome !== undefined)
    expect(outcome).toMatchObject({ error: { message: expect.stringContaining('tls-server-name') } })
  })

  it('sends the client certificate', async () => {
    const server = await start(ok, { kind: 'https' })
    const key = { data: Buffer.from(tlsText('client.key')).toString('base64') }
    await connect(server.url, { cluster: ca, user: { certificate: { file: tlsFile('client.crt') }, key } }).raw(
      '/version',
    )
    expect(server.requests[0]?.clientName).toBe('ada')
  })

  it('speaks plain http to a loopback server without insecure-skip-tls-verify', async () => {
    const server = await start(ok)
    expect((await connect(server.url).raw('/version')).ok).toBe(true)
  })
})

describe('a server that is no address', () => {
  it('is a failure, not an exception', async () => {
    const time = clock()
    let outcome: unknown
    void connect('not an address', { clock: time })
      .raw('/version')
      .then((answer) => (outcome = answer))
    await advanceUntil(time, 'an answer', () => outcome !== undefined)
    expect(outcome).toMatchObject({
      ok: false,
      error: { kind: 'Unreachable', message: expect.stringContaining('not an address') },
    })
  })
})

describe('proxies', () => {
  it('sends what is for a plain http server through proxy-url', async () => {
    const proxy = await start(ok)
    const client = connect('http://api.example.test', { cluster: { proxyUrl: proxy.url } })
    expect((await client.raw('/version')).ok).toBe(true)
    expect(proxy.requests[0]?.headers.host).toBe('api.example.test')
  })

  it('tunnels TLS through an http proxy, and the server is still checked by its own name', async () => {
    const server = await start(ok, { kind: 'https' })
    const proxy = await startTunnel('connect')
    closers.push(() => proxy.close())
    const api = server.url.replace('localhost', 'api.example.test')
    expect((await connect(api, { cluster: { ...ca, proxyUrl: proxy.url } }).raw('/version')).ok).toBe(true)
    expect(proxy.targets).toEqual([new URL(api).host])
  })

  it('tunnels TLS through a socks5 proxy', async () => {
    const server = await start(ok, { kind: 'https' })
    const proxy = await startTunnel('socks5')
    closers.push(() => proxy.close())
    const api = server.url.replace('localhost', 'api.example.test')
    expect((await connect(api, { cluster: { ...ca, proxyUrl: proxy.url } }).raw('/version')).ok).toBe(true)
    expect(proxy.targets).toEqual([new URL(api).host])
  })

  it('takes the proxy of the environment when the kubeconfig names none', async () => {
    const proxy = await start(ok)
    const client = connect('http://api.example.test', { env: { http_proxy: proxy.url } })
    expect((await client.raw('/version')).ok).toBe(true)
    expect(proxy.requests).toHaveLength(1)
  })

  it('refuses a proxy address it cannot use', async () => {
    const outcome = await connect('http://api.example.test', { cluster: { proxyUrl: 'ftp://x' } }).raw('/version')
    expect(outcome).toMatchObject({
      error: { message: 'The proxy of cluster test must be an http, https or socks5 address.' },
    })
  })
})

describe('what is sent', () => {
  it('all impersonation headers arrive, one line for each group', async () => {
    const server = await start(ok)
    const impersonate = { user: 'grace', uid: '7', groups: ['sre', 'oncall'], extra: { scopes: ['view', 'edit'] } }
    await connect(server.url, { user: { token: 't', impersonate } }).raw('/version')
    expect(server.requests[0]?.headers).toMatchObject({
      authorization: 'Bearer t',
      'impersonate-user': 'grace',
      'impersonate-uid': '7',
      'impersonate-group': 'sre, oncall',
      'impersonate-extra-scopes': 'view, edit',
    })
  })

  it('a path in the server address comes first', async () => {
    const server = await start(ok)
    await connect(`${server.url}/k8s/clusters/c-1`).raw('/version?timeout=5s')
    expect(server.requests[0]?.path).toBe('/k8s/clusters/c-1/version')
    expect(server.requests[0]?.query.get('timeout')).toBe('5s')
  })
})

describe('sign-in', () => {
  it('a 401 is answered by one more request with a renewed token', async () => {
    const server = await start((request, reply) =>
      request.headers.authorization === 'Bearer token-2'
        ? ok(request, reply)
        : reply.json(401, status(401, 'Unauthorized', 'Unauthorized')),
    )
    const client = connect(server.url, { user: { exec: aPluginCountingIn(tokensFile()) } })
    expect((await client.raw('/version')).ok).toBe(true)
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual(['Bearer token-1', 'Bearer token-2'])
  })

  it('UI-ERR-3: goes on with another credential, and says of a refused one whose it is and how to renew it', async () => {
    const server = await start((request, reply) =>
      request.headers.authorization === 'Bearer new'
        ? ok(request, reply)
        : reply.json(401, status(401, 'Unauthorized', 'Unauthorized')),
    )
    const client = createClusterClient({
      access: anAccess(server.url, { user: { name: 'sre', token: 'old' } }),
      clock: clock(),
      random: () => 0,
      env: {},
    })
    closers.push(() => client.close())
    expect(await client.raw('/version')).toMatchObject({
      ok: false,
      error: {
        kind: 'Unauthorized',
        message: `${server.url} refuses the credential of user "sre" (401). Put a new token for this user into the kubeconfig.`,
      },
    })
    client.signInAs(anAccess(server.url, { user: { name: 'sre', token: 'new' } }))
    expect((await client.raw('/version')).ok).toBe(true)
  })

  it('a second 401 is final and never repeats the token', async () => {
    const server = await start((_, reply) =>
      reply.json(401, status(401, 'Unauthorized', 'token abc123secret is bad: Bearer abc123secret')),
    )
    const outcome = await connect(server.url, { user: { token: 'abc123secret' } }).raw('/version')
    expect(outcome).toMatchObject({ ok: false, error: { kind: 'Unauthorized' } })
    expect(JSON.stringify(outcome)).not.toContain('Bearer abc123secret')
    expect(server.requests).toHaveLength(1)
  })

  it('a plugin that fails when it runs again is Unauthorized, and the connection stays usable', async () => {
    const server = await start((_, reply) => reply.json(401, status(401, 'Unauthorized', 'Unauthorized')))
    const file = tokensFile()
    const plugin = aPluginCountingIn(file)
    const exec = { ...plugin, args: ['-e', `${plugin.args[1]}\nif (token !== 'token-1') process.exit(1)`] }
    const client = connect(server.url, { user: { exec } })
    expect(await client.raw('/version')).toMatchObject({
      error: { message: expect.stringContaining('failed (exit 1)') },
    })
    expect(server.requests).toHaveLength(1)
  })

  it('a failing plugin is Unauthorized, and nothing is sent', async () => {
    const server = await start(ok)
    const exec = { ...aPluginCountingIn(tokensFile()), command: 'no-such-plugin' }
    const outcome = await connect(server.url, { user: { exec } }).raw('/version')
    expect(outcome).toMatchObject({
      error: { kind: 'Unauthorized', message: expect.stringContaining('is not installed') },
    })
    expect(server.requests).toEqual([])
  })
})

describe('retries', () => {
  const failing = (times: number, answer: Answer): Answer => {
    let left = times
    return (request, reply) => (left-- > 0 ? answer(request, reply) : ok(request, reply))
  }

  async function settled<T>(time: VirtualClock, promise: Promise<T>): Promise<T> {
    let done = false
    void promise.finally(() => (done = true))
    await advanceUntil(time, 'an answer', () => done, 100)
    return promise
  }

  it('a GET is repeated after a 500 with back-off, three times in all', async () => {
    const server = await start(failing(2, (_, reply) => reply.json(500, status(500, 'InternalError', 'etcd'))))
    const time = clock()
    const client = connect(server.url, { clock: time })
    expect((await settled(time, client.raw('/version'))).ok).toBe(true)
    expect([server.requests.length, client.requests.get]).toEqual([3, 3])
    expect(time.now() - clock().now()).toBeGreaterThanOrEqual(1200)
  })

  it('a GET waits as long as Retry-After says', async () => {
    const server = await start(
      failing(1, (_, reply) => reply.json(429, status(429, 'TooManyRequests', 'slow'), { 'Retry-After': '7' })),
    )
    const time = clock()
    expect((await settled(time, connect(server.url, { clock: time }).raw('/version'))).ok).toBe(true)
    expect(time.now() - clock().now()).toBeGreaterThanOrEqual(7000)
  })

  it('a long Retry-After is left to the caller', async () => {
    const server = await start((_, reply) =>
      reply.json(503, status(503, 'ServiceUnavailable', 'later'), { 'Retry-After': '60' }),
    )
    expect(await connect(server.url).raw('/version')).toEqual({
      ok: false,
      error: { kind: 'Throttled', message: 'later', retryAfterMs: 60_000 },
    })
  })

  it('a GET is repeated once when the connection was reset', async () => {
    const server = await start(failing(1, (_, reply) => reply.reset()))
    const time = clock()
    expect((await settled(time, connect(server.url, { clock: time }).raw('/version'))).ok).toBe(true)
  })

  it('says since when there is no answer, and forgets it with the next answer', async () => {
    const server = await start((_, reply) => reply.reset())
    const time = clock()
    const client = connect(server.url, { clock: time })
    const sinceOf = async () => {
      const outcome = await settled(time, client.raw('/version'))
      return !outcome.ok && outcome.error.kind === 'Unreachable' ? outcome.error.since : undefined
    }
    const first = await sinceOf()
    await time.advance(60_000)
    expect(first).toBeDefined()
    expect(await sinceOf()).toBe(first)
    server.answer(ok)
    await client.raw('/version')
    const later = time.now()
    server.answer((_, reply) => reply.reset())
    expect(await sinceOf()).toBeGreaterThanOrEqual(later)
  })

  it('a write is never repeated', async () => {
    const server = await start((_, reply) => reply.json(500, status(500, 'InternalError', 'etcd')))
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a', namespace: 'web' } }
    expect(await connect(server.url).create(resources.pods, pod)).toMatchObject({
      error: { kind: 'ServerError', status: 500 },
    })
    expect(server.requests).toHaveLength(1)
  })
})

describe('limits', () => {
  it('OPS-4, API-247: 80 requests at once, then 40 a second', async () => {
    const server = await start(ok)
    const time = clock()
    const client = connect(server.url, { clock: time })
    let answered = 0
    for (let i = 0; i < 130; i++) void client.raw('/version').then(() => answered++)
    await until('the burst', () => answered === 80)
    await time.advance(1000)
    await until('40 more', () => answered === 120)
    await time.advance(1000)
    await until('the rest', () => answered === 130)
    expect(server.requests).toHaveLength(130)
  })

  it('an answer larger than 64 MiB is refused', async () => {
    const server = await start((_, reply) => {
      const stream = reply.stream()
      for (let i = 0; i < 65; i++) stream.write('x'.repeat(2 ** 20))
      stream.end()
    })
    expect(await connect(server.url).raw('/version')).toMatchObject({
      error: { message: 'The answer is larger than 64 MiB.' },
    })
  })
})

let files = 0
const tokensFile = (): string => `/tmp/argosy-transport-${process.pid}-${files++}`

function aPluginCountingIn(file: string) {
  const script = `const fs = require('node:fs')
const { apiVersion } = JSON.parse(process.env.KUBERNETES_EXEC_INFO)
fs.appendFileSync(${JSON.stringify(file)}, 'x')
const token = 'token-' + fs.readFileSync(${JSON.stringify(file)}).length
console.log(JSON.stringify({ apiVersion, kind: 'ExecCredential', status: { token } }))`
  return {
    apiVersion: 'client.authentication.k8s.io/v1',
    command: process.execPath,
    args: ['-e', script],
    env: {},
    installHint: undefined,
    provideClusterInfo: false,
    interactiveMode: undefined,
  }
}

describe('the clock of the API server', () => {
  it('ACT-83: is known from the Date of its last answer', async () => {
    const ahead = new Date(T0 + 90_000).toUTCString()
    const server = await start((_, reply) => reply.json(200, {}, { Date: ahead }))
    const client = connect(server.url)
    expect(client.clockOffsetMs).toBeUndefined()
    await client.raw('/version')
    expect(client.clockOffsetMs).toBe(90_000)
  })

  it('ACT-83: an answer without a readable one changes nothing', async () => {
    const dates = [new Date(T0 - 5000).toUTCString(), 'yesterday']
    const server = await start((_, reply) => reply.json(200, {}, { Date: dates.shift() ?? '' }))
    const client = connect(server.url)
    await client.raw('/version')
    await client.raw('/version')
    expect(client.clockOffsetMs).toBe(-5000)
  })
})
